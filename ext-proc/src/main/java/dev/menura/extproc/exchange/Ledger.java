package dev.menura.extproc.exchange;

import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Action;
import dev.menura.policy.Decision;
import dev.menura.policy.Effect;
import dev.menura.policy.Facts;
import dev.menura.policy.Rule;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What is recorded of an exchange while it runs, and the one event that comes of it.
final class Ledger {
  private static final String OWN_SITE = "menura-local";
  private static final int METHOD_CHARS_MAX = 32;
  private static final int PATH_CHARS_MAX = 1024;
  private static final int ID_CHARS_MAX = 64;

  private final ConnectionContext connection;
  private final Supplier<String> ids;
  private String requestId = "";
  private String method = "";
  private String path = "";
  private String accept = "";
  private int status;
  private @Nullable Refusal refusal;
  private @Nullable String limit;
  private String unfinished = "closed-early";
  private boolean served;

  Ledger(ConnectionContext connection, Supplier<String> ids) {
    this.connection = connection;
    this.ids = ids;
  }

  void request(Map<String, String> headers) {
    String id = headers.getOrDefault("x-request-id", "");
    requestId = isName(id) ? id : "";
    method = method(headers.getOrDefault(":method", ""));
    path = path(headers.getOrDefault(":path", ""));
    // A gRPC client is told in a trailer, and shows it as it is.
    accept =
        headers.getOrDefault("content-type", "").startsWith("application/grpc")
            ? "text/plain"
            : headers.getOrDefault("accept", "");
  }

  /// A method as it is recorded.
  static String method(String sent) {
    return bounded(sent, METHOD_CHARS_MAX);
  }

  /// The path of a request's target as it is recorded: without its query.
  static String path(String target) {
    int end = 0;
    while (end < target.length() && target.charAt(end) != '?' && target.charAt(end) != '#') {
      end++;
    }
    return bounded(target.substring(0, end), PATH_CHARS_MAX);
  }

  /// The id that a request came with where that is a name, else a new one.
  static String requestId(String sent, Supplier<String> ids) {
    return isName(sent) ? sent : ids.get();
  }

  void status(int seen) {
    status = seen;
  }

  void refused(Refusal why) {
    refusal = why;
  }

  /// The gateway has answered with a page of its own.
  void served(int seen) {
    served = true;
    status = seen;
  }

  boolean refused() {
    return refusal != null;
  }

  void limit(String name) {
    limit = name;
  }

  /// Why there may be no verdict in the end.
  void unfinished(String reason) {
    unfinished = reason;
  }

  String id() {
    if (requestId.isEmpty()) {
      requestId = ids.get();
    }
    return connection.id() + "/" + requestId;
  }

  BlockPage.Rendered page(Refusal why, Instant now, String policyVersion) {
    status = why.status();
    return new BlockPage(
            why.status(),
            connection.connect().hostName(),
            why.rule(),
            why.reason(),
            why.detail(),
            id(),
            now,
            policyVersion)
        .render(accept);
  }

  GatewayEvent.ExchangeEvent event(
      Instant now, String policyVersion, Inquiry inquiry, Map<String, BodyScan> scans) {
    Optional<Decision> decision = refusal != null ? refusal.decision() : inquiry.decision();
    Optional<Decision.Observed> observed = decision.flatMap(Decision::observed);
    GatewayEvent.Common common =
        new GatewayEvent.Common(
            now,
            id(),
            connection.connect().clientIp(),
            connection.connect().hostName(),
            connection.connect().hostPort(),
            orNull(refusal != null ? refusal.rule() : rule(decision)),
            policyVersion,
            refusal != null
                ? refusal.verdict()
                : decision.isPresent() || served ? "allow" : "error",
            observed.map(Decision.Observed::action).map(Ledger::word).orElse(null),
            observed.map(Decision.Observed::rule).orElse(null),
            orNull(reason(decision)),
            caller(connection.connect().client()));
    Map<String, String> alerts = new LinkedHashMap<>();
    decision.ifPresent(known -> alerts.putAll(alerts(inquiry.effects(known))));
    decision.ifPresent(known ->
        inquiry
            .failures(known)
            .forEach(failure -> alerts.put(failure.rule().name(), "failed: " + failure.reason())));
    return new GatewayEvent.ExchangeEvent(common, method, path, status, alerts, findings(scans));
  }

  static GatewayEvent.Caller caller(Facts.Client client) {
    return GatewayEvent.Caller.of(
        client.user(), client.groups(), client.device(), client.workload().id());
  }

  private String reason(Optional<Decision> decision) {
    if (refusal != null) {
      return refusal.reason();
    }
    if (limit != null) {
      return "limit:" + limit;
    }
    if (served) {
      return OWN_SITE;
    }
    return decision.isPresent() ? "" : unfinished;
  }

  private static String rule(Optional<Decision> decision) {
    return decision.flatMap(Decision::rule).map(Rule::name).orElse("");
  }

  private static Map<String, String> alerts(List<Effect> effects) {
    Map<String, String> alerts = new LinkedHashMap<>();
    for (Effect effect : effects) {
      if (effect.action() instanceof Action.Alert) {
        boolean observed = effect.rule().mode() == Rule.Mode.OBSERVE;
        alerts.put(
            effect.rule().name(), !effect.known() ? "unknown" : observed ? "observed" : "true");
      }
    }
    return alerts;
  }

  private static List<GatewayEvent.Finding> findings(Map<String, BodyScan> scans) {
    List<GatewayEvent.Finding> findings = new ArrayList<>();
    scans.forEach((part, scan) -> {
      for (BodyScan.Found found : scan.found()) {
        findings.add(new GatewayEvent.Finding(part, found.kind(), found.count(), found.evidence()));
      }
    });
    return findings;
  }

  private static String word(Action.Deciding action) {
    return switch (action) {
      // After decryption there is nothing left to pass through.
      case Action.Allow _, Action.Passthrough _ -> "allow";
      case Action.Distrust _ -> "distrust";
      case Action.Block _ -> "block";
    };
  }

  private static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }

  private static String bounded(String text, int charsMax) {
    return text.length() <= charsMax ? text : text.substring(0, charsMax);
  }

  private static boolean isName(String text) {
    if (text.isEmpty() || text.length() > ID_CHARS_MAX) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean sound =
          (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
      if (!sound) {
        return false;
      }
    }
    return true;
  }
}
