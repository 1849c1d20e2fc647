package dev.menura.extproc.exchange;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/// The page that a refused client gets instead of the origin's answer, as HTML, JSON or plain text.
/// All that it names is escaped for the format it is written in.
///
/// @param status the HTTP status, at least 400
/// @param host the target's name or address
/// @param rule the deciding rule's name, empty where it was not a rule
/// @param reason a word for what decided, or the rule's own reason; may be empty
/// @param detail a sentence for the person who is refused
/// @param id the exchange's id, under which the event log knows it
public record BlockPage(
    int status,
    String host,
    String rule,
    String reason,
    String detail,
    String id,
    Instant time,
    String policyVersion) {
  private static final int HEADER_CHARS_MAX = 128;

  /// A page in one format.
  ///
  /// @param headers names in lower case
  public record Rendered(int status, Map<String, String> headers, String body) {
    public Rendered {
      headers = Map.copyOf(headers);
    }

    public byte[] bytes() {
      return body.getBytes(StandardCharsets.UTF_8);
    }
  }

  /// Renders the page in the format that an `accept` header (RFC 9110 12.5.1) prefers: HTML, unless
  /// JSON or plain text is asked for by name.
  ///
  /// @param accept the header's value, empty where there is none
  public Rendered render(String accept) {
    return switch (PageFormat.preferredBy(accept)) {
      case HTML -> rendered("text/html; charset=utf-8", html());
      case JSON -> rendered("application/json; charset=utf-8", json());
      case TEXT -> rendered("text/plain; charset=utf-8", text());
    };
  }

  private Rendered rendered(String contentType, String body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("content-type", contentType);
    headers.put("cache-control", "no-store");
    headers.put("x-content-type-options", "nosniff");
    headers.put("referrer-policy", "no-referrer");
    headers.put(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'self'");
    headers.put("x-menura-policy-version", headerValue(policyVersion));
    headers.put("x-menura-request-id", headerValue(id));
    if (!rule.isEmpty()) {
      headers.put("x-menura-rule", headerValue(rule));
    }
    if (!reason.isEmpty()) {
      headers.put("x-menura-reason", headerValue(reason));
    }
    return new Rendered(status, headers, body);
  }

  private String title() {
    return status < 500 ? "Blocked" : "Not available";
  }

  private String sentence() {
    return !detail.isEmpty() ? detail : "The policy of this network does not allow this request.";
  }

  private String second() {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private String html() {
    StringBuilder rows = new StringBuilder();
    row(rows, "Site", host);
    row(rows, "Rule", rule);
    row(rows, "Reason", reason);
    row(rows, "Request", id);
    row(rows, "Time", second());
    row(rows, "Policy", policyVersion);
    return """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="robots" content="noindex">
    <title>%s: %s</title>
    <style>
    :root { color-scheme: light dark; }
    body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: #f4f4f1;
      color: #1c1c1a; font: 1rem/1.5 system-ui, sans-serif; }
    main { box-sizing: border-box; width: min(40rem, 100%% - 2rem); margin: 1rem; padding: 2rem;
      background: #fff; border-top: .35rem solid #b3261e; border-radius: .5rem; }
    h1 { margin: 0 0 .75rem; font-size: 1.6rem; line-height: 1.2; }
    p { margin: 0 0 1.5rem; overflow-wrap: anywhere; }
    dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem; margin: 0; }
    dt { color: #5c5c57; }
    dd { margin: 0; font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
    @media (prefers-color-scheme: dark) {
      body { background: #161614; color: #ecece8; }
      main { background: #22221f; border-top-color: #f2867f; }
      dt { color: #a9a9a2; }
    }
    </style>
    </head>
    <body>
    <main>
    <h1>%s</h1>
    <p>%s</p>
    <dl>
    %s</dl>
    </main>
    </body>
    </html>
    """
        .formatted(title(), escapeHtml(host), title(), escapeHtml(sentence()), rows);
  }

  private static void row(StringBuilder rows, String name, String value) {
    if (!value.isEmpty()) {
      rows.append("<dt>").append(name).append("</dt><dd>").append(escapeHtml(value));
      rows.append("</dd>\n");
    }
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    text.append(title()).append(": ").append(oneLine(sentence())).append('\n');
    fields().forEach((name, value) -> text.append(name + ": " + oneLine(value) + "\n"));
    return text.toString();
  }

  private String json() {
    StringBuilder json = new StringBuilder("{\"status\":").append(status);
    json.append(",\"error\":\"").append(status < 500 ? "blocked" : "unavailable").append('"');
    json.append(",\"message\":\"").append(escapeJson(sentence())).append('"');
    fields()
        .forEach((name, value) -> json.append(",\"" + name + "\":\"" + escapeJson(value) + "\""));
    return json.append("}\n").toString();
  }

  private Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("host", host);
    fields.put("rule", rule);
    fields.put("reason", reason);
    fields.put("request-id", id);
    fields.put("time", second());
    fields.put("policy-version", policyVersion);
    fields.values().removeIf(String::isEmpty);
    return fields;
  }

  static String escapeHtml(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> escaped.append("&amp;");
        case '<' -> escaped.append("&lt;");
        case '>' -> escaped.append("&gt;");
        case '"' -> escaped.append("&quot;");
        case '\'' -> escaped.append("&#39;");
        default -> escaped.append(isControl(c) ? ' ' : c);
      }
    }
    return escaped.toString();
  }

  private static String escapeJson(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        escaped.append('\\').append(c);
      } else if (isControl(c) || c == '<' || c == '>' || c == '&' || Character.isSurrogate(c)) {
        escaped.append("\\u%04x".formatted((int) c));
      } else {
        escaped.append(c);
      }
    }
    return escaped.toString();
  }

  private static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text);
    for (int i = 0; i < line.length(); i++) {
      if (isControl(line.charAt(i))) {
        line.setCharAt(i, ' ');
      }
    }
    return line.toString();
  }

  /// What a header can carry of a text: printable ASCII, the rest as question marks.
  private static String headerValue(String text) {
    StringBuilder value =
        new StringBuilder(text.substring(0, Math.min(text.length(), HEADER_CHARS_MAX)));
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        value.setCharAt(i, '?');
      }
    }
    return value.toString();
  }

  private static boolean isControl(char c) {
    return c < ' ' || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029;
  }
}
