package dev.menura.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.net.Cidr;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
  private static final AddressRules STANDARD = new AddressRules(List.of());

  private static AddressRules naming(String... blocks) {
    return new AddressRules(
        List.of(blocks).stream().map(block -> Cidr.parse(block).orElseThrow()).toList());
  }

  private static InetAddress address(String text) {
    return InetAddress.ofLiteral(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2002:7f00:1::",
        "2002:c0a8:101::1",
        "fc00::1",
        "fdff::1",
        "fe80::1",
        "febf::1",
        "fec0::1",
        "ff02::1"
      })
  void refusesWhatIsNotOfThePublicInternet(String text) {
    assertThat(STANDARD.allowed(address(text))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.255.255",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.2.1",
        "198.17.255.255",
        "198.20.0.0",
        "203.0.113.9",
        "223.255.255.255",
        "2001:db8::1",
        "2606:4700:4700::1111",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "::ffff:8.8.8.8"
      })
  void allowsThePublicInternetAndDocumentation(String text) {
    assertThat(STANDARD.allowed(address(text))).isTrue();
  }

  @Test
  void allowsWhatIsNamed() {
    AddressRules rules = naming("10.20.0.0/16", "127.0.0.1", "fd00::/8");
    assertThat(rules.allowed(address("10.20.255.1"))).isTrue();
    assertThat(rules.allowed(address("10.21.0.1"))).isFalse();
    assertThat(rules.allowed(address("127.0.0.1"))).isTrue();
    assertThat(rules.allowed(address("127.0.0.2"))).isFalse();
    assertThat(rules.allowed(address("fd12::1"))).isTrue();
    assertThat(rules.allowed(address("fc12::1"))).isFalse();
  }

  @Test
  void judgesEmbeddedAddressesByWhatIsNamedToo() {
    AddressRules rules = naming("10.20.0.0/16");
    assertThat(rules.allowed(address("64:ff9b::a14:1"))).isTrue();
    assertThat(rules.allowed(address("64:ff9b::a15:1"))).isFalse();
  }

  @Test
  void mappedAddressesAreJudgedAsTheAddressTheyStandFor() throws UnknownHostException {
    byte[] mapped = new byte[16];
    mapped[10] = (byte) 0xff;
    mapped[11] = (byte) 0xff;
    mapped[12] = 127;
    mapped[15] = 1;
    assertThat(STANDARD.allowed(InetAddress.getByAddress(mapped))).isFalse();
    assertThat(naming("127.0.0.0/8").allowed(InetAddress.getByAddress(mapped))).isTrue();
  }

  @Test
  void scopedLinkLocalAddressesAreRefused() throws UnknownHostException {
    byte[] bytes = address("fe80::1").getAddress();
    assertThat(STANDARD.allowed(java.net.Inet6Address.getByAddress("", bytes, 1))).isFalse();
  }
}
