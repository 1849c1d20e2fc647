package dev.menura.extproc.inspect;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyedHashTest {
  @Test
  void agreesWithTheExampleOfItsAuthors() {
    byte[] message = new byte[15];
    for (int i = 0; i < message.length; i++) {
      message[i] = (byte) i;
    }

    KeyedHash hash = new KeyedHash(0x0706050403020100L, 0x0f0e0d0c0b0a0908L);

    assertThat(hash.of(message, 0, message.length)).isEqualTo(0xa129ca6149be45e5L);
  }

  @Test
  void dependsOnEveryByteAndOnTheLength() {
    KeyedHash hash = new KeyedHash(1, 2);

    assertThat(hash.of(new byte[16], 0, 16)).isNotEqualTo(hash.of(new byte[16], 0, 15));
    assertThat(hash.of(new byte[] {1, 2, 3}, 1, 3)).isEqualTo(hash.of(new byte[] {2, 3}, 0, 2));
    assertThat(hash.of(new byte[] {1, 2}, 0, 2)).isNotEqualTo(hash.of(new byte[] {2, 1}, 0, 2));
  }
}
