package dev.menura.policy.lists;

import dev.menura.policy.net.AddressIndex;
import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostIndex;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// All lists of a policy. Immutable.
public final class HostLists {
  public static final HostLists NONE = new HostLists(List.of());

  /// What is kept of a list.
  private record Named(String name, Optional<String> category) {}

  private final List<Named> lists = new ArrayList<>();
  private final HostIndex hosts = new HostIndex();
  private final AddressIndex addresses = new AddressIndex();

  /// @param given in the order of the documents, which decides between equally specific entries
  public HostLists(List<HostList> given) {
    for (HostList list : given) {
      int number = lists.size();
      lists.add(new Named(list.name(), list.category()));
      list.hosts().forEach(host -> hosts.add(host, number));
      list.addresses().forEach(block -> addresses.add(block, number));
    }
  }

  /// What the lists say about a host.
  ///
  /// @param host its name or address, lower case, without a dot at its end or brackets
  public Match host(String host) {
    List<Named> found = new ArrayList<>();
    hosts.find(host, number -> found.add(lists.get(number)));
    findAddress(host, found);
    return Match.of(found);
  }

  /// The names of the lists whose addresses hold a client, the smallest block's first.
  public List<String> client(String address) {
    List<Named> found = new ArrayList<>();
    findAddress(address, found);
    return Match.of(found).lists();
  }

  private void findAddress(String text, List<Named> found) {
    Cidr.address(text)
        .ifPresent(address -> addresses.find(address, number -> found.add(lists.get(number))));
  }

  /// What the lists say about a host.
  ///
  /// @param category that of the most specific entry whose list has one, empty where there is none
  /// @param categories of all lists that hold the host, the most specific entry's first
  /// @param lists the names of all lists that hold the host, the most specific entry's first
  public record Match(String category, List<String> categories, List<String> lists) {
    private static final Match NONE = new Match("", List.of(), List.of());

    private static Match of(List<Named> found) {
      if (found.isEmpty()) {
        return NONE;
      }
      Set<String> names = new LinkedHashSet<>();
      Set<String> categories = new LinkedHashSet<>();
      for (Named list : found) {
        names.add(list.name());
        list.category().ifPresent(categories::add);
      }
      String first = categories.isEmpty() ? "" : categories.iterator().next();
      return new Match(first, List.copyOf(categories), List.copyOf(names));
    }
  }
}
