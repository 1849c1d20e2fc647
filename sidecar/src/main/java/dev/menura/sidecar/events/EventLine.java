package dev.menura.sidecar.events;

import dev.menura.extproc.event.GatewayEvent;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One event as a line of JSON. What is not known has no key.
final class EventLine {
  /// A longer text, as of a path or a server name, is cut here.
  static final int TEXT_CHARS_MAX = 4096;

  /// A longer list, as of a user's groups, is cut here.
  static final int ITEMS_MAX = 32;

  private final Timestamps times;
  private final JsonText json;

  private EventLine(Timestamps times, JsonText json) {
    this.times = times;
    this.json = json;
  }

  /// The line, with its line end.
  static String of(GatewayEvent event) {
    var text = new StringBuilder();
    append(event, new Timestamps(), text);
    return text.append('\n').toString();
  }

  /// Adds the line, without its line end.
  static void append(GatewayEvent event, Timestamps times, StringBuilder text) {
    new EventLine(times, new JsonText(text)).write(event);
  }

  private void write(GatewayEvent event) {
    GatewayEvent.Common common = event.common();
    json.begin();
    text("time", times.text(common.time()));
    text("id", common.id());
    text(
        "type",
        switch (event) {
          case GatewayEvent.ConnectionEvent connection -> "connection";
          case GatewayEvent.ExchangeEvent exchange -> "exchange";
          case GatewayEvent.RejectionEvent rejection -> "rejection";
          case GatewayEvent.ProposalEvent proposal -> "proposal";
        });
    text("client", common.client());
    caller(common.caller());
    text("host", common.host());
    json.field("port", common.port());
    text("rule", common.rule());
    text("policy-version", common.policyVersion());
    text("verdict", common.verdict());
    text("observed-verdict", common.observedVerdict());
    text("observed-rule", common.observedRule());
    text("reason", common.reason());
    switch (event) {
      case GatewayEvent.ConnectionEvent connection -> {
        text("address", connection.address());
        tls(connection.tls());
      }
      case GatewayEvent.ExchangeEvent exchange -> exchange(exchange);
      case GatewayEvent.RejectionEvent rejection -> {
        text("sign", rejection.sign());
        tls(rejection.tls());
      }
      case GatewayEvent.ProposalEvent proposal -> evidence(proposal.evidence());
    }
    json.end();
  }

  private void caller(GatewayEvent.Caller caller) {
    text("user", caller.user());
    if (!caller.groups().isEmpty()) {
      texts("groups", caller.groups());
    }
    text("device", caller.device());
    text("workload", caller.workload());
  }

  private void tls(GatewayEvent.Tls tls) {
    json.beginObject("tls");
    text("sni", tls.sni());
    text("ja4", tls.ja4());
    text("upstream-version", tls.upstreamVersion());
    text("upstream-issuer", tls.upstreamIssuer());
    text("upstream-subject", tls.upstreamSubject());
    text("upstream-fingerprint", tls.upstreamFingerprint());
    text("revocation", tls.revocation());
    text("problem", tls.problem());
    text("class", tls.connectionClass());
    text("shown", tls.shown());
    text("client-version", tls.clientVersion());
    text("exception", tls.exception());
    text("upstream-client-certificate", tls.clientCertificate());
    text("presented", tls.presented());
    text("hint", tls.hint());
    json.end();
  }

  private void exchange(GatewayEvent.ExchangeEvent exchange) {
    text("method", exchange.method());
    text("path", exchange.path());
    json.field("status", exchange.status());
    json.beginObject("alerts");
    if (!exchange.alerts().isEmpty()) {
      new TreeMap<>(exchange.alerts()).forEach((rule, state) -> json.entry(rule, cut(state)));
    }
    json.end();
    json.beginArray("findings");
    for (GatewayEvent.Finding finding : exchange.findings()) {
      json.beginItem();
      text("part", finding.part());
      text("kind", finding.kind());
      json.field("count", finding.count());
      texts("evidence", finding.evidence());
      json.end();
    }
    json.endArray();
  }

  private void evidence(GatewayEvent.Evidence evidence) {
    json.beginObject("evidence");
    json.field("rejections", evidence.rejections());
    json.field("clients", evidence.clients());
    texts("addresses", evidence.addresses());
    json.beginObject("signs");
    for (Map.Entry<String, Integer> sign : new TreeMap<>(evidence.signs()).entrySet()) {
      json.entry(sign.getKey(), sign.getValue());
    }
    json.end();
    text("first", times.text(evidence.first()));
    text("last", times.text(evidence.last()));
    json.end();
    if (evidence.exemptUntil() != null) {
      text("exempt-until", times.text(evidence.exemptUntil()));
    }
    texts("rules-lost", evidence.lost());
    text("suggestion", evidence.suggestion());
    text("before", evidence.before());
  }

  private void text(String name, @Nullable String value) {
    if (value != null) {
      json.field(name, cut(value));
    }
  }

  private void texts(String name, List<String> values) {
    json.beginArray(name);
    for (String value : values.subList(0, Math.min(values.size(), ITEMS_MAX))) {
      json.item(cut(value));
    }
    json.endArray();
  }

  private static String cut(String value) {
    return value.length() <= TEXT_CHARS_MAX ? value : value.substring(0, TEXT_CHARS_MAX) + "…";
  }
}
