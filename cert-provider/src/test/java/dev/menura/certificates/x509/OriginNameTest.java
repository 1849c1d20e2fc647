package dev.menura.certificates.x509;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginNameTest {
  @ParameterizedTest
  @CsvSource({
    "a.test,a.test,false",
    "A.TeSt.,a.test,false",
    "xn--mnchen-3ya.test,xn--mnchen-3ya.test,false",
    "_srv.a_b.test,_srv.a_b.test,false",
    "localhost,localhost,false",
    "192.0.2.1,192.0.2.1,true",
    "[2001:db8::1],2001:db8:0:0:0:0:0:1,true",
    "2001:DB8::1,2001:db8:0:0:0:0:0:1,true",
    "::1,0:0:0:0:0:0:0:1,true"
  })
  void hasOneFormForEachName(String raw, String text, boolean isAddress) {
    assertThat(OriginName.of(raw)).isEqualTo(new OriginName(text, isAddress));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "..",
        ".a.test",
        "a..test",
        "a.test..",
        "*.a.test",
        "-a.test",
        "a-.test",
        "a b.test",
        "a.test\n",
        "a.test\u0000",
        "a/../b.test",
        "a%2e.test",
        "münchen.test",
        "a\u212A.test",
        "127.1",
        "2130706433",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "256.0.0.1",
        "1.2.3.4.5",
        "a.123",
        "fe80::1%eth0",
        "[192.0.2.1]",
        "[a.test]",
        "::g",
        "1::2::3",
        "a.test:443"
      })
  void refusesWhatIsNoName(String raw) {
    assertThat(OriginName.parse(raw)).isEmpty();
    assertThatThrownBy(() -> OriginName.of(raw))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a DNS name or an IP address as origin");
  }

  @Test
  void takesLabelsAndNamesUpToTheirLimitsAndNotBeyond() {
    String label63 = "a".repeat(63);
    String name253 = (label63 + ".").repeat(3) + "a".repeat(61);

    assertThat(OriginName.parse(label63 + ".test")).isPresent();
    assertThat(OriginName.parse("a".repeat(64) + ".test")).isEmpty();
    assertThat(name253).hasSize(253);
    assertThat(OriginName.parse(name253)).isPresent();
    assertThat(OriginName.parse(name253 + ".")).isPresent();
    assertThat(OriginName.parse(name253 + "a")).isEmpty();
    assertThat(OriginName.parse("a.".repeat(30_000))).isEmpty();
  }
}
