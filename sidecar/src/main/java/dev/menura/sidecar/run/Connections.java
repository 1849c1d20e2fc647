package dev.menura.sidecar.run;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.menura.extproc.exchange.ConnectionContext;
import dev.menura.extproc.exchange.ConnectionContext.Standing;
import dev.menura.extproc.exchange.SettledExchanges;
import dev.menura.extproc.gate.Ticket;
import dev.menura.gate.v1.Connection;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import java.util.Optional;

/// What the gate left on connections, as the exchange wants it. Tickets of late are kept as they
/// were read, since each request brings that of its connection. Thread-safe.
final class Connections {
  /// How many characters all tickets that are kept have together. A usual one has 300.
  private static final long KEPT_CHARS_MAX = 1 << 20;

  private final Cache<String, Optional<Known>> read =
      Caffeine.newBuilder()
          .maximumWeight(KEPT_CHARS_MAX)
          .weigher((String ticket, Optional<Known> _) -> ticket.length())
          .executor(Runnable::run)
          .build();

  private record Known(
      ConnectionContext context,
      Optional<SettledExchanges.Verdict> settled,
      Optional<Clearing> clearing) {}

  /// A connection of which Envoy clears requests by itself.
  ///
  /// @param policyVersion the policy by whose clearance it does
  record Clearing(ConnectionContext connection, String policyVersion) {}

  Optional<ConnectionContext> context(String ticket) {
    return known(ticket).map(Known::context);
  }

  /// The verdict on all requests of a connection, where the gate has given one.
  Optional<SettledExchanges.Verdict> settled(String ticket) {
    return known(ticket).flatMap(Known::settled);
  }

  /// Who clears requests of a connection, where the gate has left it to Envoy.
  Optional<Clearing> clearing(String ticket) {
    return known(ticket).flatMap(Known::clearing);
  }

  private Optional<Known> known(String ticket) {
    // What is refused for its length is not worth a place.
    return ticket.length() > Ticket.CHARS_MAX
        ? Optional.empty()
        : read.get(ticket, text -> Ticket.decode(text).map(Connections::known));
  }

  private static Known known(Connection connection) {
    var context = context(connection);
    return new Known(
        context,
        connection.hasSettled()
            ? Optional.of(
                new SettledExchanges.Verdict(
                    context,
                    connection.getSettled().getRule(),
                    connection.getSettled().getPolicyVersion()))
            : Optional.empty(),
        connection.getClearedBy().isEmpty()
            ? Optional.empty()
            : Optional.of(new Clearing(context, connection.getClearedBy())));
  }

  private static ConnectionContext context(Connection connection) {
    var hello = connection.getHello();
    var certificate = connection.getUpstreamCertificate();
    return new ConnectionContext(
        connection.getId(),
        new Facts.Connect(Ticket.client(connection), connection.getHost(), connection.getPort()),
        new Facts.Hello(hello.getProtocol(), hello.getSni(), hello.getJa4()),
        new Facts.UpstreamCertificate(
            certificate.getProblem(),
            certificate.getIssuer(),
            certificate.getSubject(),
            certificate.getKey(),
            certificate.getTlsVersion(),
            certificate.getClientCertificate()),
        standing(connection));
  }

  private static Standing standing(Connection connection) {
    if (connection.hasRefusal()) {
      var refusal = connection.getRefusal();
      return new Standing.Refused(
          refusal.getRule(),
          refusal.getReason(),
          refusal.getDetail(),
          refusal.getStatus(),
          refusal.getPolicyVersion());
    }
    if (connection.hasOwnSite()) {
      return new Standing.Own(connection.getOwnSite().getReached());
    }
    if (connection.getPlain() || connection.getHello().getProtocol().equals("http")) {
      return new Standing.Plain();
    }
    return switch (connection.getConnectionClass()) {
      case Wire.CLASS_TRUSTED -> new Standing.Trusted();
      case Wire.CLASS_DISTRUST -> new Standing.Distrusted();
      case Wire.CLASS_PINNED -> new Standing.Pinned();
      default -> new Standing.Unknown();
    };
  }
}
