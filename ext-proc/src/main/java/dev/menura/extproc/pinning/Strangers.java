package dev.menura.extproc.pinning;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/// The clients that reject the certificates of many hosts: they do not know the gateway's
/// authority, and no host is to blame. Not thread-safe.
final class Strangers {
  /// A client that rejects this many hosts within the window counts towards no exemption.
  static final int HOSTS_MIN = 10;

  /// So many clients are remembered; the one heard of longest ago goes first.
  static final int CLIENTS_MAX = 1000;

  private final Map<String, Map<String, Instant>> hosts = new LinkedHashMap<>(16, 0.75f, true);

  /// Notes that a client has rejected a host.
  ///
  /// @param since what was before does not count any more
  void add(String client, String host, Instant now, Instant since) {
    var rejected = hosts.computeIfAbsent(client, _ -> new LinkedHashMap<>());
    rejected.remove(host);
    rejected.put(host, now);
    rejected.values().removeIf(time -> time.isBefore(since));
    if (rejected.size() > HOSTS_MIN) {
      rejected.remove(rejected.keySet().iterator().next());
    }
    if (hosts.size() > CLIENTS_MAX) {
      hosts.remove(hosts.keySet().iterator().next());
    }
  }

  boolean contains(String client) {
    var rejected = hosts.get(client);
    return rejected != null && rejected.size() >= HOSTS_MIN;
  }
}
