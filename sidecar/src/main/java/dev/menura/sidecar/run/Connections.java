package dev.menura.sidecar.run;

import dev.menura.extproc.exchange.ConnectionContext;
import dev.menura.extproc.exchange.ConnectionContext.Standing;
import dev.menura.extproc.exchange.SettledExchanges;
import dev.menura.extproc.gate.Ticket;
import dev.menura.gate.v1.Connection;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import java.util.Optional;

/// What the gate left on a connection, as the exchange wants it.
final class Connections {
  private Connections() {}

  static Optional<ConnectionContext> context(String ticket) {
    return Ticket.decode(ticket).map(Connections::context);
  }

  /// The verdict on all requests of a connection, where the gate has given one.
  static Optional<SettledExchanges.Verdict> settled(String ticket) {
    return Ticket.decode(ticket)
        .filter(Connection::hasSettled)
        .map(connection ->
            new SettledExchanges.Verdict(
                context(connection),
                connection.getSettled().getRule(),
                connection.getSettled().getPolicyVersion()));
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
