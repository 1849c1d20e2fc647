package dev.menura.policy.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  @Test
  void holdsTheFirstAndTheLastAddressAndNoneBeside() {
    Cidr block = Cidr.parse("192.0.2.96/27").orElseThrow();
    assertThat(block.contains(address("192.0.2.96"))).isTrue();
    assertThat(block.contains(address("192.0.2.127"))).isTrue();
    assertThat(block.contains(address("192.0.2.95"))).isFalse();
    assertThat(block.contains(address("192.0.2.128"))).isFalse();
    assertThat(block.contains(address("2001:db8::1"))).isFalse();
  }

  @Test
  void bitsBehindThePrefixDoNotMatter() {
    assertThat(Cidr.parse("10.1.2.3/8")).isEqualTo(Cidr.parse("10.0.0.0/8"));
    assertThat(Cidr.parse("2001:db8:ffff::1/33").orElseThrow())
        .hasToString("2001:db8:8000:0:0:0:0:0/33");
  }

  @Test
  void prefixZeroHoldsEveryAddressOfItsFamily() {
    assertThat(Cidr.parse("0.0.0.0/0").orElseThrow().contains(address("203.0.113.1"))).isTrue();
    assertThat(Cidr.parse("::/0").orElseThrow().contains(address("ff::1"))).isTrue();
    assertThat(Cidr.parse("::/0").orElseThrow().contains(address("1.2.3.4"))).isFalse();
  }

  @Test
  void singleAddressIsABlockOfOne() {
    assertThat(Cidr.parse("2001:db8::1").orElseThrow().prefix()).isEqualTo(128);
    assertThat(Cidr.parse("192.0.2.1").orElseThrow().prefix()).isEqualTo(32);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/08",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0",
        "10",
        "010.0.0.1",
        "0x7f.0.0.1",
        "256.0.0.1",
        "1.2.3.4.5",
        "::1/129",
        ":::",
        "fe80::1%eth0",
        "[::1]",
        "localhost",
        "a.example"
      })
  void refusesOtherForms(String text) {
    assertThat(Cidr.parse(text)).isEmpty();
  }
}
