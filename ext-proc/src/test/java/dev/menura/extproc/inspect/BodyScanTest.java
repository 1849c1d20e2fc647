package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyScanTest {
  private static final Set<String> CARDS = Set.of("credit-card");
  private static final Limits LIMITS = new Limits(1 << 20, 1 << 20, 4 << 20, 100);

  @Test
  void countsAndMasksWhatAPlainBodyHolds() {
    try (BodyScan scan = BodyScan.of(CARDS, "", LIMITS)) {
      scan.write(bytes("a=4111 1111 1111 1111&b=555555555"), false);
      scan.write(bytes("5554444"), true);

      assertThat(scan.count("credit-card")).isEqualTo(2);
      assertThat(scan.complete()).isTrue();
      assertThat(scan.found())
          .containsExactly(
              new BodyScan.Found(
                  "credit-card", 2, List.of("4111********1111", "5555********4444")));
    }
  }

  @Test
  void clearsAPlainBodyToTheByte() {
    try (BodyScan scan = BodyScan.of(CARDS, "identity", LIMITS)) {
      scan.write(bytes("some text 41"), false);
      assertThat(scan.clearable(CARDS)).isEqualTo(10);
      scan.write(bytes("11 "), false);
      assertThat(scan.clearable(CARDS)).isEqualTo(10);
      scan.write(bytes("apples 4111111111111111"), false);
      assertThat(scan.clearable(CARDS)).isEqualTo(22);
      scan.write(bytes(", and more"), false);
      assertThat(scan.clearable(CARDS)).isEqualTo(22);
      scan.write(bytes(""), true);
      assertThat(scan.clearable(CARDS)).isEqualTo(22);
      assertThat(scan.clearable(Set.of())).isEqualTo(48);
    }
  }

  @Test
  void clearsAllOfACompleteBodyWithoutFindings() {
    try (BodyScan scan = BodyScan.of(CARDS, "", LIMITS)) {
      scan.write(bytes("call 4111 1111"), true);
      assertThat(scan.clearable(CARDS)).isEqualTo(14);
      assertThat(scan.found()).isEmpty();
    }
  }

  @Test
  void readsEveryKindOfBufferAndLeavesItAsItIs() {
    byte[] body = "xx4111111111111111xx".getBytes(StandardCharsets.UTF_8);
    ByteBuffer direct = ByteBuffer.allocateDirect(body.length).put(body).flip();
    ByteBuffer heap = ByteBuffer.wrap(body);
    for (ByteBuffer buffer :
        List.of(direct, heap, heap.asReadOnlyBuffer(), heap.slice(0, body.length))) {
      ByteBuffer part = buffer.duplicate().position(2).limit(18).slice();
      try (BodyScan scan = BodyScan.of(CARDS, "", LIMITS)) {
        scan.write(part, true);
        assertThat(scan.count("credit-card")).isOne();
        assertThat(part.position()).isZero();
        assertThat(part.limit()).isEqualTo(16);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"compress", "foo", "gzip;q=1", "gzip, foo", "gzip,gzip,gzip,gzip"})
  void stopsAtACodingThatItCannotUndo(String coding) {
    try (BodyScan scan = BodyScan.of(CARDS, coding, LIMITS)) {
      assertThat(scan.stopped()).contains(BodyScan.Stop.UNKNOWN_CODING);
      scan.write(bytes("4111111111111111"), true);
      assertThat(scan.complete()).isFalse();
      assertThat(scan.clearable(CARDS)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "gzip",
        "deflate",
        "deflate/raw",
        "br",
        "zstd",
        "gzip,deflate",
        "gzip, br",
        "zstd,br,gzip",
        "br,zstd",
        "deflate, gzip",
        "gzip, identity, gzip,gzip"
      })
  void looksIntoEachCoding(String codings) {
    byte[] body = Encoded.as(codings, "pay 4111111111111111 now".getBytes(StandardCharsets.UTF_8));
    try (BodyScan scan =
        BodyScan.of(CARDS, Encoded.header(codings).toUpperCase(Locale.ROOT), LIMITS)) {
      scan.write(ByteBuffer.wrap(body), true);
      assertThat(scan.stopped()).isEmpty();
      assertThat(scan.count("credit-card")).isOne();
      assertThat(scan.complete()).isTrue();
      assertThat(scan.clearable(CARDS)).isLessThan(body.length);
    }
  }

  @Test
  void takesAnEmptyBodyForComplete() {
    for (String coding : List.of("", "gzip", "deflate", "br", "zstd", "gzip, br")) {
      try (BodyScan scan = BodyScan.of(CARDS, coding, LIMITS)) {
        scan.write(bytes(""), true);
        assertThat(scan.complete()).as(coding).isTrue();
      }
    }
  }

  @Test
  void refusesWhatIsNoBody() {
    try (BodyScan scan = BodyScan.of(CARDS, "", LIMITS)) {
      assertThatThrownBy(() -> scan.count("iban")).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> scan.clearable(Set.of("iban")))
          .isInstanceOf(IllegalArgumentException.class);
      scan.write(bytes(""), true);
      assertThatThrownBy(() -> scan.write(bytes("x"), true))
          .isInstanceOf(IllegalStateException.class);
    }
    assertThatThrownBy(() -> BodyScan.of(Set.of("no-such-kind"), "", LIMITS))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void keepsWhatItFoundWhenItIsClosed() {
    BodyScan scan = BodyScan.of(CARDS, "gzip", LIMITS);
    scan.write(
        ByteBuffer.wrap(Encoded.as("gzip", "4111111111111111 ".getBytes(StandardCharsets.UTF_8))),
        false);
    scan.close();
    scan.close();

    assertThat(scan.count("credit-card")).isOne();
    assertThat(scan.complete()).isFalse();
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
