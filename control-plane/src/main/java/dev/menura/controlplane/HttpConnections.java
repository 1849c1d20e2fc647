package dev.menura.controlplane;

import com.google.protobuf.BoolValue;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.Http1ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.Http2ProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions;
import io.envoyproxy.envoy.config.core.v3.HttpProtocolOptions.HeadersWithUnderscoresAction;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.PathWithEscapedSlashesAction;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager.ServerHeaderTransformation;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig.FormatterTypeOnEnvoyHeaders;

/// The HTTP connection manager that every listener of ours starts from. It follows Envoy's edge
/// best practices (configuration/best_practices/edge) where a forward proxy can: it bounds streams,
/// windows, headers and idle time, and normalises paths, so that policy judges the path that the
/// origin gets.
final class HttpConnections {
  static final int STREAMS_MAX = 100;
  static final int STREAM_WINDOW_BYTES = 64 * 1024;
  static final int CONNECTION_WINDOW_BYTES = 1024 * 1024;
  static final int REQUEST_HEADERS_KIB = 60;
  static final int HEADERS_COUNT_MAX = 200;

  /// A tunnel, and a WebSocket, may stand still for as long as a connection may. The time that a
  /// request may stand still is shorter: were it the tunnel's too, the tunnel would be cut before
  /// the answer that says so has come through it.
  static final int TUNNEL_IDLE_SECONDS = 3600;

  private HttpConnections() {}

  static HttpConnectionManager.Builder start(String statPrefix) {
    return HttpConnectionManager.newBuilder()
        .setStatPrefix(statPrefix)
        .setCodecType(HttpConnectionManager.CodecType.AUTO)
        .setLocalReplyConfig(LocalReplies.of())
        .setHttpProtocolOptions(http1())
        .setHttp2ProtocolOptions(http2())
        .setCommonHttpProtocolOptions(
            HttpProtocolOptions.newBuilder()
                .setIdleTimeout(Typed.seconds(3600))
                .setMaxHeadersCount(UInt32Value.of(HEADERS_COUNT_MAX))
                .setHeadersWithUnderscoresAction(HeadersWithUnderscoresAction.ALLOW))
        .setMaxRequestHeadersKb(UInt32Value.of(REQUEST_HEADERS_KIB))
        .setStreamIdleTimeout(Typed.seconds(300))
        .setRequestHeadersTimeout(Typed.seconds(10))
        .setDelayedCloseTimeout(Typed.seconds(1))
        .setUseRemoteAddress(BoolValue.of(true))
        .setSkipXffAppend(true)
        .setNormalizePath(BoolValue.of(true))
        .setMergeSlashes(false)
        .setPathWithEscapedSlashesAction(PathWithEscapedSlashesAction.KEEP_UNCHANGED)
        .setGenerateRequestId(BoolValue.of(false))
        .setPreserveExternalRequestId(true)
        .setServerHeaderTransformation(ServerHeaderTransformation.PASS_THROUGH)
        // The origin's certificate, and the server name that it is asked for, have no dot either.
        .setStripTrailingHostDot(true);
  }

  /// Trailers pass, and the case of header names is kept where the client's protocol has one.
  static Http1ProtocolOptions http1() {
    var preserveCase =
        PreserveCaseFormatterConfig.newBuilder()
            .setForwardReasonPhrase(true)
            .setFormatterTypeOnEnvoyHeaders(FormatterTypeOnEnvoyHeaders.PROPER_CASE)
            .build();
    return Http1ProtocolOptions.newBuilder()
        .setEnableTrailers(true)
        .setHeaderKeyFormat(
            Http1ProtocolOptions.HeaderKeyFormat.newBuilder()
                .setStatefulFormatter(
                    Typed.extension(
                        "envoy.http.stateful_header_formatters.preserve_case", preserveCase)))
        .build();
  }

  /// The bounds, for clients and origins alike.
  static Http2ProtocolOptions http2() {
    return Http2ProtocolOptions.newBuilder()
        .setMaxConcurrentStreams(UInt32Value.of(STREAMS_MAX))
        .setInitialStreamWindowSize(UInt32Value.of(STREAM_WINDOW_BYTES))
        .setInitialConnectionWindowSize(UInt32Value.of(CONNECTION_WINDOW_BYTES))
        .build();
  }

  /// For clients: with CONNECT, in its extended form too (RFC 8441). What of it is answered, the
  /// listener's upgrades say.
  static Http2ProtocolOptions http2WithConnect() {
    return http2().toBuilder().setAllowConnect(true).build();
  }

  /// Where requests go that upgrade the connection.
  static Route upgradeRoute(String cluster) {
    return Route.newBuilder()
        .setName("upgrade")
        .setMatch(
            RouteMatch.newBuilder()
                .setPrefix("/")
                .addHeaders(HeaderMatcher.newBuilder().setName("upgrade").setPresentMatch(true)))
        .setRoute(
            RouteAction.newBuilder()
                .setCluster(cluster)
                .setTimeout(Typed.seconds(0))
                .setIdleTimeout(Typed.seconds(TUNNEL_IDLE_SECONDS)))
        .build();
  }

  static HttpFilter filter(String name, com.google.protobuf.Message config) {
    return filter(name, Typed.any(config));
  }

  static HttpFilter filter(String name, com.google.protobuf.Any config) {
    return HttpFilter.newBuilder().setName(name).setTypedConfig(config).build();
  }
}
