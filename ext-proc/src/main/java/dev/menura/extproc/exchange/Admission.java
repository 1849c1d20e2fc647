package dev.menura.extproc.exchange;

import dev.menura.policy.Action;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.Decision;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What must hold for every request before the policy is asked: that the gate let its connection
/// through, and that it names the target of its connection.
final class Admission {
  private Admission() {}

  static Optional<Refusal> refuse(ConnectionContext connection, Map<String, String> headers) {
    return switch (connection.standing()) {
      case ConnectionContext.Standing.Unknown() ->
          Optional.of(
              Refusal.error(500, "no-connection", "Nothing is known about this connection."));
      case ConnectionContext.Standing.Own _ -> Optional.empty();
      case ConnectionContext.Standing.Refused refused ->
          Optional.of(
              new Refusal(
                  "block",
                  refused.rule(),
                  refused.reason(),
                  refused.detail(),
                  refused.status(),
                  Optional.empty()));
      case ConnectionContext.Standing.Trusted(),
          ConnectionContext.Standing.Distrusted(),
          ConnectionContext.Standing.Pinned() ->
          host(connection, headers, 443);
      case ConnectionContext.Standing.Plain() -> host(connection, headers, 80);
    };
  }

  /// A request that policy lets go to an origin whose certificate has a problem goes only where
  /// that very rule lets the problem pass, or the client has seen a warning.
  static Optional<Refusal> refuse(ConnectionContext connection, Decision decision) {
    String problem = connection.upstreamCertificate().problem();
    if (problem.isEmpty()) {
      return Optional.empty();
    }
    boolean warned = connection.standing() instanceof ConnectionContext.Standing.Distrusted;
    boolean pinned = connection.standing() instanceof ConnectionContext.Standing.Pinned;
    boolean passes =
        switch (decision.action()) {
          case Action.Distrust _ -> warned;
          case Action.Allow(var problems) ->
              (warned || pinned)
                  && CertificateProblem.of(problem).filter(problems::contains).isPresent();
          case Action.Passthrough _, Action.Block _ -> false;
        };
    return passes
        ? Optional.empty()
        : Optional.of(
            Refusal.block(
                403,
                "certificate-" + problem,
                "The certificate of this site has a problem: " + problem + "."));
  }

  /// Whether the request asks to turn the connection into a tunnel (RFC 9110 7.8, RFC 8441).
  static boolean isUpgrade(Map<String, String> headers) {
    return headers.containsKey(":protocol")
        || "CONNECT".equals(headers.get(":method"))
        || (headers.containsKey("upgrade")
            && headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT).contains("upgrade"));
  }

  /// Whether an upgrade asks for a WebSocket (RFC 6455 4.1, RFC 8441 5).
  static boolean isWebSocket(Map<String, String> headers) {
    return "websocket".equalsIgnoreCase(headers.getOrDefault(":protocol", headers.get("upgrade")));
  }

  private static Optional<Refusal> host(
      ConnectionContext connection, Map<String, String> headers, int defaultPort) {
    if (!headers.containsKey(":method") || !headers.containsKey(":path")) {
      return Optional.of(
          Refusal.block(400, "bad-request", "The request has no method or no path."));
    }
    String named = headers.getOrDefault(":authority", "");
    Optional<Authority> authority = Authority.parse(named, defaultPort);
    if (authority.isEmpty() || !headers.getOrDefault("host", named).equals(named)) {
      return Optional.of(Refusal.block(400, "bad-host", "The request names no valid host."));
    }
    String host = connection.connect().hostName();
    int port = connection.connect().hostPort();
    return authority.get().names(host, port)
        ? Optional.empty()
        : Optional.of(
            Refusal.block(
                421,
                "host-mismatch",
                "The request names another host than its connection was opened to."));
  }
}
