package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import dev.menura.extproc.event.GatewayEvent.ProposalEvent;
import dev.menura.extproc.event.GatewayEvent.RejectionEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Clients that do not want the certificate that they are shown in place of their origin's: each
/// really ends its handshake with the real Envoy.
@ExtendWith(Failures.class)
class RejectedCertificateTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String EXEMPTING = Lab.GATEWAY + "  pinned-clients: {exempt-for: 1h}\n";

  @TempDir private Path folder;

  @Test
  void B12_hostThatThreeClientsRejectIsProposedAndStaysInspected() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = origin(lab)) {
      assertThat(rejecting(lab, origin, "127.0.0.1").exit()).isEqualTo(60);
      rejecting(lab, origin, "127.0.0.1");
      rejecting(lab, origin, "127.0.0.2");
      awaitRejections(lab, "shop.test", 3);
      assertThat(proposals(lab)).isEmpty();
      rejecting(lab, origin, "127.0.0.3");
      var proposal = awaitProposal(lab);
      assertThat(proposal.common().verdict()).isEqualTo("propose");
      assertThat(proposal.common().host()).isEqualTo("shop.test");
      assertThat(proposal.evidence().clients()).isEqualTo(3);
      assertThat(proposal.evidence().rejections()).isEqualTo(4);
      assertThat(proposal.evidence().addresses())
          .containsExactlyInAnyOrder("127.0.0.1", "127.0.0.2", "127.0.0.3");
      assertThat(proposal.evidence().suggestion()).contains("host.name == 'shop.test'");
      assertThat(proposal.evidence().before()).isEqualTo("all");
      assertThat(proposal.evidence().exemptUntil()).isNull();
      assertThat(rejecting(lab, origin, "127.0.0.4").exit()).isEqualTo(60);
      awaitRejections(lab, "shop.test", 5);
      assertThat(proposals(lab)).hasSize(1);
    }
  }

  @Test
  void connectionsThatAreUsedAreNotCounted() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = origin(lab)) {
      assertThat(Curl.through(lab, origin.url("used.test", "/")).status()).isEqualTo(200);
      assertThat(Curl.through(lab, origin.url("used.test", "/"), "--http1.1").status())
          .isEqualTo(200);
      rejecting(lab, origin, "127.0.0.1");
      awaitRejections(lab, "shop.test", 1);
      assertThat(rejections(lab, "used.test")).isEmpty();
    }
  }

  @Test
  void B12_hostIsPassedThroughForAWhileWherePolicyOptsIn() {
    try (var lab = Lab.startWith(folder, EXEMPTING, Lab.policy(ALLOW));
        var origin = origin(lab)) {
      three(lab, origin);
      var exemption = awaitProposal(lab);
      assertThat(exemption.common().verdict()).isEqualTo("exempt");
      assertThat(exemption.evidence().exemptUntil())
          .isEqualTo(exemption.common().time().plus(Duration.ofHours(1)));
      var fourth = rejecting(lab, origin, "127.0.0.4");
      assertThat(fourth.status()).as(fourth.log()).isEqualTo(200);
      assertThat(fourth.issuer()).contains("Menura test origins");
      var connection = lastConnection(lab);
      assertThat(connection.common().verdict()).isEqualTo("passthrough");
      assertThat(connection.common().rule()).isNull();
      assertThat(connection.common().reason()).isEqualTo("pinned-client-exemption");
      assertThat(connection.tls().shown()).isEqualTo("original");
      // Another host is not exempted with it.
      assertThat(Curl.through(lab, origin.url("used.test", "/")).issuer()).contains("Menura CA");

      lab.gateway(Lab.GATEWAY + "  pinned-clients: {exempt-for: 1s}\n", ALLOW);
      Awaitility.await("the exemption's end")
          .atMost(PATIENCE)
          .until(() -> rejecting(lab, origin, "127.0.0.4").exit() == 60);
    }
  }

  @Test
  void B12_hostThatARuleCouldBlockIsNeverExempted() {
    var rules =
        """
        - {name: no-uploads, when: "host.name == 'shop.test' && request.method == 'POST'", then: block}
        - {name: all, when: true, then: allow}
        """;
    try (var lab = Lab.startWith(folder, EXEMPTING, Lab.policy(rules));
        var origin = origin(lab)) {
      three(lab, origin);
      var proposal = awaitProposal(lab);
      assertThat(proposal.common().verdict()).isEqualTo("propose");
      assertThat(proposal.evidence().lost()).containsExactly("no-uploads");
      assertThat(rejecting(lab, origin, "127.0.0.4").exit()).isEqualTo(60);
      // The rule is about that host alone.
      for (int client = 1; client <= 3; client++) {
        rejecting(lab, origin, "used.test", "127.0.0." + client);
      }
      Awaitility.await("the exemption of the other host")
          .atMost(PATIENCE)
          .until(() -> rejecting(lab, origin, "used.test", "127.0.0.4").status() == 200);
    }
  }

  @Test
  void B12_aRuleThatBlocksAnExemptedHostWins() {
    try (var lab = Lab.startWith(folder, EXEMPTING, Lab.policy(ALLOW));
        var origin = origin(lab)) {
      three(lab, origin);
      assertThat(awaitProposal(lab).common().verdict()).isEqualTo("exempt");
      lab.gateway(
          EXEMPTING, "- {name: no-shop, when: host.name == 'shop.test', then: block}\n" + ALLOW);
      var blocked = Curl.through(lab, origin.url("shop.test", "/"));
      assertThat(blocked.status()).isEqualTo(403);
      assertThat(blocked.body()).contains("no-shop");
      // What is refused with the page's certificate counts for nothing.
      rejecting(lab, origin, "127.0.0.5");
      rejecting(lab, origin, "used.test", "127.0.0.5");
      awaitRejections(lab, "used.test", 1);
      assertThat(rejections(lab, "shop.test")).hasSize(3);
    }
  }

  @Test
  void goSaysBadCertificate() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = origin(lab)) {
      try (var _ =
          GoClient.to(lab, origin.url("shop.test", "/")).trusting(lab.originRoot()).start()) {
        assertThat(awaitRejections(lab, "shop.test", 1).getFirst().sign())
            .isEqualTo("bad-certificate");
      }
    }
  }

  @Test
  void curlSaysUnknownAuthority() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = origin(lab)) {
      rejecting(lab, origin, "shop.test", "127.0.0.1", "--tls-max", "1.2");
      assertThat(awaitRejections(lab, "shop.test", 1).getFirst().sign()).isEqualTo("unknown-ca");
      rejecting(lab, origin, "127.0.0.1");
      assertThat(awaitRejections(lab, "shop.test", 2).getLast().sign())
          .isIn("unreadable-alert", "unknown-ca");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "TLSv1.3, ALERT, certificate-unknown",
    "TLSv1.2, ALERT, certificate-unknown",
    "TLSv1.3, CLOSE, closed",
    "TLSv1.2, CLOSE, closed",
    "TLSv1.3, RESET, closed",
    "TLSv1.2, RESET, closed",
    "TLSv1.3, AFTERWARDS, closed-unused",
    "TLSv1.2, AFTERWARDS, closed-unused",
  })
  void eachWayOfTurningAwayIsSeen(String tlsVersion, RejectingClient.Way way, String sign) {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = origin(lab)) {
      RejectingClient.run(lab, "shop.test", origin.port(), tlsVersion, way);
      var seen = awaitRejections(lab, "shop.test", 1).getFirst();
      assertThat(seen.sign()).isEqualTo(sign);
      assertThat(seen.common().verdict()).isEqualTo("rejected");
      assertThat(seen.common().client()).isEqualTo("127.0.0.1");
    }
  }

  @Test
  void chromiumSaysThatItDoesNotKnowTheCertificate() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = origin(lab);
        var browser = Browser.start(folder.resolve("home"), lab.proxy())) {
      var page = browser.page();
      try {
        page.navigate(origin.url("shop.test", "/"));
      } catch (com.microsoft.playwright.PlaywrightException e) {
        assertThat(e.getMessage()).contains("ERR_CERT_AUTHORITY_INVALID");
      }
      assertThat(awaitRejections(lab, "shop.test", 1).getFirst().sign())
          .isIn("certificate-unknown", "closed-unused", "closed");
    }
  }

  private Origin origin(Lab lab) {
    return Origin.tls(folder, lab.root.leaf(CertificateShape.forNames("shop.test", "used.test")));
  }

  private static void three(Lab lab, Origin origin) {
    for (int client = 1; client <= 3; client++) {
      rejecting(lab, origin, "127.0.0." + client);
    }
  }

  /// A client that knows the origin's authority and not the gateway's.
  private static Curl rejecting(Lab lab, Origin origin, String address) {
    return rejecting(lab, origin, "shop.test", address);
  }

  private static Curl rejecting(
      Lab lab, Origin origin, String host, String address, String... more) {
    return Curl.run(
        origin.url(host, "/"),
        Stream.concat(
                Stream.of(
                    "-x",
                    "http://" + lab.proxy(),
                    "--cacert",
                    lab.originRoot().toString(),
                    "--interface",
                    address),
                Stream.of(more))
            .toList());
  }

  private static List<RejectionEvent> rejections(Lab lab, String host) {
    return of(lab, RejectionEvent.class)
        .filter(event -> event.common().host().equals(host))
        .toList();
  }

  private static List<ProposalEvent> proposals(Lab lab) {
    return of(lab, ProposalEvent.class).toList();
  }

  private static ConnectionEvent lastConnection(Lab lab) {
    return of(lab, ConnectionEvent.class).reduce((a, b) -> b).orElseThrow();
  }

  private static <E extends GatewayEvent> Stream<E> of(Lab lab, Class<E> type) {
    return lab.events.stream().filter(type::isInstance).map(type::cast);
  }

  private static List<RejectionEvent> awaitRejections(Lab lab, String host, int count) {
    return Awaitility.await(count + " rejections of " + host)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> rejections(lab, host), seen -> seen.size() >= count);
  }

  private static ProposalEvent awaitProposal(Lab lab) {
    return Awaitility.await("a proposal")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> proposals(lab), seen -> !seen.isEmpty())
        .getFirst();
  }
}
