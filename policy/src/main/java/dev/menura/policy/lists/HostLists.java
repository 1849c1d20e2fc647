package dev.menura.policy.lists;

import dev.menura.policy.net.AddressIndex;
import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostIndex;
import dev.menura.policy.net.HostPattern;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// All lists of a policy. Immutable.
public final class HostLists {
  public static final HostLists NONE = new HostLists(List.of());

  private final List<HostList> lists;
  private final HostIndex hosts = new HostIndex();
  private final AddressIndex addresses = new AddressIndex();

  /// @param lists in the order of the documents, which decides between equally specific entries
  public HostLists(List<HostList> lists) {
    this.lists = List.copyOf(lists);
    for (int i = 0; i < lists.size(); i++) {
      for (HostPattern host : lists.get(i).hosts()) {
        hosts.add(host, i);
      }
      for (Cidr block : lists.get(i).addresses()) {
        addresses.add(block, i);
      }
    }
  }

  public List<HostList> lists() {
    return lists;
  }

  /// What the lists say about a host.
  ///
  /// @param host its name or address, lower case, without a dot at its end or brackets
  public Match match(String host) {
    List<HostList> found = new ArrayList<>();
    hosts.find(host, number -> found.add(lists.get(number)));
    Cidr.address(host)
        .ifPresent(address -> addresses.find(address, number -> found.add(lists.get(number))));
    return Match.of(found);
  }

  /// What the lists say about a host.
  ///
  /// @param category that of the most specific entry whose list has one, empty where there is none
  /// @param categories of all lists that hold the host, the most specific entry's first
  /// @param lists the names of all lists that hold the host, the most specific entry's first
  public record Match(String category, List<String> categories, List<String> lists) {
    private static final Match NONE = new Match("", List.of(), List.of());

    private static Match of(List<HostList> found) {
      if (found.isEmpty()) {
        return NONE;
      }
      Set<String> names = new LinkedHashSet<>();
      Set<String> categories = new LinkedHashSet<>();
      for (HostList list : found) {
        names.add(list.name());
        list.category().ifPresent(categories::add);
      }
      String first = categories.isEmpty() ? "" : categories.iterator().next();
      return new Match(first, List.copyOf(categories), List.copyOf(names));
    }
  }
}
