package dev.menura.controlplane;

import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.AndFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.accesslog.v3.HeaderFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ResponseFlagFilter;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.LocalReplyConfig;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.ResponseMapper;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What Envoy answers by itself where the sidecar or an origin fails: a page that says what
/// happened, as HTML, or as JSON where the client accepts that. The gate's and the exchange's own
/// pages pass Envoy as its replies too, and match none of these.
///
/// A page holds fixed text and the id under which the event log knows the exchange; nothing that a
/// client or an origin said.
final class LocalReplies {
  private static final String ID =
      "%DYNAMIC_METADATA(" + Wire.METADATA + ":" + Wire.EXCHANGE_ID + ")%";

  /// Something that goes wrong.
  ///
  /// @param status what the client gets, 0 for Envoy's own
  private record Failure(AccessLogFilter when, int status, String reason, String sentence) {}

  /// The sidecar's absence shows in the details of the response alone, which no client sees
  /// (configuration/http/http_conn_man/response_code_details).
  private static final List<Failure> FAILURES =
      List.of(
          new Failure(
              expression(
                  "response.code_details == 'ext_authz_error'"
                      + " || response.code_details.startsWith('ext_proc_error')"),
              0,
              "gateway-unavailable",
              "The gateway cannot decide about this request at the moment."),
          new Failure(
              expression("response.code_details == '" + Wire.TARGET_CHECK + "'"),
              0,
              "host-mismatch",
              "The request names another host than its connection was opened to."),
          new Failure(
              flags("UF", "UH", "URX", "NC"),
              502,
              "origin-unreachable",
              "The site cannot be reached, or its certificate is not valid."),
          new Failure(
              flags("UC", "UR", "LR", "UPE"),
              502,
              "origin-failed",
              "The site ended the connection, or gave an answer that is not valid HTTP."),
          new Failure(
              flags("UT", "SI", "UMSDR", "DT"),
              0,
              "timeout",
              "Nothing was sent or received for too long."),
          new Failure(
              flags("UO"), 0, "gateway-overloaded", "The gateway has too many connections."));

  private LocalReplies() {}

  static LocalReplyConfig of() {
    var config = LocalReplyConfig.newBuilder();
    for (Failure failure : FAILURES) {
      config.addMappers(mapper(failure, and(failure.when(), acceptsJson()), json(failure)));
      config.addMappers(mapper(failure, failure.when(), html(failure)));
    }
    return config.build();
  }

  private static ResponseMapper mapper(
      Failure failure, AccessLogFilter when, SubstitutionFormatString format) {
    var mapper = ResponseMapper.newBuilder().setFilter(when).setBodyFormatOverride(format);
    if (failure.status() != 0) {
      mapper.setStatusCode(UInt32Value.of(failure.status()));
    }
    headers(failure).forEach((name, value) -> mapper.addHeadersToAdd(header(name, value)));
    return mapper.build();
  }

  private static Map<String, String> headers(Failure failure) {
    var headers = new LinkedHashMap<String, String>();
    headers.put("cache-control", "no-store");
    headers.put("x-content-type-options", "nosniff");
    headers.put("content-security-policy", "default-src 'none'; style-src 'unsafe-inline'");
    headers.put("x-menura-reason", failure.reason());
    headers.put("x-menura-request-id", ID);
    return headers;
  }

  private static HeaderValueOption header(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  private static SubstitutionFormatString json(Failure failure) {
    return SubstitutionFormatString.newBuilder()
        .setContentType("application/json; charset=utf-8")
        .setJsonFormat(
            Struct.newBuilder()
                .putFields("status", Typed.text("%RESPONSE_CODE%"))
                .putFields("error", Typed.text("unavailable"))
                .putFields("message", Typed.text(failure.sentence()))
                .putFields("reason", Typed.text(failure.reason()))
                .putFields("request-id", Typed.text(ID))
                .putFields("time", Typed.text("%START_TIME(%Y-%m-%dT%H:%M:%SZ)%")))
        .build();
  }

  /// A percent sign is a command of the format.
  private static SubstitutionFormatString html(Failure failure) {
    return SubstitutionFormatString.newBuilder()
        .setContentType("text/html; charset=utf-8")
        .setTextFormatSource(
            DataSource.newBuilder()
                .setInlineString(
                    """
                    <!DOCTYPE html>
                    <html lang="en">
                    <head>
                    <meta charset="utf-8">
                    <meta name="viewport" content="width=device-width, initial-scale=1">
                    <title>Not available</title>
                    <style>
                    :root { color-scheme: light dark; }
                    body { max-width: 36rem; margin: 4rem auto; padding: 0 1rem;
                      font: 1rem/1.5 system-ui, sans-serif; }
                    main { border-top: .35rem solid #b3261e; padding: 1rem 0; }
                    </style>
                    </head>
                    <body>
                    <main>
                    <h1>Not available</h1>
                    <p>SENTENCE</p>
                    <p>Status %RESPONSE_CODE%<br>
                    Reason <code>REASON</code><br>
                    Request <code>ID</code><br>
                    Time %START_TIME(%Y-%m-%dT%H:%M:%SZ)%</p>
                    </main>
                    </body>
                    </html>
                    """
                        .replace("SENTENCE", failure.sentence())
                        .replace("REASON", failure.reason())
                        .replace("ID", ID)))
        .build();
  }

  private static AccessLogFilter flags(String... flags) {
    return AccessLogFilter.newBuilder()
        .setResponseFlagFilter(ResponseFlagFilter.newBuilder().addAllFlags(List.of(flags)))
        .build();
  }

  private static AccessLogFilter expression(String cel) {
    return AccessLogFilter.newBuilder()
        .setExtensionFilter(
            ExtensionFilter.newBuilder()
                .setName("envoy.access_loggers.extension_filters.cel")
                .setTypedConfig(
                    Typed.any(ExpressionFilter.newBuilder().setExpression(cel).build())))
        .build();
  }

  private static AccessLogFilter acceptsJson() {
    return AccessLogFilter.newBuilder()
        .setHeaderFilter(
            HeaderFilter.newBuilder()
                .setHeader(
                    HeaderMatcher.newBuilder()
                        .setName("accept")
                        .setStringMatch(StringMatcher.newBuilder().setContains("json"))))
        .build();
  }

  private static AccessLogFilter and(AccessLogFilter... filters) {
    return AccessLogFilter.newBuilder()
        .setAndFilter(AndFilter.newBuilder().addAllFilters(List.of(filters)))
        .build();
  }
}
