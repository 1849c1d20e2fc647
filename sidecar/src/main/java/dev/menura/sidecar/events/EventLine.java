package dev.menura.sidecar.events;

import com.google.gson.stream.JsonWriter;
import dev.menura.extproc.event.GatewayEvent;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
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

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

  private final JsonWriter json;

  private EventLine(JsonWriter json) {
    this.json = json;
  }

  /// The line, with its line end.
  static String of(GatewayEvent event) {
    var text = new StringWriter();
    append(event, text);
    return text.toString();
  }

  /// Adds the line, with its line end.
  static void append(GatewayEvent event, StringWriter text) {
    try {
      new EventLine(new JsonWriter(text)).write(event);
    } catch (IOException e) {
      throw new UncheckedIOException("a string takes all that is written", e);
    }
    text.append('\n');
  }

  private void write(GatewayEvent event) throws IOException {
    GatewayEvent.Common common = event.common();
    json.beginObject();
    text("time", TIME.format(common.time()));
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
    json.name("port").value(common.port());
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
    json.endObject();
  }

  private void caller(GatewayEvent.Caller caller) throws IOException {
    text("user", caller.user());
    if (!caller.groups().isEmpty()) {
      texts("groups", caller.groups());
    }
    text("device", caller.device());
    text("workload", caller.workload());
  }

  private void tls(GatewayEvent.Tls tls) throws IOException {
    json.name("tls").beginObject();
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
    json.endObject();
  }

  private void exchange(GatewayEvent.ExchangeEvent exchange) throws IOException {
    text("method", exchange.method());
    text("path", exchange.path());
    json.name("status").value(exchange.status());
    json.name("alerts").beginObject();
    for (Map.Entry<String, String> alert : new TreeMap<>(exchange.alerts()).entrySet()) {
      text(alert.getKey(), alert.getValue());
    }
    json.endObject();
    json.name("findings").beginArray();
    for (GatewayEvent.Finding finding : exchange.findings()) {
      json.beginObject();
      text("part", finding.part());
      text("kind", finding.kind());
      json.name("count").value(finding.count());
      texts("evidence", finding.evidence());
      json.endObject();
    }
    json.endArray();
  }

  private void evidence(GatewayEvent.Evidence evidence) throws IOException {
    json.name("evidence").beginObject();
    json.name("rejections").value(evidence.rejections());
    json.name("clients").value(evidence.clients());
    texts("addresses", evidence.addresses());
    json.name("signs").beginObject();
    for (Map.Entry<String, Integer> sign : new TreeMap<>(evidence.signs()).entrySet()) {
      json.name(sign.getKey()).value(sign.getValue());
    }
    json.endObject();
    text("first", TIME.format(evidence.first()));
    text("last", TIME.format(evidence.last()));
    json.endObject();
    if (evidence.exemptUntil() != null) {
      text("exempt-until", TIME.format(evidence.exemptUntil()));
    }
    texts("rules-lost", evidence.lost());
    text("suggestion", evidence.suggestion());
    text("before", evidence.before());
  }

  private void text(String name, @Nullable String value) throws IOException {
    if (value != null) {
      json.name(name).value(cut(value));
    }
  }

  private void texts(String name, List<String> values) throws IOException {
    json.name(name).beginArray();
    for (String value : values.subList(0, Math.min(values.size(), ITEMS_MAX))) {
      json.value(cut(value));
    }
    json.endArray();
  }

  private static String cut(String value) {
    return value.length() <= TEXT_CHARS_MAX ? value : value.substring(0, TEXT_CHARS_MAX) + "…";
  }
}
