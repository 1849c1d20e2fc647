package dev.menura.extproc.pinning;

import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/// The rejections of one host's certificate, by client. Not thread-safe.
final class HostTally {
  /// So many clients of a host are told apart; past that the one heard of longest ago is forgotten.
  static final int CLIENTS_MAX = 100;

  /// So many clients are named in a proposal.
  static final int ADDRESSES_SHOWN = 5;

  private final Map<String, OfClient> clients = new LinkedHashMap<>(8, 0.75f, true);
  private boolean proposed;

  /// What one client did.
  static final class OfClient {
    private final Map<Sign, Integer> signs = new EnumMap<>(Sign.class);
    private final Instant first;
    private Instant last;
    private String address;

    private OfClient(Instant first, String address) {
      this.first = first;
      this.last = first;
      this.address = address;
    }

    private boolean decisive() {
      return signs.keySet().stream().anyMatch(Sign::decisive);
    }
  }

  /// Counts one rejection.
  ///
  /// @param client whom it counts for
  /// @param address from where it came
  void add(String client, String address, Sign sign, Instant now) {
    var tally = clients.computeIfAbsent(client, _ -> new OfClient(now, address));
    tally.last = now;
    tally.address = address;
    tally.signs.merge(sign, 1, Integer::sum);
    if (clients.size() > CLIENTS_MAX) {
      clients.remove(clients.keySet().iterator().next());
    }
  }

  /// Forgets the clients that were last heard of before this time.
  void forgetBefore(Instant time) {
    clients.values().removeIf(client -> client.last.isBefore(time));
  }

  int clients() {
    return clients.size();
  }

  /// How many clients showed more than a sign that could also mean something else.
  ///
  /// @param known whether a client counts
  int decisiveClients(Predicate<String> known) {
    return (int)
        clients.entrySet().stream()
            .filter(client -> client.getValue().decisive() && known.test(client.getKey()))
            .count();
  }

  boolean isProposed() {
    return proposed;
  }

  void proposed(boolean now) {
    proposed = now;
  }

  int rejections() {
    return clients.values().stream()
        .flatMap(client -> client.signs.values().stream())
        .mapToInt(Integer::intValue)
        .sum();
  }

  Map<String, Integer> signs() {
    Map<String, Integer> all = new TreeMap<>();
    clients
        .values()
        .forEach(client ->
            client.signs.forEach((sign, count) -> all.merge(sign.word(), count, Integer::sum)));
    return all;
  }

  /// A few of the clients' addresses.
  List<String> addresses() {
    return clients.values().stream().map(client -> client.address).limit(ADDRESSES_SHOWN).toList();
  }

  Instant first() {
    return clients.values().stream()
        .map(client -> client.first)
        .min(Instant::compareTo)
        .orElseThrow();
  }

  Instant last() {
    return clients.values().stream()
        .map(client -> client.last)
        .max(Instant::compareTo)
        .orElseThrow();
  }
}
