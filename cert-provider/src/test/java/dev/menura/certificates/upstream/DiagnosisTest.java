package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.x509.OriginName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whatever an origin answers to the second question, no exception escapes, and no more is read
/// than allowed.
class DiagnosisTest {
  private static final int BYTES_MAX = 16 * 1024;
  private static final OriginName NAME = OriginName.of("a.test");

  /// TLS 1.2, RC4, no compression, renegotiation secured.
  private static byte[] sound() {
    var body = new ByteArrayOutputStream();
    body.writeBytes(HexFormat.of().parseHex("0303"));
    body.writeBytes(new byte[32]);
    body.writeBytes(HexFormat.of().parseHex("000005000005ff01000100"));
    var message = ByteBuffer.allocate(4 + body.size());
    message.putInt(0x02000000 | body.size()).put(body.toByteArray());
    var record = ByteBuffer.allocate(5 + message.capacity());
    record.put((byte) 22).putShort((short) 0x0303).putShort((short) message.capacity());
    return record.put(message.array()).array();
  }

  /// What is found where a server sends these bytes and closes.
  private static Optional<Diagnosis.Finding> found(byte[] answer) throws Exception {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var served = CompletableFuture.runAsync(() -> serve(listener, answer));
      var found =
          new Diagnosis(TlsOffer.STANDARD, BYTES_MAX)
              .of(
                  NAME,
                  (InetSocketAddress) listener.getLocalSocketAddress(),
                  new Deadline(Duration.ofSeconds(20)));
      served.join();
      return found;
    }
  }

  private static void serve(ServerSocket listener, byte[] answer) {
    try (Socket socket = listener.accept()) {
      socket.getInputStream().read(new byte[BYTES_MAX]);
      socket.getOutputStream().write(answer);
    } catch (IOException e) {
      // It was given up before all was sent.
    }
  }

  @Test
  void saysWhatASoundAnswerChose() throws Exception {
    assertThat(found(sound()).orElseThrow().detail()).contains("RC4");
  }

  static Stream<byte[]> truncated() {
    byte[] sound = sound();
    return IntStream.range(0, sound.length).mapToObj(length -> Arrays.copyOf(sound, length));
  }

  @ParameterizedTest
  @MethodSource("truncated")
  void saysNothingOfATruncatedAnswer(byte[] answer) throws Exception {
    assertThat(found(answer)).isEmpty();
  }

  /// A length that goes beyond the bytes, at each place in turn.
  static Stream<byte[]> overlong() {
    byte[] sound = sound();
    return IntStream.range(0, sound.length)
        .mapToObj(at -> {
          byte[] changed = sound.clone();
          changed[at] = (byte) 0xff;
          return changed;
        });
  }

  @ParameterizedTest
  @MethodSource("overlong")
  void survivesAnyByteThatIsTooLarge(byte[] answer) throws Exception {
    assertThat(found(answer)).isNotNull();
  }

  static IntStream seeds() {
    return IntStream.range(0, 50);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void survivesGarbage(int seed) throws Exception {
    var random = new Random(seed);
    byte[] sound = sound();
    byte[] answer = Arrays.copyOf(sound, sound.length + random.nextInt(100));
    for (int i = random.nextInt(8); i >= 0; i--) {
      answer[random.nextInt(answer.length)] = (byte) random.nextInt();
    }
    assertThat(found(answer)).isNotNull();
  }

  @Test
  void givesUpAnAnswerThatDoesNotEnd() throws Exception {
    var records = new ByteArrayOutputStream();
    // A ServerHello of 64 KiB, and then more, in records that are full.
    byte[] head = HexFormat.of().parseHex("16030340000200fffff0");
    records.writeBytes(head);
    records.writeBytes(new byte[0x4000 - 5]);
    for (int i = 0; i < 1_000; i++) {
      records.writeBytes(HexFormat.of().parseHex("1603034000"));
      records.writeBytes(new byte[0x4000]);
    }
    assertThat(found(records.toByteArray())).isEmpty();
  }

  @Test
  void givesUpEmptyRecordsThatDoNotEnd() throws Exception {
    var records = new ByteArrayOutputStream();
    for (int i = 0; i < 100_000; i++) {
      records.writeBytes(HexFormat.of().parseHex("1603030000"));
    }
    assertThat(found(records.toByteArray())).isEmpty();
  }

  @Test
  void givesUpAnOriginThatSaysNothing() throws Exception {
    try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(
              new Diagnosis(TlsOffer.STANDARD, BYTES_MAX)
                  .of(
                      NAME,
                      (InetSocketAddress) listener.getLocalSocketAddress(),
                      new Deadline(Duration.ofMillis(200))))
          .isEmpty();
    }
  }

  @Test
  void offersOneRecordThatNoNameMakesTooLong() {
    byte[] hello = OldHello.of(OriginName.of(("a".repeat(60) + ".").repeat(4) + "test"));
    assertThat(((hello[3] & 0xff) << 8) | (hello[4] & 0xff)).isEqualTo(hello.length - 5);
    assertThat(hello.length).isLessThan(1_024);
    assertThat(hello[5 + 4 + 2 + 32]).isZero();
  }
}
