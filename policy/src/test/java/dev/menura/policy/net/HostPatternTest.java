package dev.menura.policy.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPatternTest {
  @Test
  void namesAreComparedInLowerCaseWithoutADotAtTheEnd() {
    assertThat(HostPattern.parse("Bets.EXAMPLE.")).hasValue(new HostPattern("bets.example", false));
    assertThat(HostPattern.parse("*.Casino.example"))
        .hasValue(new HostPattern("casino.example", true));
  }

  @Test
  void namesInOtherScriptsAreComparedInTheirAsciiForm() {
    assertThat(HostPattern.parse("bücher.example"))
        .hasValue(new HostPattern("xn--bcher-kva.example", false));
  }

  @Test
  void underscoresAreAllowedBecauseNamesInUseHaveThem() {
    assertThat(HostPattern.parse("_dmarc.a_b.example")).isPresent();
  }

  @Test
  void addressesAreNamesInTheirUsualForm() {
    assertThat(HostPattern.normalised("192.0.2.1")).hasValue("192.0.2.1");
    assertThat(HostPattern.normalised("2001:DB8::1")).hasValue("2001:db8:0:0:0:0:0:1");
  }

  @Test
  void longestNameIsAcceptedAndNoLongerOne() {
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "a".repeat(61);
    assertThat(HostPattern.parse(longest)).isPresent();
    assertThat(HostPattern.parse(longest + "a")).isEmpty();
    assertThat(HostPattern.parse("a".repeat(64) + ".example")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ".",
        "*",
        "*.",
        "*.*.example",
        "a.*.example",
        "a..b",
        ".example",
        "-a.example",
        "a-.example",
        "a b",
        "a/b",
        "http://a.example",
        "a.example:443",
        "1.2.3",
        "0x7f000001.1",
        "a\u0000b.example",
        "a\nb"
      })
  void refusesWhatIsNoName(String text) {
    assertThat(HostPattern.parse(text)).isEmpty();
  }
}
