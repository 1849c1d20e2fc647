package dev.menura.controlplane;

import com.google.protobuf.Duration;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.CommonGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher.PathSegment;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import java.util.Map;

/// Envoy's record of the requests that no exchange has seen, sent to the sidecar in batches: the
/// events of a connection whose requests the gate has allowed already, and of requests that Envoy
/// has cleared.
final class ExchangeLog {
  private static final int BATCH_BYTES = 32 * 1024;

  private ExchangeLog() {}

  static AccessLog of() {
    var service = Sidecar.service(Sidecar.GATE_TIMEOUT, Map.of()).toBuilder().clearTimeout();
    var log =
        HttpGrpcAccessLogConfig.newBuilder()
            .setCommonConfig(
                CommonGrpcAccessLogConfig.newBuilder()
                    .setLogName(Wire.EXCHANGE_LOG)
                    .setTransportApiVersion(ApiVersion.V3)
                    .setGrpcService(service)
                    .setBufferFlushInterval(
                        Duration.newBuilder().setNanos(Wire.EXCHANGE_LOG_BATCH.toNanosPart()))
                    .setBufferSizeBytes(Typed.uint(BATCH_BYTES))
                    // It says all that the sidecar has to know of the connection.
                    .addFilterStateObjectsToLog(Wire.CONNECTION))
            // The record itself knows the standard methods alone.
            .addAdditionalRequestHeadersToLog(":method")
            .build();
    return AccessLog.newBuilder()
        .setName("envoy.access_loggers.http_grpc")
        .setFilter(unseen())
        .setTypedConfig(Typed.any(log))
        .build();
  }

  /// No exchange has given the request an id. The filter looks at a value that is there, which is
  /// never empty, and lets through where there is none; it does not know `invert`.
  private static AccessLogFilter unseen() {
    var named =
        MetadataMatcher.newBuilder()
            .setFilter(Wire.METADATA)
            .addPath(PathSegment.newBuilder().setKey(Wire.EXCHANGE_ID))
            .setValue(
                ValueMatcher.newBuilder()
                    .setStringMatch(
                        io.envoyproxy.envoy.type.matcher.v3.StringMatcher.newBuilder()
                            .setExact("")));
    return AccessLogFilter.newBuilder()
        .setMetadataFilter(MetadataFilter.newBuilder().setMatcher(named))
        .build();
  }
}
