package dev.menura.policy.cel;

import dev.menura.policy.Facts;
import dev.menura.policy.Phase;
import dev.menura.policy.lists.HostLists;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is known of one exchange, and what the lists say about it. Made for one question to the
/// policy and used by one thread.
public final class World {
  private final Facts facts;
  private final HostLists lists;
  private final Set<Phase> known;
  private HostLists.@Nullable Match host;
  private @Nullable List<String> client;

  public World(Facts facts, HostLists lists) {
    this.facts = facts;
    this.lists = lists;
    this.known = known(facts);
  }

  /// The phases whose facts are complete.
  public Set<Phase> known() {
    return known;
  }

  Facts facts() {
    return facts;
  }

  Object value(Variable variable) {
    return variable.value(this);
  }

  HostLists.Match hostMatch() {
    if (host == null) {
      host = lists.host(facts.connect().hostName());
    }
    return host;
  }

  List<String> clientLists() {
    if (client == null) {
      client = lists.client(facts.connect().clientIp());
    }
    return client;
  }

  private static Set<Phase> known(Facts facts) {
    Set<Phase> known = EnumSet.of(Phase.CONNECT);
    for (Phase phase : Phase.values()) {
      boolean complete =
          switch (phase) {
            case CONNECT -> true;
            case HELLO -> facts.hello().isPresent();
            case UPSTREAM_CERTIFICATE -> facts.upstreamCertificate().isPresent();
            case REQUEST_HEADERS -> facts.request().isPresent();
            case REQUEST_BODY -> facts.requestBody().map(Facts.Body::complete).orElse(false);
            case RESPONSE_HEADERS -> facts.response().isPresent();
            case RESPONSE_BODY -> facts.responseBody().map(Facts.Body::complete).orElse(false);
          };
      if (complete) {
        known.add(phase);
      }
    }
    return known;
  }
}
