package dev.menura.extproc.identity;

import dev.menura.policy.PasswordHash;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.bouncycastle.crypto.params.Argon2Parameters;

/// Tries a password on a hash, which is slow on purpose.
final class PasswordHashes {
  private static final Pattern ARGON2 =
      Pattern.compile(
          "\\$argon2(i|d|id)\\$v=([0-9]+)\\$m=([0-9]+),t=([0-9]+),p=([0-9]+)\\$([^$]+)\\$([^$]+)");

  private PasswordHashes() {}

  static boolean matches(PasswordHash hash, byte[] password) {
    return switch (hash.kind()) {
      case BCRYPT -> OpenBSDBCrypt.checkPassword(hash.text(), password);
      case ARGON2 -> argon2(hash.text(), password);
    };
  }

  private static boolean argon2(String text, byte[] password) {
    Matcher parts = ARGON2.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("the policy let a hash through that is none");
    }
    int type =
        switch (parts.group(1)) {
          case "i" -> Argon2Parameters.ARGON2_i;
          case "d" -> Argon2Parameters.ARGON2_d;
          default -> Argon2Parameters.ARGON2_id;
        };
    byte[] expected = Base64.getDecoder().decode(parts.group(7));
    var generator = new Argon2BytesGenerator();
    generator.init(
        new Argon2Parameters.Builder(type)
            .withVersion(Integer.parseInt(parts.group(2)))
            .withMemoryAsKB(Integer.parseInt(parts.group(3)))
            .withIterations(Integer.parseInt(parts.group(4)))
            .withParallelism(Integer.parseInt(parts.group(5)))
            .withSalt(Base64.getDecoder().decode(parts.group(6)))
            .build());
    byte[] made = new byte[expected.length];
    generator.generateBytes(password, made);
    return MessageDigest.isEqual(made, expected);
  }
}
