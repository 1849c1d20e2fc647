package dev.menura.policy.lists;

import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostPattern;
import java.util.List;
import java.util.Optional;

/// A named list of hosts and addresses.
///
/// @param category what its hosts are, where it says so
public record HostList(
    String name, Optional<String> category, List<HostPattern> hosts, List<Cidr> addresses) {
  public HostList {
    hosts = List.copyOf(hosts);
    addresses = List.copyOf(addresses);
  }
}
