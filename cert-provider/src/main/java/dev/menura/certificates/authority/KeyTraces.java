package dev.menura.certificates.authority;

import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// The marks that a private key leaves wherever it leaks to: its secret numbers as bytes in either
/// order, in hexadecimal, and in base64, which is how DER, PEM, dumps of memory, logs and JSON hold
/// them.
public final class KeyTraces {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int WORD_BYTES = 4;
  private static final int BYTE_VALUES = 256;

  private final Patterns raw;
  private final Patterns text;

  private KeyTraces(Patterns raw, Patterns text) {
    this.raw = raw;
    this.text = text;
  }

  /// @throws IllegalArgumentException where the key's numbers cannot be had
  static KeyTraces of(PrivateKey key) {
    List<BigInteger> secrets =
        switch (key) {
          case ECPrivateKey ec -> List.of(ec.getS());
          case RSAPrivateCrtKey rsa ->
              List.of(rsa.getPrimeP(), rsa.getPrimeQ(), rsa.getPrivateExponent());
          default -> throw new IllegalArgumentException("a key without numbers");
        };
    var raw = new Patterns();
    var text = new Patterns();
    for (BigInteger secret : secrets) {
      byte[] bytes = bytes(secret);
      raw.add("raw bytes", bytes);
      raw.add("raw bytes, reversed", reversed(bytes));
      raw.add("raw words", swappedWords(bytes));
      String hex = HexFormat.of().formatHex(bytes);
      text.add("hexadecimal", hex);
      text.add("hexadecimal", hex.toUpperCase(Locale.ROOT));
      for (int shift = 0; shift < 3; shift++) {
        String base64 = base64(bytes, shift);
        text.add("base64", base64);
        text.add("base64", base64.replace('+', '-').replace('/', '_'));
      }
    }
    return new KeyTraces(raw, text);
  }

  private static byte[] bytes(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  private static byte[] reversed(byte[] bytes) {
    byte[] other = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      other[i] = bytes[bytes.length - 1 - i];
    }
    return other;
  }

  /// Words of four bytes, each reversed: a Java number in a core dump.
  private static byte[] swappedWords(byte[] bytes) {
    int words = bytes.length / WORD_BYTES;
    int from = bytes.length - words * WORD_BYTES;
    byte[] other = new byte[words * WORD_BYTES];
    for (int i = 0; i < other.length; i++) {
      other[i] = bytes[from + (i / WORD_BYTES) * WORD_BYTES + WORD_BYTES - 1 - i % WORD_BYTES];
    }
    return other;
  }

  /// The characters that the bytes alone decide, wherever in a group of three they begin.
  private static String base64(byte[] bytes, int shift) {
    byte[] shifted = new byte[shift + bytes.length];
    System.arraycopy(bytes, 0, shifted, shift, bytes.length);
    String all = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    int first = shift == 0 ? 0 : shift + 1;
    return all.substring(first, shifted.length / 3 * 4);
  }

  /// Looks for the key in everything that the stream has to say.
  ///
  /// @return in which form it was found first; empty where it was not
  public Optional<String> find(InputStream stream) throws IOException {
    int keep = Math.max(raw.longest(), text.longest());
    var rawWindow = new Window(keep);
    var textWindow = new Window(keep);
    var squeezer = new Squeezer();
    byte[] buffer = new byte[BUFFER_BYTES];
    byte[] squeezed = new byte[BUFFER_BYTES + 1];
    for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
      rawWindow.add(buffer, read);
      textWindow.add(squeezed, squeezer.squeeze(buffer, read, squeezed));
      Optional<String> found = raw.in(rawWindow).or(() -> text.in(textWindow));
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  @Override
  public String toString() {
    return "KeyTraces";
  }

  /// The newest bytes of a stream, with the end of those before.
  private static final class Window {
    final byte[] bytes;
    final int keep;
    int length;

    Window(int keep) {
      this.keep = keep;
      this.bytes = new byte[keep + BUFFER_BYTES + 1];
    }

    void add(byte[] more, int count) {
      int left = Math.min(keep, length);
      System.arraycopy(bytes, length - left, bytes, 0, left);
      System.arraycopy(more, 0, bytes, left, count);
      length = left + count;
    }
  }

  /// Leaves out what breaks lines and groups digits: blanks, colons, quotes, and `\n` and `\r` as
  /// they are written in JSON.
  private static final class Squeezer {
    private boolean escaped;

    int squeeze(byte[] from, int count, byte[] to) {
      int length = 0;
      for (int i = 0; i < count; i++) {
        byte b = from[i];
        boolean wasEscaped = escaped;
        escaped = b == '\\';
        boolean line = wasEscaped && (b == 'n' || b == 'r');
        boolean left =
            line || escaped || b == ' ' || b == '\n' || b == '\r' || b == '\t' || b == ':'
                || b == '"';
        if (!left) {
          to[length++] = b;
        }
      }
      return length;
    }
  }

  /// Sequences of bytes, each with the name of its form.
  private static final class Patterns {
    private final List<byte[]> patterns = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final boolean[] starts = new boolean[BYTE_VALUES];

    void add(String name, String pattern) {
      add(name, pattern.getBytes(StandardCharsets.US_ASCII));
    }

    void add(String name, byte[] pattern) {
      patterns.add(pattern);
      names.add(name);
      starts[pattern[0] & 0xff] = true;
    }

    int longest() {
      return patterns.stream().mapToInt(pattern -> pattern.length).max().orElse(0);
    }

    Optional<String> in(Window window) {
      for (int at = 0; at < window.length; at++) {
        if (!starts[window.bytes[at] & 0xff]) {
          continue;
        }
        for (int i = 0; i < patterns.size(); i++) {
          if (isAt(patterns.get(i), window, at)) {
            return Optional.of(names.get(i));
          }
        }
      }
      return Optional.empty();
    }

    private static boolean isAt(byte[] pattern, Window window, int at) {
      return pattern.length <= window.length - at
          && java.util.Arrays.equals(
              window.bytes, at, at + pattern.length, pattern, 0, pattern.length);
    }
  }
}
