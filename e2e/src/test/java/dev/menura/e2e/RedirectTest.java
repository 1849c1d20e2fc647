package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What `menura redirect` puts in force and takes away, with nftables and with iptables.
@ExtendWith(Failures.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RedirectTest {
  private static final String RULES = "- {name: all, when: true, then: allow}\n";
  private static final String SHOP = "https://shop.test/";

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();

  @SuppressWarnings("NullAway.Init") // set before all tests
  private RedirectedGateway gateway;

  @SuppressWarnings("NullAway.Init")
  private Origin shop;

  @SuppressWarnings("NullAway.Init")
  private Origin onOtherPort;

  @BeforeAll
  void open(@TempDir Path folder) {
    gateway = open(new RedirectedGateway(folder, RULES));
    var certificate = gateway.root().leaf("shop.test");
    var machine = gateway.network.origins;
    shop = open(Origin.on(machine, "origin", folder, certificate, Network.ORIGIN + ":443"));
    onOtherPort = open(Origin.on(machine, "origin", folder, certificate, Network.ORIGIN + ":8443"));
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }

  @AfterAll
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  @BeforeEach
  void redirectNothing() {
    gateway.redirected("--remove");
    gateway.redirected("--remove", "--iptables");
    assertThat(packetFilters()).doesNotContainIgnoringCase("menura");
  }

  private static String[] with(String program, String... more) {
    var all = new ArrayList<>(List.of(more));
    if (program.equals("iptables")) {
      all.add("--iptables");
    }
    return all.toArray(String[]::new);
  }

  /// Everything that the packet filters of the gateway hold.
  private String packetFilters() {
    return gateway.network.gateway.required(
        "sh", "-c", "nft list ruleset; iptables-save; ip6tables-save");
  }

  private static void isDecrypted(Curl answer) {
    assertThat(answer.status()).as(answer.log()).isEqualTo(200);
    assertThat(answer.issuer()).contains("Menura CA");
  }

  /// A client that trusts the origins' own root.
  private Curl trusting(List<String> prefix, String url) {
    return gateway.curl(
        prefix, url, Network.ORIGIN, "--cacert", gateway.originRoot().toString());
  }

  private static void isDirect(Curl answer) {
    assertThat(answer.status()).as(answer.log()).isEqualTo(200);
    assertThat(answer.issuer()).contains("Menura test origins");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "iptables"})
  void redirectsTheConnectionsOfOtherUsersOfItsOwnMachine(String program) {
    var applied = gateway.redirect(with(program, "--apply"));
    assertThat(applied.exit()).as(applied.text()).isZero();
    assertThat(applied.text()).contains("no connection of root is redirected");
    var once = packetFilters();
    gateway.redirected(with(program, "--apply"));
    assertThat(withoutCounts(packetFilters())).isEqualTo(withoutCounts(once));
    var app = gateway.network.gateway.prefixOfAnotherUser();
    isDecrypted(gateway.curl(app, SHOP, Network.ORIGIN));
    // The one who runs Envoy is left alone.
    isDirect(trusting(gateway.network.gateway.prefix(), SHOP));

    gateway.redirected(with(program, "--remove"));
    assertThat(packetFilters()).doesNotContainIgnoringCase("menura");
    isDirect(trusting(app, SHOP));
  }

  /// Without what `iptables-save` says of times and packets.
  private static String withoutCounts(String text) {
    return text.replaceAll("(?m)^#.*$", "").replaceAll("\\[\\d+:\\d+]", "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "iptables"})
  void closesEveryOtherWayWhereItIsTold(String program) {
    var mode = List.of("--mode", "gateway", "--interface", "inside", "--apply");
    var around = "https://shop.test:8443/";
    gateway.redirected(with(program, mode.toArray(String[]::new)));
    isDirect(trusting(gateway.network.client.prefix(), around));

    var closing = new ArrayList<>(mode);
    closing.add("--close");
    gateway.redirected(with(program, closing.toArray(String[]::new)));
    long before = onOtherPort.connections();
    assertThat(gateway.curl(around, Network.ORIGIN).exit()).as("curl: cannot connect").isEqualTo(7);
    assertThat(onOtherPort.connections()).isEqualTo(before);
    isDecrypted(gateway.curl(SHOP, Network.ORIGIN));

    // What was a way around is inspected.
    closing.addAll(List.of("--ports", "all"));
    gateway.redirected(with(program, closing.toArray(String[]::new)));
    isDecrypted(gateway.curl(around, Network.ORIGIN));
  }

  @Test
  void leavesDestinationsAloneThatAreNamed() {
    gateway.redirected(
        "--mode", "gateway", "--close", "--exclude-address", "203.0.113.0/28", "--apply");
    isDirect(trusting(gateway.network.client.prefix(), SHOP));
    assertThat(shop.requests()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"nft", "iptables"})
  void saysThatItNeedsRights(String program) {
    var command =
        new ArrayList<>(
            List.of("setpriv", "--bounding-set=-net_admin", "--inh-caps=-net_admin"));
    command.addAll(
        RedirectedGateway.menura(with(program, "redirect", "--exclude-user", "1000", "--apply")));
    var answer = gateway.network.gateway.run(command.toArray(String[]::new));
    assertThat(answer.exit()).isEqualTo(1);
    assertThat(answer.text()).contains("this needs root, or CAP_NET_ADMIN");
  }

  @Test
  void saysWhatToInstallWhereTheProgramIsMissing() {
    var command = new ArrayList<>(List.of("env", "PATH=/nowhere"));
    command.addAll(RedirectedGateway.menura("redirect", "--exclude-user", "1000", "--apply"));
    var answer = gateway.network.gateway.run(command.toArray(String[]::new));
    assertThat(answer.exit()).isEqualTo(1);
    assertThat(answer.text()).contains("apt-get install nftables");
  }
}
