package dev.menura.extproc.identity;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/// Names credentials without holding them: by an HMAC under a key that never leaves this process's
/// memory.
final class Fingerprints {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;

  private final SecretKey key;

  Fingerprints(SecureRandom random) {
    byte[] bytes = new byte[KEY_BYTES];
    random.nextBytes(bytes);
    this.key = new SecretKeySpec(bytes, ALGORITHM);
  }

  String of(String credential) {
    return HexFormat.of().formatHex(bytes(credential));
  }

  /// A number from 0 to below `bound`, always the same one for the same text.
  int number(String text, int bound) {
    int number = ByteBuffer.wrap(bytes(text)).getInt();
    return Integer.remainderUnsigned(number, bound);
  }

  private byte[] bytes(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
