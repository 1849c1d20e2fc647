package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.security.KeyPairGenerator;
import java.security.interfaces.RSAPublicKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WeaknessTest {
  @ParameterizedTest
  @CsvSource({
    "2048,65537,false",
    "4096,3,false",
    "8192,65537,false",
    "2040,65537,true",
    "2049,65537,true",
    "8200,65537,true",
    "2048,1,true",
    "2048,65536,true",
    "2048,8589934591,false",
    "2048,8589934593,true",
    "2048,17179869185,true"
  })
  void takesRsaKeysThatBoringSslTakesToo(int bits, BigInteger exponent, boolean weak) {
    var key = new RsaKey(BigInteger.ONE.shiftLeft(bits - 1).setBit(0), exponent);

    assertThat(!Weakness.of(key).isEmpty()).isEqualTo(weak);
    assertThat(Weakness.isCostly(key)).isEqualTo(bits > 8192 || exponent.bitLength() > 33);
  }

  @Test
  void takesNoDsaKey() throws Exception {
    var generator = KeyPairGenerator.getInstance("DSA");
    generator.initialize(1024);

    assertThat(Weakness.of(generator.generateKeyPair().getPublic())).isNotEmpty();
  }

  /// Java makes no key objects with odd exponents.
  private record RsaKey(BigInteger modulus, BigInteger exponent) implements RSAPublicKey {
    @Override
    public BigInteger getModulus() {
      return modulus;
    }

    @Override
    public BigInteger getPublicExponent() {
      return exponent;
    }

    @Override
    public String getAlgorithm() {
      return "RSA";
    }

    @Override
    public String getFormat() {
      return "X.509";
    }

    @Override
    public byte[] getEncoded() {
      throw new UnsupportedOperationException("no encoding");
    }
  }
}
