package dev.menura.certificates.x509;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyKindTest {
  @ParameterizedTest
  @CsvSource({
    "2047,RSA_2048",
    "2048,RSA_2048",
    "2049,RSA_3072",
    "3071,RSA_3072",
    "3072,RSA_3072",
    "3073,RSA_4096",
    "4095,RSA_4096",
    "4096,RSA_4096",
    "8192,RSA_4096"
  })
  void takesRsaKeysOfTheOriginalsSizeOrTheNextAbove(int bits, KeyKind kind) throws Exception {
    var modulus = BigInteger.ONE.shiftLeft(bits - 1).setBit(0);
    var key =
        KeyFactory.getInstance("RSA")
            .generatePublic(new RSAPublicKeySpec(modulus, BigInteger.valueOf(65537)));

    assertThat(KeyKind.like(key)).isEqualTo(kind);
    assertThat(KeyKind.describe(key)).isEqualTo("RSA-" + bits);
    assertThat(kind.isRsa()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"secp256r1,P256,P-256", "secp384r1,P384,P-384", "secp521r1,P384,P-521"})
  void takesTheOriginalsCurveOrTheNearest(String curve, KeyKind kind, String words)
      throws Exception {
    var generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    PublicKey key = generator.generateKeyPair().getPublic();

    assertThat(KeyKind.like(key)).isEqualTo(kind);
    assertThat(KeyKind.describe(key)).isEqualTo(words);
    assertThat(kind.isRsa()).isFalse();
  }

  @Test
  void takesACurveOfTheSameStrengthForEdwardsKeys() throws Exception {
    var key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic();

    assertThat(KeyKind.like(key)).isEqualTo(KeyKind.P256);
    assertThat(KeyKind.describe(key)).isEqualTo("Ed25519");
    assertThat(KeyKind.like(KeyPairGenerator.getInstance("Ed448").generateKeyPair().getPublic()))
        .isEqualTo(KeyKind.P384);
  }
}
