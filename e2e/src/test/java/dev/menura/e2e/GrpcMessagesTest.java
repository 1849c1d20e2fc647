package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// gRPC calls whose messages a rule asks about, one by one, and trailers, which count with what
/// they follow.
@ExtendWith(Failures.class)
class GrpcMessagesTest {
  private static final String CARD = "4111 1111 1111 1111";

  @TempDir private Path folder;

  private static byte[] message(boolean packed, String text) throws IOException {
    var content = new ByteArrayOutputStream();
    if (packed) {
      try (var gzip = new GZIPOutputStream(content)) {
        gzip.write(text.getBytes(StandardCharsets.US_ASCII));
      }
    } else {
      content.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
    return ByteBuffer.allocate(5 + content.size())
        .put((byte) (packed ? 1 : 0))
        .putInt(content.size())
        .put(content.toByteArray())
        .array();
  }

  private static Call call(BodyLab lab, String path) {
    return lab.call("POST", Protocol.HTTP2, Protocol.HTTP2, path)
        .header("content-type", "application/grpc")
        .header("grpc-encoding", "gzip")
        .header("te", "trailers")
        .open();
  }

  @Test
  void p5ADialogueGoesOnWhateverItsMessagesEndWith() throws IOException {
    try (var lab = BodyLab.start(folder)) {
      var call = call(lab, "/grpc?window");
      int length = 0;
      for (int i = 0; i < 20; i++) {
        var message = message(false, "digits 4111 " + i);
        length += message.length;
        call.write(message).awaitBytes(length);
      }
      call.end();
      assertThat(call.ending()).isEqualTo("end");
      assertThat(lab.lab.awaitExchange("two.test").common().verdict()).isEqualTo("allow");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void p5AMessageIsRefusedPackedOrNot(boolean packed) throws IOException {
    try (var lab = BodyLab.start(folder)) {
      var call = call(lab, "/grpc?window");
      var hello = message(false, "hello");
      call.write(hello).awaitBytes(hello.length);
      call.write(message(packed, "a card: " + CARD));
      assertThat(call.ending()).isNotEqualTo("end");
      assertThat(call.body()).isEqualTo(hello);
      var event = lab.lab.awaitExchange("two.test");
      assertThat(event.common().verdict()).isEqualTo("block");
      assertThat(event.common().rule()).isEqualTo("request-window");
      assertThat(event.findings()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"/trailers", "/trailers?window"})
  void p5TrailersCountWithTheBodyTheyFollow(String path) {
    try (var lab = BodyLab.start(folder)) {
      var call =
          lab.call("POST", Protocol.HTTP2, Protocol.HTTP2, path)
              .header("te", "trailers")
              .trailer("X-Sum", CARD)
              .open();
      call.write("some text".getBytes(StandardCharsets.US_ASCII)).end();
      assertThat(call.status()).isEqualTo(403);
      assertThat(lab.lab.awaitExchange("two.test").common().verdict()).isEqualTo("block");
    }
  }
}
