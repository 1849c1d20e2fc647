package dev.menura.extproc.accesslog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.StringValue;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPAccessLogEntry;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LogMessagesTest {
  private static final int MESSAGES_A_SEED = 500;

  static LongStream seeds() {
    return LongStream.range(2_611, 2_621);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void readsWhatTheGeneratedClassesRead(long seed) throws Exception {
    Set<LoggedRequest> seen = new HashSet<>();
    for (int i = 0; i < MESSAGES_A_SEED; i++) {
      byte[] bytes = new GeneratedMessage(seed * MESSAGES_A_SEED + i).bytes();
      var read = read(bytes);
      assertThat(read).isEqualTo(generated(bytes));
      seen.addAll(read.requests());
    }
    assertThat(seen).anyMatch(request -> !request.ticket().isEmpty());
    assertThat(seen).anyMatch(request -> !request.method().isEmpty());
    assertThat(seen).anyMatch(request -> request.status() > 0);
    assertThat(seen).hasSizeGreaterThan(MESSAGES_A_SEED / 10);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void readsNothingElseOfDamagedMessagesThanTheGeneratedClasses(long seed) {
    var random = new Random(seed);
    int both = 0;
    int neither = 0;
    for (int i = 0; i < MESSAGES_A_SEED; i++) {
      byte[] bytes = new GeneratedMessage(seed * MESSAGES_A_SEED + i).bytes();
      for (int j = 0; j < 20 && bytes.length > 0; j++) {
        byte[] damaged = bytes.clone();
        damaged[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        var read = Fate.of(() -> read(damaged));
        var generated = Fate.of(() -> generated(damaged));
        // One may take what the other does not look at, or is stricter about when it passes over
        // it.
        if (read instanceof Fate.Read && generated instanceof Fate.Read) {
          assertThat(read).isEqualTo(generated);
          both++;
        } else if (read.equals(generated)) {
          neither++;
        }
      }
    }
    assertThat(both).isPositive();
    assertThat(neither).isPositive();
  }

  @Test
  void refusesWhatIsCutOffWhereTheGeneratedClassesDo() throws Exception {
    byte[] bytes =
        StreamAccessLogsMessage.newBuilder()
            .setIdentifier(StreamAccessLogsMessage.Identifier.newBuilder().setLogName("log"))
            .setHttpLogs(
                StreamAccessLogsMessage.HTTPAccessLogEntries.newBuilder()
                    .addLogEntry(entry("one"))
                    .addLogEntry(entry("two")))
            .build()
            .toByteArray();
    assertThat(read(bytes).requests())
        .extracting(LoggedRequest::ticket)
        .containsExactly("one", "two");
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThat(Fate.of(() -> read(cut))).isEqualTo(Fate.of(() -> generated(cut)));
    }
  }

  @Test
  void endsTheStreamOverAMalformedMessage() {
    assertThatThrownBy(
            () -> new LogMessages().parse(new ByteArrayInputStream(new byte[] {0x12, 5})))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL));
  }

  @Test
  void endsTheStreamOverGroupsThatAreTooDeep() {
    byte[] groups = new byte[1 << 20];
    Arrays.fill(groups, (byte) 0x0b);
    assertThatThrownBy(() -> new LogMessages().parse(new ByteArrayInputStream(groups)))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void refusesAPathThatIsNoText() {
    // The path of an entry, of one byte that begins no character.
    byte[] bytes = {0x12, 7, 0x0a, 5, 0x1a, 3, 0x2a, 1, (byte) 0xff};
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(InvalidProtocolBufferException.class);
  }

  private static HTTPAccessLogEntry entry(String ticket) {
    return HTTPAccessLogEntry.newBuilder()
        .setCommonProperties(
            AccessLogCommon.newBuilder()
                .setRouteName("all")
                .putFilterStateObjects(Wire.CONNECTION, Any.pack(StringValue.of(ticket))))
        .build();
  }

  private static LogMessage read(byte[] bytes) throws IOException {
    return LogMessages.read(CodedInputStream.newInstance(bytes));
  }

  private static LogMessage generated(byte[] bytes) throws IOException {
    var message = StreamAccessLogsMessage.parseFrom(bytes);
    return new LogMessage(
        message.getHttpLogs().getLogEntryList().stream().map(LogMessagesTest::request).toList(),
        message.getTcpLogs().getLogEntryList());
  }

  private static LoggedRequest request(HTTPAccessLogEntry entry) {
    var request = entry.getRequest();
    return new LoggedRequest(
        text(
            entry
                .getCommonProperties()
                .getFilterStateObjectsOrDefault(Wire.CONNECTION, Any.getDefaultInstance())),
        request.getRequestHeadersOrDefault(":method", ""),
        request.getScheme(),
        request.getAuthority(),
        request.getPath(),
        request.getRequestId(),
        entry.getResponse().getResponseCode().getValue(),
        entry.getResponse().getResponseCodeDetails());
  }

  private static String text(Any value) {
    try {
      return value.is(StringValue.class) ? value.unpack(StringValue.class).getValue() : "";
    } catch (InvalidProtocolBufferException e) {
      return "";
    }
  }

  /// What becomes of a message.
  private sealed interface Fate {
    record Read(LogMessage message) implements Fate {}

    record Refused() implements Fate {}

    interface Reading {
      LogMessage message() throws IOException;
    }

    static Fate of(Reading reading) {
      try {
        return new Read(reading.message());
      } catch (IOException e) {
        return new Refused();
      }
    }
  }
}
