package dev.menura.sidecar.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestRoot;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DemoOriginTest {
  private static final String ANSWER =
      """
      HTTP/1.1 200 OK\r
      content-type: text/plain\r
      content-length: 24\r
      \r
      Hello from a.demo.test.
      """;

  private final TestRoot root = TestRoot.create("Demo");
  private final SSLContext client = root.clientContext();
  private DemoOrigin origin;

  @BeforeEach
  void start() throws IOException {
    origin = DemoOrigin.start("a.demo.test", root.leaf("a.demo.test"));
  }

  @AfterEach
  void stop() throws IOException {
    origin.close();
  }

  private SSLSocket connect() throws IOException {
    return (SSLSocket)
        client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), origin.port());
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Test
  void countsNothingOfAHandshakeAlone() throws Exception {
    try (SSLSocket socket = connect()) {
      socket.startHandshake();
      assertThat(origin.bytesReceived()).isZero();
    }
  }

  @Test
  void takesUploadsOfBothFramingsAndCountsTheirBytes() throws Exception {
    try (SSLSocket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ascii(
                  "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                      + "POST /2 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"));
      byte[] answers = socket.getInputStream().readNBytes(2 * ANSWER.length());
      assertThat(new String(answers, StandardCharsets.US_ASCII)).isEqualTo(ANSWER + ANSWER);
    }
    assertThat(origin.requests()).containsExactly("POST /1 HTTP/1.1", "POST /2 HTTP/1.1");
    assertThat(origin.bodyBytesReceived()).isEqualTo(6);
  }

  @Test
  void echoesAWebSocketMessage() throws Exception {
    try (SSLSocket socket = connect()) {
      socket
          .getOutputStream()
          .write(
              ascii(
                  """
                  GET / HTTP/1.1\r
                  Host: a\r
                  Upgrade: websocket\r
                  Connection: Upgrade\r
                  Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r
                  \r
                  """));
      // The example of RFC 6455 1.3.
      String head = "sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n";
      StringBuilder seen = new StringBuilder();
      while (!seen.toString().endsWith(head)) {
        seen.append((char) socket.getInputStream().read());
      }
      // A masked text frame with "Hello" (RFC 6455 5.7).
      byte[] frame = {
        (byte) 0x81, (byte) 0x85, 0x37, (byte) 0xfa, 0x21, 0x3d, 0x7f, (byte) 0x9f, 0x4d, 0x51, 0x58
      };
      socket.getOutputStream().write(frame);
      byte[] echo = socket.getInputStream().readNBytes(7);
      assertThat(Arrays.copyOfRange(echo, 2, 7)).isEqualTo(ascii("Hello"));
      assertThat(echo[0]).isEqualTo((byte) 0x81);
    }
  }
}
