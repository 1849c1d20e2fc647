package dev.menura.policy.load;

import dev.menura.policy.lists.HostList;
import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The keys of the `List` document.
final class ListShape {
  private static final Field<String> CATEGORY =
      Field.optional(
          "category", Names.name(), "What its hosts are: the value of `host.category` for them.");

  private static final Field<List<HostPattern>> HOSTS =
      Field.withDefault(
          "hosts",
          Types.listOf(Names.host()),
          List.of(),
          "[]",
          "Host names; `*.casino.example` is every name below, and not `casino.example` itself.");

  private static final Field<List<Cidr>> ADDRESSES =
      Field.withDefault(
          "addresses",
          Types.listOf(Names.block()),
          List.of(),
          "[]",
          "Addresses and blocks of them, of hosts or of clients.");

  private static final Field<Scalar> FILE =
      Field.optional(
          "file",
          Types.raw("the path of a file inside the policy's folder"),
          "A file with one host, address or block a line, or in the form of a hosts file; `#` starts"
              + " a comment.");

  private ListShape() {}

  /// The type of the `spec` of the list with this name. Its file is read as the document is.
  static Shape<HostList> shape(String name, Folder folder) {
    return Shape.checked(
        List.of(CATEGORY, HOSTS, ADDRESSES, FILE),
        (found, issues) -> {
          List<HostPattern> hosts = new ArrayList<>(found.get(HOSTS));
          List<Cidr> addresses = new ArrayList<>(found.get(ADDRESSES));
          found
              .optional(FILE)
              .ifPresent(file -> ListFile.read(file, folder, hosts, addresses, issues));
          if (found.optional(FILE).isEmpty() && hosts.isEmpty() && addresses.isEmpty()) {
            issues.warning(found.mapping(), "the list '" + name + "' is empty");
          }
          return Optional.of(split(new HostList(name, found.optional(CATEGORY), hosts, addresses)));
        });
  }

  /// Files addresses that stand among the hosts with the addresses.
  private static HostList split(HostList list) {
    List<HostPattern> hosts = new ArrayList<>();
    List<Cidr> addresses = new ArrayList<>(list.addresses());
    for (HostPattern host : list.hosts()) {
      Optional<Cidr> address = host.wildcard() ? Optional.empty() : Cidr.parse(host.name());
      address.ifPresentOrElse(addresses::add, () -> hosts.add(host));
    }
    return new HostList(list.name(), list.category(), hosts, addresses);
  }
}
