package dev.menura.controlplane;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLog;
import io.envoyproxy.envoy.config.accesslog.v3.AccessLogFilter;
import io.envoyproxy.envoy.config.accesslog.v3.MetadataFilter;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.TcpGrpcAccessLogConfig;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;

/// The listener's log of connections whose ClientHello is larger than Envoy reads. It closes them
/// before any gate is asked, so that this is all that is heard of them.
final class LargeHellos {
  private LargeHellos() {}

  static AccessLog log() {
    var tooLarge =
        MetadataMatcher.newBuilder()
            .setFilter(Wire.HELLO_METADATA)
            .addPath(MetadataMatcher.PathSegment.newBuilder().setKey(Wire.HELLO_FAILURE))
            .setValue(
                ValueMatcher.newBuilder()
                    .setStringMatch(StringMatcher.newBuilder().setExact(Wire.HELLO_TOO_LARGE)));
    return AccessLog.newBuilder()
        .setName("menura.large-hellos")
        .setFilter(
            AccessLogFilter.newBuilder()
                .setMetadataFilter(
                    MetadataFilter.newBuilder()
                        .setMatcher(tooLarge)
                        .setMatchIfKeyNotFound(com.google.protobuf.BoolValue.of(false))))
        .setTypedConfig(
            Typed.newer(
                TcpGrpcAccessLogConfig.getDefaultInstance(),
                Struct.newBuilder()
                    .putFields(
                        "common_config",
                        Value.newBuilder()
                            .setStructValue(
                                Typed.struct(UnusedConnections.toSidecar("menura/large-hellos")))
                            .build())
                    .build()))
        .build();
  }
}
