package dev.menura.bench;

import com.google.protobuf.Any;
import com.google.protobuf.StringValue;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import dev.menura.extproc.accesslog.AccessLogService;
import dev.menura.extproc.exchange.ConnectionContext;
import dev.menura.extproc.exchange.ExchangeMetrics;
import dev.menura.extproc.exchange.HeldBytes;
import dev.menura.extproc.exchange.SettledExchanges;
import dev.menura.policy.Facts;
import dev.menura.proto.Wire;
import dev.menura.sidecar.events.EventLines;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.RequestMethod;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogType;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPResponseProperties;
import io.envoyproxy.envoy.data.accesslog.v3.ResponseFlags;
import io.envoyproxy.envoy.data.accesslog.v3.TLSProperties;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// The events of requests that Envoy decided by itself: from the bytes of a message with 100
/// entries of its access log, of 16 connections, to the bytes of their lines.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class EventBenchmark {
  private static final int ENTRIES = 100;
  private static final int CONNECTIONS = 16;

  private final EventLines lines = new EventLines();
  private byte[] sent = null;
  private ServerMethodDefinition<Object, Object> method = null;
  private ServerCall.Listener<Object> stream = null;

  @Setup
  @SuppressWarnings("unchecked")
  public void open() {
    var verdicts = new HashMap<String, Optional<SettledExchanges.Verdict>>();
    var entries = StreamAccessLogsMessage.HTTPAccessLogEntries.newBuilder();
    for (int i = 0; i < ENTRIES; i++) {
      var ticket = "CiQ0OTk2".repeat(37) + (char) ('A' + i % CONNECTIONS);
      verdicts.put(ticket, Optional.of(verdict("c-" + i % CONNECTIONS)));
      entries.addLogEntry(entry(ticket));
    }
    sent = StreamAccessLogsMessage.newBuilder().setHttpLogs(entries).build().toByteArray();
    var service =
        new AccessLogService(
            new SettledExchanges(
                verdicts::get,
                (_, _) -> Optional.empty(),
                lines::add,
                new ExchangeMetrics(new SimpleMeterRegistry(), new HeldBytes(1)),
                Clock.systemUTC(),
                () -> "none"),
            _ -> {});
    method =
        (ServerMethodDefinition<Object, Object>)
            service.bindService().getMethods().iterator().next();
    stream =
        method
            .getServerCallHandler()
            .startCall(new Call<>(method.getMethodDescriptor()), new Metadata());
    if (new String(lines(), StandardCharsets.UTF_8).lines().count() < ENTRIES) {
      throw new IllegalStateException("each entry must become a line");
    }
  }

  @Benchmark
  @OperationsPerInvocation(ENTRIES)
  public byte[] lines(CpuTime cpu) {
    cpu.count(ENTRIES);
    return lines();
  }

  private byte[] lines() {
    stream.onMessage(method.getMethodDescriptor().parseRequest(new ByteArrayInputStream(sent)));
    return lines.take();
  }

  private static SettledExchanges.Verdict verdict(String connection) {
    return new SettledExchanges.Verdict(
        new ConnectionContext(
            connection,
            new Facts.Connect("192.0.2.7", "www.shop.test", 443),
            new Facts.Hello("tls", "www.shop.test", ""),
            Facts.UpstreamCertificate.NONE,
            new ConnectionContext.Standing.Trusted()),
        "everything-else",
        "5a8aa01f8740");
  }

  /// An entry with what Envoy puts into one of a usual request.
  private static HTTPAccessLogEntry entry(String ticket) {
    var common =
        AccessLogCommon.newBuilder()
            .setDownstreamRemoteAddress(address(40_001))
            .setDownstreamLocalAddress(address(443))
            .setDownstreamDirectRemoteAddress(address(40_001))
            .setUpstreamRemoteAddress(address(443))
            .setUpstreamLocalAddress(address(40_002))
            .setTlsProperties(
                TLSProperties.newBuilder()
                    .setTlsVersion(TLSProperties.TLSVersion.TLSv1_3)
                    .setTlsCipherSuite(UInt32Value.of(0x1301))
                    .setTlsSniHostname("www.shop.test"))
            .setTimeToLastRxByte(Durations.fromNanos(21_017))
            .setTimeToFirstUpstreamTxByte(Durations.fromNanos(102_311))
            .setTimeToLastUpstreamTxByte(Durations.fromNanos(104_001))
            .setTimeToFirstUpstreamRxByte(Durations.fromNanos(402_311))
            .setTimeToLastUpstreamRxByte(Durations.fromNanos(412_311))
            .setTimeToFirstDownstreamTxByte(Durations.fromNanos(432_311))
            .setTimeToLastDownstreamTxByte(Durations.fromNanos(442_311))
            .setDuration(Durations.fromNanos(442_999))
            .setUpstreamCluster("origin")
            .setResponseFlags(ResponseFlags.getDefaultInstance())
            .setRouteName("all")
            .setUpstreamRequestAttemptCount(1)
            .setDownstreamWireBytesReceived(112)
            .setDownstreamWireBytesSent(345)
            .setUpstreamWireBytesReceived(320)
            .setUpstreamWireBytesSent(140)
            .setAccessLogType(AccessLogType.DownstreamEnd)
            .putFilterStateObjects(Wire.CONNECTION, Any.pack(StringValue.of(ticket)));
    return HTTPAccessLogEntry.newBuilder()
        .setCommonProperties(common)
        .setProtocolVersion(HTTPAccessLogEntry.HTTPVersion.HTTP11)
        .setRequest(
            HTTPRequestProperties.newBuilder()
                .setRequestMethod(RequestMethod.GET)
                .setScheme("https")
                .setAuthority("www.shop.test")
                .setPath("/catalogue/items?page=2")
                .setUserAgent("agent/1.0")
                .setRequestId(UUID.nameUUIDFromBytes(new byte[1]).toString())
                .setRequestHeadersBytes(180)
                .putAllRequestHeaders(Map.of(":method", "GET")))
        .setResponse(
            HTTPResponseProperties.newBuilder()
                .setResponseCode(UInt32Value.of(200))
                .setResponseHeadersBytes(170)
                .setResponseBodyBytes(512)
                .setResponseCodeDetails("via_upstream"))
        .build();
  }

  private static Address address(int port) {
    return Address.newBuilder()
        .setSocketAddress(SocketAddress.newBuilder().setAddress("127.0.0.1").setPortValue(port))
        .build();
  }

  private static final class Call<A> extends ServerCall<Object, A> {
    private final MethodDescriptor<Object, A> method;

    Call(MethodDescriptor<Object, A> method) {
      this.method = method;
    }

    @Override
    public void request(int messages) {}

    @Override
    public void sendHeaders(Metadata headers) {}

    @Override
    public void sendMessage(A message) {}

    @Override
    public void close(Status status, Metadata trailers) {}

    @Override
    public boolean isCancelled() {
      return false;
    }

    @Override
    public MethodDescriptor<Object, A> getMethodDescriptor() {
      return method;
    }
  }
}
