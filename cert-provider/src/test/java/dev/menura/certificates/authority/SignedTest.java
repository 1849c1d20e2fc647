package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1UTCTime;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignedTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1949-12-31T23:59:59Z",
        "1950-01-01T00:00:00Z",
        "2026-02-28T01:02:03Z",
        "2049-12-31T23:59:59Z",
        "2050-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z"
      })
  void writesTheTimeThatItWasGiven(String time) {
    assertThat(Signed.time(Instant.parse(time)).getDate()).isEqualTo(time);
  }

  @Test
  void writesTwoDigitsOfTheYearUpTo2049() {
    assertThat(Signed.time(Instant.parse("2049-12-31T23:59:59Z")).toASN1Primitive())
        .isInstanceOf(ASN1UTCTime.class);
    assertThat(Signed.time(Instant.parse("2050-01-01T00:00:00Z")).toASN1Primitive())
        .isInstanceOf(ASN1GeneralizedTime.class);
  }
}
