package dev.menura.controlplane;

import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.ExtensionFilter;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import java.util.Map;

/// The listener's log of connections that ended before a byte of a request came: what Envoy tells
/// the sidecar of handshakes that failed, which no HTTP filter ever sees. A connection that carried
/// anything is not in it.
final class UnusedConnections {
  /// Of a connection, this is the number of bytes that were decrypted for the filters.
  private static final String NOTHING_CAME = "request.size == 0";

  /// How long entries are collected before they are sent.
  private static final Duration FLUSH = Duration.newBuilder().setNanos(100_000_000).build();

  private UnusedConnections() {}

  static AccessLog log() {
    return AccessLog.newBuilder()
        .setName("menura.unused-connections")
        .setFilter(
            AccessLogFilter.newBuilder()
                .setExtensionFilter(
                    ExtensionFilter.newBuilder()
                        .setName("envoy.access_loggers.extension_filters.cel")
                        .setTypedConfig(
                            Typed.any(
                                ExpressionFilter.newBuilder()
                                    .setExpression(NOTHING_CAME)
                                    .build()))))
        .setTypedConfig(
            Typed.newer(
                TcpGrpcAccessLogConfig.getDefaultInstance(),
                Struct.newBuilder()
                    .putFields("common_config", Value.newBuilder().setStructValue(common()).build())
                    .build()))
        .build();
  }

  /// A log of connections that the sidecar takes, each with its ticket.
  static CommonGrpcAccessLogConfig toSidecar(String name) {
    return CommonGrpcAccessLogConfig.newBuilder()
        .setLogName(name)
        .setTransportApiVersion(ApiVersion.V3)
        .setGrpcService(Sidecar.service(java.time.Duration.ZERO, Map.of()))
        .setBufferFlushInterval(FLUSH)
        .addFilterStateObjectsToLog(Wire.CONNECTION)
        .build();
  }

  private static Struct common() {
    var config = toSidecar("menura/unused-connections");
    var handshake =
        Struct.newBuilder()
            .putFields("tag", Typed.text(Wire.HANDSHAKE_TAG))
            .putFields("value", Typed.text("%DOWNSTREAM_HANDSHAKE_DURATION%"));
    return Typed.struct(config).toBuilder()
        .putFields(
            "custom_tags",
            Value.newBuilder()
                .setListValue(
                    ListValue.newBuilder().addValues(Value.newBuilder().setStructValue(handshake)))
                .build())
        .build();
  }
}
