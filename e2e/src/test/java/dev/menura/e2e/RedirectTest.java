package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `menura redirect` puts in force and takes away, with nftables and with iptables.
@ExtendWith(Failures.class)
class RedirectTest {
  private static final String RULES = "- {name: all, when: true, then: allow}\n";

  @TempDir private Path folder;

  private static String[] with(String program, String... more) {
    var all = new ArrayList<>(List.of(more));
    if (program.equals("iptables")) {
      all.add("--iptables");
    }
    return all.toArray(String[]::new);
  }

  /// Everything that the packet filters of the gateway hold.
  private static String rulesOf(RedirectedGateway gateway) {
    return gateway.network.gateway.required(
        "sh", "-c", "nft list ruleset; iptables-save; ip6tables-save");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "iptables"})
  void redirectsTheConnectionsOfOtherUsersOfItsOwnMachine(String program) {
    try (var gateway = new RedirectedGateway(folder, RULES);
        var origin = shop(gateway)) {
      var there = "https://shop.test/";
      var applied = gateway.redirect(with(program, "--apply"));
      assertThat(applied.exit()).as(applied.text()).isZero();
      assertThat(applied.text()).contains("no connection of root is redirected");
      gateway.redirected(with(program, "--apply"));
      var app = gateway.network.gateway.prefixOfAnotherUser();
      var decrypted = gateway.curl(app, there, Network.ORIGIN);
      assertThat(decrypted.status()).as(decrypted.log()).isEqualTo(200);
      assertThat(decrypted.issuer()).contains("Menura CA");
      // The one who runs Envoy is left alone.
      var root =
          gateway.curl(
              gateway.network.gateway.prefix(),
              there,
              Network.ORIGIN,
              "--cacert",
              gateway.originRoot().toString());
      assertThat(root.issuer()).as(root.log()).contains("Menura test origins");

      gateway.redirected(with(program, "--remove"));
      gateway.redirected(with(program, "--remove"));
      assertThat(rulesOf(gateway).toLowerCase(java.util.Locale.ROOT)).doesNotContain("menura");
      var afterwards =
          gateway.curl(app, there, Network.ORIGIN, "--cacert", gateway.originRoot().toString());
      assertThat(afterwards.issuer()).as(afterwards.log()).contains("Menura test origins");
      assertThat(origin.requests()).isEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "iptables"})
  void closesEveryOtherWayWhereItIsTold(String program) {
    try (var gateway = new RedirectedGateway(folder, RULES);
        var origin = shop(gateway);
        var onOtherPort = origin(gateway, Network.ORIGIN + ":8443")) {
      var mode = List.of("--mode", "gateway", "--interface", "inside", "--apply");
      var around = "https://shop.test:8443/";
      gateway.redirected(with(program, mode.toArray(String[]::new)));
      var open =
          gateway.curl(around, Network.ORIGIN, "--cacert", gateway.originRoot().toString());
      assertThat(open.status()).as(open.log()).isEqualTo(200);

      var closing = new ArrayList<>(mode);
      closing.add("--close");
      gateway.redirected(with(program, closing.toArray(String[]::new)));
      assertThat(gateway.curl(around, Network.ORIGIN).exit()).as("curl: cannot connect").isEqualTo(7);
      var redirected = gateway.curl("https://shop.test/", Network.ORIGIN);
      assertThat(redirected.status()).as(redirected.log()).isEqualTo(200);
      assertThat(redirected.issuer()).contains("Menura CA");

      // All ports: what was a way around is inspected.
      closing.addAll(List.of("--ports", "all"));
      gateway.redirected(with(program, closing.toArray(String[]::new)));
      var inspected = gateway.curl(around, Network.ORIGIN);
      assertThat(inspected.status()).as(inspected.log()).isEqualTo(200);
      assertThat(inspected.issuer()).contains("Menura CA");
      assertThat(onOtherPort.requests()).isEqualTo(2);
      assertThat(origin.requests()).isEqualTo(1);
    }
  }

  @Test
  void leavesDestinationsAloneThatAreNamed() {
    try (var gateway = new RedirectedGateway(folder, RULES);
        var origin = shop(gateway)) {
      gateway.redirected(
          "--mode", "gateway", "--close", "--exclude-address", "203.0.113.0/28", "--apply");
      var answer =
          gateway.curl(
              "https://shop.test/",
              Network.ORIGIN,
              "--cacert",
              gateway.originRoot().toString());
      assertThat(answer.issuer()).as(answer.log()).contains("Menura test origins");
      assertThat(origin.requests()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "iptables"})
  void saysThatItNeedsRights(String program) {
    try (var network = Network.create()) {
      var command = new ArrayList<>(List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"));
      command.addAll(RedirectedGateway.menura(with(program, "redirect", "--exclude-user", "1000", "--apply")));
      var answer = network.gateway.run(command.toArray(String[]::new));
      assertThat(answer.exit()).isEqualTo(1);
      assertThat(answer.text()).contains("this needs root, or CAP_NET_ADMIN");
    }
  }

  @Test
  void saysWhatToInstallWhereTheProgramIsMissing() {
    try (var network = Network.create()) {
      var command = new ArrayList<>(List.of("env", "PATH=/nowhere"));
      command.addAll(RedirectedGateway.menura("redirect", "--exclude-user", "1000", "--apply"));
      var answer = network.gateway.run(command.toArray(String[]::new));
      assertThat(answer.exit()).isEqualTo(1);
      assertThat(answer.text()).contains("apt-get install nftables");
    }
  }

  private Origin shop(RedirectedGateway gateway) {
    return origin(gateway, Network.ORIGIN + ":443");
  }

  private Origin origin(RedirectedGateway gateway, String address) {
    return Origin.on(
        gateway.network.origins, "origin", folder, gateway.root().leaf("shop.test"), address);
  }
}
