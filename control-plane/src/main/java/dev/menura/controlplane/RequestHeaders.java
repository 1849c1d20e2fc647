package dev.menura.controlplane;

import com.google.protobuf.Any;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import java.util.ArrayList;
import java.util.List;

/// Headers that must not cross: those that Envoy takes for orders or adds by itself, and those that
/// belong to the hop.
final class RequestHeaders {
  /// Orders to Envoy's router that only a trusted hop may give
  /// (configuration/http/http_filters/router_filter).
  private static final List<String> ENVOY_ORDERS =
      List.of(
          "x-envoy-attempt-count",
          "x-envoy-decorator-operation",
          "x-envoy-downstream-service-cluster",
          "x-envoy-downstream-service-node",
          "x-envoy-expected-rq-timeout-ms",
          "x-envoy-external-address",
          "x-envoy-force-trace",
          "x-envoy-hedge-on-per-try-timeout",
          "x-envoy-internal",
          "x-envoy-ip-tags",
          "x-envoy-max-retries",
          "x-envoy-original-dst-host",
          "x-envoy-original-method",
          "x-envoy-original-path",
          "x-envoy-retriable-header-names",
          "x-envoy-retriable-status-codes",
          "x-envoy-retry-grpc-on",
          "x-envoy-retry-on",
          "x-envoy-upstream-alt-stat-name",
          "x-envoy-upstream-canary",
          "x-envoy-upstream-rq-per-try-timeout-ms",
          "x-envoy-upstream-rq-timeout-alt-response",
          "x-envoy-upstream-rq-timeout-ms",
          "x-envoy-upstream-stream-duration-ms");

  /// Removed on the way to the origin: added by Envoy, or meant for the proxy alone.
  static final List<String> NEVER_FORWARDED =
      List.of("x-forwarded-proto", "x-envoy-expected-rq-timeout-ms", "proxy-authorization");

  /// Removed on the way to the client. `alt-svc` would lead it around the gateway over HTTP/3.
  static final List<String> NEVER_RETURNED =
      List.of("alt-svc", "x-envoy-upstream-service-time", "x-envoy-decorator-operation");

  private RequestHeaders() {}

  /// What begins like this is ours alone to say.
  private static final String OWN = "x-menura-";

  /// A filter that removes Envoy's orders, Menura's own words, and `more`, from a client's request.
  static Any removal(List<String> more) {
    var names = new ArrayList<>(ENVOY_ORDERS);
    names.addAll(more);
    var removals = ListValue.newBuilder();
    names.forEach(name -> removals.addValues(object("remove", Typed.text(name))));
    removals.addValues(
        object("remove_on_match", object("key_matcher", object("prefix", Typed.text(OWN)))));
    var mutations = object("request_mutations", Value.newBuilder().setListValue(removals).build());
    return Typed.newer(
        HeaderMutation.getDefaultInstance(),
        Struct.newBuilder().putFields("mutations", mutations).build());
  }

  private static Value object(String key, Value value) {
    return Value.newBuilder().setStructValue(Struct.newBuilder().putFields(key, value)).build();
  }
}
