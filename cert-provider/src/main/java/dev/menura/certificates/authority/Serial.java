package dev.menura.certificates.authority;

import java.math.BigInteger;
import java.security.SecureRandom;

/// Serial numbers: 128 random bits, positive (RFC 5280 4.1.2.2).
final class Serial {
  private static final int BITS = 128;

  private Serial() {}

  static BigInteger next(SecureRandom random) {
    BigInteger serial = new BigInteger(BITS, random);
    return serial.signum() == 0 ? BigInteger.ONE : serial;
  }
}
