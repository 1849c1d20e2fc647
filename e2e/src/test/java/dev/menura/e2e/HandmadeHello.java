package dev.menura.e2e;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/// A ClientHello of TLS 1.3 (RFC 8446 4.1.2) in the shape that a test wants. A server that has
/// understood it answers with a ServerHello, and nobody here can finish the handshake.
final class HandmadeHello {
  static final int SERVER_NAME = 0;
  static final int PADDING = 21;
  static final int PRE_SHARED_KEY = 41;
  static final int EARLY_DATA = 42;
  static final int ENCRYPTED_CLIENT_HELLO = 0xfe0d;

  private static final int RECORD_BYTES_MAX = 16 * 1024;

  /// The base point of Curve25519 is as good a key as any.
  private static final byte[] SHARE = Arrays.copyOf(new byte[] {9}, 32);

  /// Each with its type and its length.
  private final ByteArrayOutputStream extensions = new ByteArrayOutputStream();

  HandmadeHello(String serverName) {
    with(SERVER_NAME, name(serverName));
    with(10, hex("0002001d"));
    with(13, hex("0006040308040401"));
    with(43, hex("020304"));
    with(51, sized16(concat(hex("001d"), sized16(SHARE))));
  }

  HandmadeHello with(int type, byte[] content) {
    extensions.writeBytes(number(type, 2));
    extensions.writeBytes(sized16(content));
    return this;
  }

  /// An `encrypted_client_hello` that holds nothing, as browsers send it where they know of no key
  /// (RFC 9849 6.2).
  HandmadeHello withGreaseEch() {
    var encrypted = new byte[144];
    Arrays.fill(encrypted, (byte) 0x5a);
    return with(
        ENCRYPTED_CLIENT_HELLO,
        concat(hex("00" + "00010001" + "2a"), sized16(SHARE), sized16(encrypted)));
  }

  /// Offers a session of TLS 1.3 that nobody has given out, and says that early data comes with it
  /// (RFC 8446 4.2.10, 4.2.11). Has to be the last extension.
  HandmadeHello withEarlyData() {
    with(45, hex("0101"));
    with(EARLY_DATA, new byte[0]);
    var identity = concat(sized16(new byte[64]), hex("00000000"));
    return with(
        PRE_SHARED_KEY, concat(sized16(identity), sized16(concat(hex("20"), new byte[32]))));
  }

  /// Makes the whole message this long.
  HandmadeHello padded(int bytes) {
    return with(PADDING, new byte[bytes - message().length - 4]);
  }

  private static byte[] name(String serverName) {
    var name = serverName.getBytes(StandardCharsets.ISO_8859_1);
    return sized16(concat(new byte[] {0}, sized16(name)));
  }

  byte[] message() {
    var body = new ByteArrayOutputStream();
    body.writeBytes(hex("0303"));
    body.writeBytes(new byte[32]);
    body.writeBytes(hex("00" + "0002" + "1301" + "0100"));
    body.writeBytes(sized16(extensions.toByteArray()));
    return concat(new byte[] {1}, number(body.size(), 3), body.toByteArray());
  }

  /// The message in records of the usual size.
  byte[] records() {
    var message = message();
    var records = new ByteArrayOutputStream();
    for (int at = 0; at < message.length; at += RECORD_BYTES_MAX) {
      var part = Arrays.copyOfRange(message, at, Math.min(message.length, at + RECORD_BYTES_MAX));
      records.writeBytes(hex("160301"));
      records.writeBytes(sized16(part));
    }
    return records.toByteArray();
  }

  private static byte[] sized16(byte[] content) {
    return concat(number(content.length, 2), content);
  }

  private static byte[] number(int value, int bytes) {
    var number = new byte[bytes];
    for (int i = 0; i < bytes; i++) {
      number[i] = (byte) (value >> (8 * (bytes - 1 - i)));
    }
    return number;
  }

  private static byte[] concat(byte[]... parts) {
    var all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}
