package dev.menura.certificates.upstream;

import dev.menura.certificates.x509.OriginName;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.stream.IntStream;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ExtensionType;
import org.bouncycastle.tls.NamedGroup;

/// A ClientHello of TLS 1.2 (RFC 5246 7.4.1.2) that offers everything, sound or not. It is never
/// part of a handshake that is finished.
final class OldHello {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int[] SIGNATURES = {
    0x0403, 0x0503, 0x0603, 0x0804, 0x0805, 0x0806, 0x0401, 0x0501, 0x0601, 0x0807, 0x0203, 0x0201,
    0x0202, 0x0402, 0x0101
  };
  private static final int[] GROUPS = {
    NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1, NamedGroup.secp521r1
  };

  private OldHello() {}

  /// One record.
  static byte[] of(OriginName name) {
    var body = new Bytes();
    body.number(2, 0x0303);
    var random = new byte[32];
    RANDOM.nextBytes(random);
    body.writeBytes(random);
    body.number(1, 0); // no session
    body.vector(
        2,
        twos(
            IntStream.concat(
                IntStream.concat(
                    IntStream.of(TlsOffer.STANDARD.suites()), IntStream.of(Weakness.suites())),
                IntStream.of(CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV))));
    body.vector(1, new byte[] {1, 0}); // DEFLATE (RFC 3749) or none
    body.vector(2, extensions(name));
    var message = new Bytes();
    message.number(1, 1);
    message.vector(3, body.toByteArray());
    var record = new Bytes();
    record.number(1, 22);
    record.number(2, 0x0301);
    record.vector(2, message.toByteArray());
    return record.toByteArray();
  }

  private static byte[] extensions(OriginName name) {
    var all = new Bytes();
    if (!name.isAddress()) {
      var host = new Bytes();
      host.number(1, 0);
      host.vector(2, name.text().getBytes(StandardCharsets.US_ASCII));
      extension(all, ExtensionType.server_name, 2, host.toByteArray());
    }
    extension(all, ExtensionType.supported_groups, 2, twos(IntStream.of(GROUPS)));
    extension(all, ExtensionType.ec_point_formats, 1, new byte[] {0});
    extension(all, ExtensionType.signature_algorithms, 2, twos(IntStream.of(SIGNATURES)));
    return all.toByteArray();
  }

  /// @param width of the length of the list that the extension holds
  private static void extension(Bytes all, int type, int width, byte[] list) {
    var data = new Bytes();
    data.vector(width, list);
    all.number(2, type);
    all.vector(2, data.toByteArray());
  }

  private static byte[] twos(IntStream numbers) {
    var bytes = new Bytes();
    numbers.forEach(number -> bytes.number(2, number));
    return bytes.toByteArray();
  }

  private static final class Bytes extends ByteArrayOutputStream {
    void number(int width, int value) {
      for (int i = width - 1; i >= 0; i--) {
        write(value >> (8 * i));
      }
    }

    /// Its length, and then the content.
    void vector(int width, byte[] content) {
      number(width, content.length);
      writeBytes(content);
    }
  }
}
