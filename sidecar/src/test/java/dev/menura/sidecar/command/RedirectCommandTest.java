package dev.menura.sidecar.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path data;

  private int run(String... more) {
    var arguments = new java.util.ArrayList<>(java.util.List.of("redirect"));
    arguments.addAll(java.util.List.of(more));
    return MenuraCommand.line()
        .setOut(new PrintWriter(out, true))
        .setErr(new PrintWriter(err, true))
        .execute(arguments.toArray(String[]::new));
  }

  @Test
  void printsRulesForASidecar() {
    assertThat(run("--exclude-user", "menura,1001", "--exclude-address", "10.0.0.0/8,fd00::/8"))
        .isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            table inet menura
            delete table inet menura
            table inet menura {
              chain intercept {
                type nat hook output priority -100; policy accept;
                oifname "lo" return
                meta skuid { "menura", 1001 } return
                ip daddr 10.0.0.0/8 return
                ip6 daddr fd00:0:0:0:0:0:0:0/8 return
                tcp dport { 80, 443 } redirect to :15001
              }
              chain others {
                type filter hook output priority 0; policy accept;
                oifname "lo" accept
                meta skuid { "menura", 1001 } accept
                ip daddr 10.0.0.0/8 accept
                ip6 daddr fd00:0:0:0:0:0:0:0/8 accept
                udp dport 443 reject with icmpx type port-unreachable
              }
            }
            """);
  }

  @Test
  void printsRulesForAGatewayThatClosesTheRest() {
    assertThat(
            run(
                "--mode", "gateway", "--interface", "eth1", "--ports", "all", "--to", "4443",
                "--close"))
        .isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            table inet menura
            delete table inet menura
            table inet menura {
              chain intercept {
                type nat hook prerouting priority -100; policy accept;
                iifname != { "eth1" } return
                fib daddr type local return
                meta l4proto tcp redirect to :4443
              }
              chain others {
                type filter hook forward priority 0; policy accept;
                iifname != { "eth1" } accept
                udp dport 443 reject with icmpx type port-unreachable
                ct state established,related accept
                ct status dnat accept
                meta l4proto { icmp, ipv6-icmp } accept
                tcp dport 53 accept
                udp dport { 53, 67, 547 } accept
                meta l4proto tcp reject with tcp reset
                reject with icmpx type admin-prohibited
              }
            }
            """);
  }

  @Test
  void printsTheSameForIptables() {
    assertThat(run("--iptables", "--exclude-user", "1001", "--exclude-address", "10.0.0.0/8"))
        .isZero();
    assertThat(out.toString())
        .contains(
            """
            iptables -w -t nat -A MENURA -o lo -j RETURN
            iptables -w -t nat -A MENURA -m owner --uid-owner 1001 -j RETURN
            iptables -w -t nat -A MENURA -d 10.0.0.0/8 -j RETURN
            iptables -w -t nat -A MENURA -p tcp --dport 80 -j REDIRECT --to-ports 15001
            iptables -w -t nat -A MENURA -p tcp --dport 443 -j REDIRECT --to-ports 15001
            """)
        .contains(
            """
            ip6tables -w -t nat -A MENURA -o lo -j RETURN
            ip6tables -w -t nat -A MENURA -m owner --uid-owner 1001 -j RETURN
            ip6tables -w -t nat -A MENURA -p tcp --dport 80 -j REDIRECT --to-ports 15001
            """)
        .contains(
            "ip6tables -w -t filter -A MENURA -p udp --dport 443 -j REJECT --reject-with"
                + " icmp6-port-unreachable\n");
  }

  @Test
  void takesPortAndUserFromTheRunningGateway() throws IOException {
    Files.writeString(
        data.resolve("ready.json"), "{\"listeners\": {\"transparent\": \"0.0.0.0:4711\"}}");
    assertThat(run("--data", data.toString())).isZero();
    assertThat(out.toString())
        .contains("redirect to :4711")
        .contains("meta skuid { " + Files.getAttribute(data, "unix:uid") + " } return");
  }

  @Test
  void refusesARunningGatewayWithoutATransparentListener() throws IOException {
    Files.writeString(
        data.resolve("ready.json"), "{\"listeners\": {\"explicit\": \"127.0.0.1:3128\"}}");
    assertThat(run("--data", data.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("start it with --transparent HOST:PORT");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --mode router              | expected 'sidecar' or 'gateway', found 'router'
          --exclude-user 1 --ports http | expected a port or 'all', found 'http'
          --exclude-user 1 --ports 0 | a port is 1 to 65535
          --exclude-user 1 --to 70000 | a port is 1 to 65535
          --exclude-user a;reboot    | a user or group is a name or a number: 'a;reboot'
          --exclude-group x"y        | a user or group is a name or a number
          --exclude-user 1 --exclude-address 10.0.0/8 | expected an address or a block such as 10.0.0.0/8
          --interface eth0           | --interface is for --mode gateway
          --data /nowhere            | name the data directory with --data, or the user with
          --apply --remove           | mutually exclusive
          """)
  void refusesAWrongCommandLine(String arguments, String words) {
    assertThat(run(arguments.split(" ", -1))).as(err.toString()).isEqualTo(2);
    assertThat(err.toString()).contains(words);
    assertThat(out.toString()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --exclude-user 1       | --exclude-user is for --mode sidecar
          --interface eth0;halt  | an interface has a name as eth0: 'eth0;halt'
          """)
  void refusesAWrongCommandLineForAGateway(String arguments, String words) {
    assertThat(run(("--mode gateway " + arguments).split(" ", -1))).isEqualTo(2);
    assertThat(err.toString()).contains(words);
  }
}
