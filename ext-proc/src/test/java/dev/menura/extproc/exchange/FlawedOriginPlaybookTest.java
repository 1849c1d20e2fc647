package dev.menura.extproc.exchange;

import static dev.menura.extproc.exchange.Playbook.playbook;
import static dev.menura.extproc.exchange.Playbook.requestGoes;
import static dev.menura.extproc.exchange.Playbook.respond;
import static dev.menura.extproc.exchange.Playbook.wholeRequest;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.exchange.ConnectionContext.Standing;
import dev.menura.policy.Facts;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Requests on connections to an origin whose certificate has a problem, by what the policy says
/// when they come: it may have changed since the connection was let in.
class FlawedOriginPlaybookTest {
  private static Playbook request(Standing standing, String problem, String action) {
    var connection =
        new ConnectionContext(
            "c1",
            new Facts.Connect("192.0.2.7", "shop.example", 443),
            Facts.Hello.NONE,
            new Facts.UpstreamCertificate(problem, "CN=i", "CN=s", "P-256", "TLSv1.3"),
            standing);
    var policy =
        Policies.load(
            """
            apiVersion: menura.dev/v1
            kind: Policy
            metadata: {name: test}
            spec:
              rules:
                - {name: rule, when: "host.name == 'shop.example'", then: %s}
            """
                .formatted(action));
    return playbook(policy)
        .connection(connection)
        .in(wholeRequest("GET", "/", ":authority", "shop.example"));
  }

  private static Standing standing(String word) {
    return switch (word) {
      case "pinned" -> new Standing.Pinned();
      case "distrusted" -> new Standing.Distrusted();
      default -> new Standing.Trusted();
    };
  }

  @ParameterizedTest
  @CsvSource({
    "trusted, '', allow",
    "trusted, '', distrust",
    "pinned, expired, '{allow: {problems: [expired]}}'",
    "pinned, expired, '{allow: {problems: [revoked, expired]}}'",
    "distrusted, expired, distrust",
    "distrusted, expired, '{allow: {problems: [expired]}}'",
  })
  void goWhereTheDecidingRuleLetsTheProblemPass(String standing, String problem, String action) {
    request(standing(standing), problem, action).out(requestGoes());
  }

  @ParameterizedTest
  @CsvSource({
    "pinned, expired, allow",
    "pinned, expired, passthrough",
    "pinned, expired, distrust",
    "pinned, expired, '{allow: {problems: [revoked]}}'",
    "distrusted, expired, allow",
    "distrusted, expired, '{allow: {problems: [revoked]}}'",
    "trusted, expired, distrust",
    "trusted, expired, '{allow: {problems: [expired]}}'",
  })
  void areRefusedWhereItDoesNot(String standing, String problem, String action) {
    Playbook book = request(standing(standing), problem, action).out(respond(403));
    assertThat(book.event().common().reason()).isEqualTo("certificate-expired");
    assertThat(book.event().common().verdict()).isEqualTo("block");
  }
}
