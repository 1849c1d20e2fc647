package dev.menura.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.net.HostPattern;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GatewayTest {
  @Test
  void listenerPutsBracketsAroundIpv6() {
    assertThat(new Gateway.Listener("::1", 80)).hasToString("[::1]:80");
    assertThat(Gateway.STANDARD.listen().explicit()).hasToString("127.0.0.1:3128");
  }

  @Test
  void mostSpecificNameGivesTheAddresses() {
    InetAddress one = InetAddress.ofLiteral("192.0.2.1");
    InetAddress two = InetAddress.ofLiteral("192.0.2.2");
    HostAddresses hosts =
        new HostAddresses(
            Map.of(
                new HostPattern("example", true), List.of(one),
                new HostPattern("a.example", false), List.of(two, one)));
    assertThat(hosts.of("a.example")).hasValue(List.of(two, one));
    assertThat(hosts.of("b.a.example")).hasValue(List.of(one));
    assertThat(hosts.of("example")).isEmpty();
    assertThat(hosts.of("other.test")).isEmpty();
  }
}
