package dev.menura.policy;

import dev.menura.policy.net.HostIndex;
import dev.menura.policy.net.HostPattern;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The names whose addresses the operator states, in place of a resolver.
public final class HostAddresses {
  public static final HostAddresses NONE = new HostAddresses(Map.of());

  private final HostIndex index = new HostIndex();
  private final List<List<InetAddress>> addresses = new ArrayList<>();

  public HostAddresses(Map<HostPattern, List<InetAddress>> names) {
    names.forEach((pattern, given) -> {
      index.add(pattern, addresses.size());
      addresses.add(List.copyOf(given));
    });
  }

  /// The addresses that are stated for a name, in the operator's order; nothing where a resolver is
  /// to be asked. The most specific pattern wins.
  ///
  /// @param name lower case, without a dot at its end
  public Optional<List<InetAddress>> of(String name) {
    List<List<InetAddress>> found = new ArrayList<>(1);
    index.find(name, number -> found.add(addresses.get(number)));
    return found.stream().findFirst();
  }
}
