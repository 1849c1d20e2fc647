package dev.menura.controlplane;

import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.listener.v3.Listener.InternalListenerConfig;
import io.envoyproxy.envoy.config.listener.v3.ListenerFilter;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.network.set_filter_state.v3.Config;
import io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The internal listener where the client's first bytes are seen. Each connection passes the second
/// gate, which puts it into a class; filter state carries that to the `decrypt` listener. A TCP
/// proxy picks its cluster when the connection begins, before the gate has answered, so the choice
/// cannot be made here.
final class FrontListener {
  static final String NAME = "front";

  /// The namespace of the gate's answer.
  static final String METADATA = "envoy.filters.network.ext_authz";

  static final FilterChainMatch TLS =
      FilterChainMatch.newBuilder().setTransportProtocol("tls").build();

  /// Neither. What is neither has this transport protocol too, and Envoy does not go back from a
  /// protocol that it knows to a chain that asks for none.
  static final FilterChainMatch UNKNOWN =
      FilterChainMatch.newBuilder().setTransportProtocol("raw_buffer").build();

  static final FilterChainMatch HTTP =
      FilterChainMatch.newBuilder()
          .setTransportProtocol("raw_buffer")
          .addAllApplicationProtocols(List.of("http/1.0", "http/1.1", "h2c"))
          .build();

  private FrontListener() {}

  static Listener of() {
    return seeingHellos(
            Listener.newBuilder()
                .setName(NAME)
                .setInternalListener(InternalListenerConfig.getDefaultInstance()))
        .addFilterChains(judged("tls", TLS))
        .addFilterChains(judged("http", HTTP))
        .addFilterChains(judged("unknown", UNKNOWN))
        .build();
  }

  private static FilterChain judged(String protocol, FilterChainMatch match) {
    return chain(
        protocol,
        match,
        Map.of(
            Wire.GATE,
            Wire.GATE_HELLO,
            Wire.TICKET,
            "%FILTER_STATE(" + Wire.CONNECTION + ":PLAIN)%"),
        FilterState.afterHello(METADATA));
  }

  /// Makes a listener wait for the first bytes of each connection, and tell TLS and HTTP apart.
  static Listener.Builder seeingHellos(Listener.Builder listener) {
    return listener
        .setPerConnectionBufferLimitBytes(Typed.uint(Listeners.BUFFER_BYTES))
        .setListenerFiltersTimeout(Typed.seconds(Listeners.HELLO_SECONDS))
        .setContinueOnListenerFiltersTimeout(false)
        .addAccessLog(LargeHellos.log())
        .addListenerFilters(
            ListenerFilter.newBuilder()
                .setName("envoy.filters.listener.tls_inspector")
                .setTypedConfig(inspector()))
        .addListenerFilters(
            ListenerFilter.newBuilder()
                .setName("envoy.filters.listener.http_inspector")
                .setTypedConfig(Typed.any(HttpInspector.getDefaultInstance())));
  }

  private static com.google.protobuf.Any inspector() {
    return Typed.newer(
        TlsInspector.getDefaultInstance(),
        Struct.newBuilder()
            .putFields("enable_ja4_fingerprinting", Value.newBuilder().setBoolValue(true).build())
            .build());
  }

  /// A chain that asks the gate about each connection, and takes it to the `decrypt` listener.
  ///
  /// @param gate gRPC metadata of the question
  /// @param state what the gate's answer leaves on the connection
  static FilterChain chain(
      String protocol,
      FilterChainMatch match,
      Map<String, String> gate,
      List<FilterStateValue> state) {
    return FilterChain.newBuilder()
        .setName(protocol)
        .setFilterChainMatch(match)
        .addFilters(filter("envoy.filters.network.ext_authz", Typed.any(gate(protocol, gate))))
        .addFilters(filter("envoy.filters.network.set_filter_state", onData(state)))
        .addFilters(filter("envoy.filters.network.tcp_proxy", tunnel()))
        .build();
  }

  private static Filter filter(String name, com.google.protobuf.Any config) {
    return Filter.newBuilder().setName(name).setTypedConfig(config).build();
  }

  private static ExtAuthz gate(String protocol, Map<String, String> metadata) {
    var all = new HashMap<>(metadata);
    all.put(Wire.PROTOCOL, protocol);
    all.put(Wire.JA4, "%TLS_JA4_FINGERPRINT%");
    return ExtAuthz.newBuilder()
        .setStatPrefix("hello")
        .setTransportApiVersion(ApiVersion.V3)
        .setFailureModeAllow(false)
        .setIncludeTlsSession(true)
        .setGrpcService(Sidecar.service(Sidecar.GATE_TIMEOUT, all))
        .build();
  }

  /// Set when the first data arrives, which is after the gate has answered; at the connection's
  /// start it would be before.
  private static com.google.protobuf.Any onData(List<FilterStateValue> state) {
    var values = ListValue.newBuilder();
    state.forEach(
        value -> values.addValues(Value.newBuilder().setStructValue(Typed.struct(value))));
    return Typed.newer(
        Config.getDefaultInstance(),
        Struct.newBuilder()
            .putFields("on_downstream_data", Value.newBuilder().setListValue(values).build())
            .build());
  }

  private static com.google.protobuf.Any tunnel() {
    var proxy =
        TcpProxy.newBuilder()
            .setStatPrefix("tunnel")
            // The class that the gate named chooses the filter chain there; without one it closes.
            .setCluster(Clusters.DECRYPT)
            .setIdleTimeout(Duration.newBuilder().setSeconds(3600))
            .build();
    return Typed.newer(
        proxy,
        Struct.newBuilder()
            .putFields("upstream_connect_mode", Typed.text("ON_DOWNSTREAM_DATA"))
            .putFields("max_early_data_bytes", Typed.number(Listeners.CLIENT_HELLO_BYTES))
            .build());
  }
}
