package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What must be refused with a clear answer, with nothing sent to an origin.
@ExtendWith(Failures.class)
class BadInputTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  @Test
  void b3RefusesAPrivateAddress() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer = Curl.through(lab, "https://10.0.0.1/");
      assertThat(answer.log()).contains("HTTP/1.1 403");
      assertThat(lab.awaitConnection("10.0.0.1").common().reason()).isEqualTo("address-refused");
    }
  }

  @Test
  void b3RefusesItsOwnListenerWhateverIsAllowed() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer = Curl.through(lab, "https://127.0.0.1:" + lab.proxyPort() + "/");
      assertThat(answer.log()).contains("HTTP/1.1 403");
      assertThat(lab.awaitConnection("127.0.0.1").common().reason()).isEqualTo("address-refused");
    }
  }

  @Test
  void b2RefusesAServerNameThatIsNotTheConnectHost() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var client =
            GoClient.to(lab, origin.url("shop.test", "/")).with("-sni", "bank.test").start()) {
      assertThat(client.await("response").get("status").getAsInt()).isEqualTo(403);
      assertThat(lab.awaitConnection("shop.test").common().reason()).isEqualTo("sni-host-mismatch");
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void b1Answers421ToAHostThatIsNotTheTunnels() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var answer = Curl.through(lab, origin.url("shop.test", "/"), "-H", "Host: bank.test");
      assertThat(answer.status()).as(answer.log()).isEqualTo(421);
      assertThat(origin.requests()).isZero();
    }
  }

  @Test
  void saysThatANameDoesNotResolve() {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer = Curl.through(lab, "https://no-such-name.invalid/");
      assertThat(answer.log()).contains("HTTP/1.1 502");
      assertThat(lab.awaitConnection("no-such-name.invalid").common().reason())
          .isEqualTo("name-not-resolved");
    }
  }

  @Test
  void saysThatAnOriginRefusesConnections() {
    try (var lab = Lab.start(folder, ALLOW)) {
      // Port 1 of the loopback: nothing listens there.
      var answer = Curl.through(lab, "https://gone.test:1/");
      assertThat(answer.status()).as(answer.log()).isEqualTo(502);
      assertThat(answer.body()).contains("origin-refused");
    }
  }

  @Test
  void p3AnswersMalformedConnectsAndResolvesNothingForThem() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      int port = origin.port();
      atOnce(
          List.of(
              "shop.test",
              "shop.test:",
              "shop.test:0",
              "shop.test:65536",
              "shop.test:" + port + "0000",
              "shop.test:-1",
              "shop.test:+" + port,
              "shop.test:" + port + "x",
              "user@shop.test:" + port,
              "user:password@shop.test:" + port,
              ":" + port,
              ".:" + port,
              "..test:" + port,
              "shop..test:" + port,
              "shop%00.test:" + port,
              "shop.test%2f:" + port,
              "../shop.test:" + port,
              "shop.test/:" + port,
              "*.test:" + port,
              "sh\u00f6p.test:" + port,
              "shop.test,bank.test:" + port,
              "[::1%25lo]:" + port,
              "[::1%lo]:" + port,
              "[::1:" + port,
              "::1:" + port,
              "[::ffff:127.0.0.1]:" + port,
              "[shop.test]:" + port,
              "[]:" + port,
              "n".repeat(300) + ".test:" + port,
              "n".repeat(8192) + ".test:" + port,
              "shop .test:" + port,
              "shop\u0000.test:" + port,
              "shop.test:" + port + " x"),
          // Envoy's parser closes some by itself.
          target -> assertThat(connect(lab, target)).as(target).isIn(0, 400, 403));
      assertThat(origin.connections()).isZero();
      assertThat(Curl.through(lab, origin.url("shop.test", "/")).status()).isEqualTo(200);
    }
  }

  @Test
  void b3RefusesAddressesThatAreNotAllowedInEveryForm() {
    var gateway =
        """
        apiVersion: menura.dev/v1
        kind: Gateway
        metadata: {name: default}
        spec:
          listen: {explicit: {address: "127.0.0.1:0"}}
          upstream:
            trust: {system-roots: false, roots: [origin-root.pem]}
            hosts: {loop.test: 127.0.0.1, six.test: "::1", link.test: 169.254.169.254, any.test: 0.0.0.0}
        """;
    try (var lab = Lab.startWith(folder, gateway, Lab.policy(ALLOW));
        var origin = Origin.clear()) {
      for (String host :
          List.of(
              "127.0.0.1",
              "127.1",
              "0x7f.1",
              "0x7f000001",
              "2130706433",
              "0177.0.0.1",
              "127.0.0.1.",
              "localhost",
              "0.0.0.0",
              "0",
              "[::1]",
              "[::]",
              "[::ffff:127.0.0.1]",
              "[::ffff:7f00:1]",
              "[::127.0.0.1]",
              "[64:ff9b::7f00:1]",
              "[2002:7f00:1::]",
              "[fe80::1]",
              "[fd00::1]",
              "10.0.0.1",
              "172.16.0.1",
              "192.168.0.1",
              "169.254.169.254",
              "100.64.0.1",
              "224.0.0.1",
              "255.255.255.255",
              "loop.test",
              "six.test",
              "link.test",
              "any.test")) {
        assertThat(connect(lab, host + ":" + origin.port())).as(host).isIn(400, 403, 502);
        var plain = "http://" + host + ":" + origin.port() + "/";
        try (var client = RawClient.to(lab)) {
          var answer = client.send("GET " + plain + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
          assertThat(answer.status()).as(plain).isIn(400, 403, 502);
        }
      }
      assertThat(origin.connections()).isZero();
    }
  }

  @Test
  void b3RefusesItsOwnPortsUnderEveryNameOfThisMachine() {
    try (var lab = Lab.start(folder, ALLOW);
        var admin = Origin.clear()) {
      lab.sidecar().own().add(admin.port());
      for (int port : new int[] {admin.port(), lab.proxyPort()}) {
        for (String host : List.of("127.0.0.1", "127.0.0.2", "self.test", "localhost")) {
          assertThat(connect(lab, host + ":" + port)).as(host + ":" + port).isEqualTo(403);
        }
      }
      assertThat(admin.connections()).isZero();
    }
  }

  @Test
  void refusesServerNamesOfOddBytes() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var target = "shop.test:" + origin.port();
      atOnce(
          List.of(
              "shop.test\u0000",
              "shop.test\u0000.bank.test",
              "shop%2etest",
              "../../shop.test",
              "shop.test\n",
              "shop.test\r\nx: y",
              "sh\u00f6p.test",
              "\u00ff\u00fe",
              "shop.test.",
              "*.test",
              "*",
              " ",
              "shop.test ",
              "menura/slot-0",
              "menura/upstream-roots",
              "n".repeat(300),
              "n".repeat(64) + ".test",
              "a.".repeat(126) + "test"),
          name -> {
            var tunnel =
                RawClient.tunnel(lab, target).handshake(Optional.of(latin1(name)), "http/1.1");
            if (tunnel.isPresent()) {
              try (var client = tunnel.get()) {
                assertThat(client.certificate().getSubjectX500Principal().getName())
                    .contains("block page");
                assertThat(client.get(target, "/").status()).as(name).isEqualTo(403);
              }
            }
          });
      assertThat(origin.connections()).isZero();
      try (var client =
          RawClient.tunnel(lab, target)
              .handshake(Optional.of(latin1("SHOP.Test")), "http/1.1")
              .orElseThrow()) {
        assertThat(client.get(target, "/").status()).isEqualTo(200);
      }
    }
  }

  /// All at the same time: some are answered only when Envoy has waited long enough for more.
  private static void atOnce(List<String> inputs, Consumer<String> check) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var checks =
          inputs.stream()
              .map(input -> CompletableFuture.runAsync(() -> check.accept(input), threads))
              .toList();
      checks.forEach(CompletableFuture::join);
    }
  }

  private static byte[] latin1(String text) {
    return RawClient.latin1(text);
  }

  private static int connect(Lab lab, String target) {
    try (var client = RawClient.to(lab)) {
      return client
          .send("CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n\r\n")
          .status();
    }
  }
}
