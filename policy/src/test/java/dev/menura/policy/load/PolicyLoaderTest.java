package dev.menura.policy.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.policy.Action;
import dev.menura.policy.Documents;
import dev.menura.policy.Facts;
import dev.menura.policy.Gateway;
import dev.menura.policy.Issue;
import dev.menura.policy.Limits;
import dev.menura.policy.Outcome;
import dev.menura.policy.Phase;
import dev.menura.policy.PolicyException;
import dev.menura.policy.PolicySource;
import dev.menura.policy.Rule;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PolicyLoaderTest {
  private static final PolicyLoader LOADER = new PolicyLoader(Set.of("credit-card"));
  private static final String HEAD =
      "apiVersion: menura.dev/v1\nkind: %s\nmetadata: {name: x}\nspec:\n";
  private static final String ALLOW =
      HEAD.formatted("Policy") + "  rules: [{name: rest, when: true, then: allow}]\n";

  private static List<Issue> issues(PolicySource source) {
    try {
      LOADER.load(source);
      return List.of();
    } catch (PolicyException e) {
      return e.issues();
    }
  }

  private static Documents load(PolicySource source) {
    try {
      return LOADER.load(source);
    } catch (PolicyException e) {
      throw new AssertionError(e.issues().toString(), e);
    }
  }

  @Test
  void defaultsHoldWhereNothingIsSaid() {
    Documents documents = load(MapSource.of("a.yaml", ALLOW));
    assertThat(documents.gateway()).isEqualTo(Gateway.STANDARD);
    assertThat(documents.policy().limits())
        .isEqualTo(new Limits(64L << 20, 16L << 20, 256L << 20, 200));
    assertThat(documents.files()).containsExactly("a.yaml");
    assertThat(documents.warnings()).isEmpty();
    Rule rule = firstUndecided("request.body.count('credit-card') > 0", "block");
    assertThat(rule.hold()).isEqualTo(new Rule.Hold.UpTo(1 << 20));
    assertThat(rule.onLimit()).isEqualTo(Rule.OnLimit.BLOCK);
    assertThat(rule.mode()).isEqualTo(Rule.Mode.ENFORCE);
  }

  private static MapSource presenting(String what) {
    return MapSource.of(
        "a.yaml",
        HEAD.formatted("Policy")
            + "  rules: [{name: a, when: true, then: [{present-client-certificate: %s}, allow]}]\n"
                .formatted(what));
  }

  @Test
  void saysWhetherARuleHasClientsMimicked() {
    assertThat(load(presenting("{mimic: true}")).policy().mimicsClients()).isTrue();
    assertThat(load(MapSource.of("a.yaml", ALLOW)).policy().mimicsClients()).isFalse();
  }

  @Test
  void noClientIsMimickedWhereTheKeyIsKeptElsewhere() {
    var loader = new PolicyLoader(Set.of("credit-card"), PolicyLoader.Issuing.ELSEWHERE);
    assertThatThrownBy(() -> loader.load(presenting("{mimic: true}")))
        .isInstanceOfSatisfying(
            PolicyException.class,
            e ->
                assertThat(dev.menura.policy.IssueFormat.text(e.issues()))
                    .startsWith("a.yaml:5:77: error: expected a stored certificate, because"));
  }

  private static Rule firstUndecided(String when, String then) {
    String text =
        HEAD.formatted("Policy")
            + "  rules: [{name: a, when: \"%s\", then: %s}]\n".formatted(when, then);
    Outcome outcome =
        load(MapSource.of("a.yaml", text))
            .policy()
            .onRequest(Facts.of(new Facts.Connect("192.0.2.1", "a.example", 443)));
    return ((Outcome.Waiting) outcome).rule();
  }

  @Test
  void everythingThatIsSaidArrives() {
    String policy =
        HEAD.formatted("Policy")
            + """
              limits:
                inspected-bytes: 1MiB
                held-bytes: 64KiB
                decompressed-bytes: 2MiB
                decompression-ratio: 10
              rules:
                - name: a
                  when: request.body.count('credit-card') > 0
                  then:
                    - block: {reason: No., page: refuse}
                    - alert
                    - set-request-headers: {X-A: b}
                  mode: enforce
                  hold: window
                  on-limit: allow
                  on-error: allow
            """;
    // A header cannot be set by a rule that looks at the body.
    assertThat(issues(MapSource.of("a.yaml", policy))).hasSize(1);
    Documents documents =
        load(
            MapSource.of(
                "a.yaml",
                policy.replace("request.body.count('credit-card') > 0", "request.path == '/'")));
    assertThat(documents.policy().limits()).isEqualTo(new Limits(1 << 20, 64 << 10, 2 << 20, 10));
    Outcome outcome =
        documents.policy().onRequest(Facts.of(new Facts.Connect("192.0.2.1", "a.example", 443)));
    Outcome.Waiting waiting = (Outcome.Waiting) outcome;
    assertThat(waiting.needs()).containsExactly(Phase.REQUEST_HEADERS);
    assertThat(waiting.rule())
        .isEqualTo(
            new Rule(
                "a",
                List.of(
                    new Action.Block(Optional.of("No."), Action.Page.REFUSE),
                    new Action.Alert(),
                    new Action.SetRequestHeaders(java.util.Map.of("X-A", "b"))),
                Rule.Mode.ENFORCE,
                new Rule.Hold.Window(),
                Rule.OnLimit.ALLOW));
  }

  @Test
  void gatewayArrives() throws IOException {
    byte[] roots = Files.readAllBytes(Path.of("src/test/resources/certificates/two-roots.pem"));
    Gateway gateway =
        load(MapSource.of("a.yaml", ALLOW)
                .with("roots/company.pem", roots)
                .with(
                    "g.yaml",
                    HEAD.formatted("Gateway")
                        + """
                          listen: {explicit: {address: "[::1]:0"}}
                          upstream:
                            trust:
                              system-roots: false
                              roots: [roots/company.pem]
                              profile: webpki-strict
                              revocation: hard
                            allow-addresses: [10.0.0.0/8]
                            hosts: {a.example: 10.1.2.3}
                          certificates: {names: 7, validity: 24h}
                          timeouts: {dns: 1s, connect: 2s, peek: 3s}
                        """))
            .gateway();
    assertThat(gateway.listen().explicit()).isEqualTo(new Gateway.Listener("::1", 0));
    assertThat(gateway.upstream().trust().systemRoots()).isFalse();
    assertThat(gateway.upstream().trust().roots()).hasSize(2);
    assertThat(gateway.upstream().trust().profile()).isEqualTo(Gateway.TrustProfile.WEBPKI_STRICT);
    assertThat(gateway.upstream().trust().revocation()).isEqualTo(Gateway.RevocationCheck.HARD);
    assertThat(gateway.upstream().trust().rootsPem())
        .isEqualTo(new String(roots, StandardCharsets.US_ASCII).replaceAll("Test Root .*\n", ""));
    assertThat(gateway.upstream().addressRules().named()).hasSize(1);
    assertThat(gateway.upstream().hosts().of("a.example")).isPresent();
    assertThat(gateway.certificates()).isEqualTo(new Gateway.Certificates(7, Duration.ofDays(1)));
    assertThat(gateway.timeouts())
        .isEqualTo(
            new Gateway.Timeouts(
                Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(3)));
  }

  @Test
  void versionIsAHashOfAllFilesWhateverTheirOrder() {
    MapSource one = MapSource.of("a.yaml", ALLOW).with("b.yaml", "# nothing\n");
    MapSource other = MapSource.of("b.yaml", "# nothing\n").with("a.yaml", ALLOW);
    assertThat(load(one).version()).matches("[0-9a-f]{12}").isEqualTo(load(other).version());
    assertThat(load(one).policy().version()).isEqualTo(load(one).version());
    assertThat(load(one.with("b.yaml", "# other\n")).version()).isNotEqualTo(load(other).version());
    assertThat(load(MapSource.of("a.yaml", ALLOW).with("c.yaml", "# nothing\n")).version())
        .isNotEqualTo(load(other).version());
  }

  @Test
  void versionCoversTheFilesThatDocumentsName() {
    String list = HEAD.formatted("List") + "  {category: x, file: hosts.txt}\n";
    MapSource source = MapSource.of("a.yaml", ALLOW).with("l.yaml", list);
    Documents before = load(source.with("hosts.txt", "a.example\n"));
    Documents after = load(source.with("hosts.txt", "b.example\n"));
    assertThat(after.version()).isNotEqualTo(before.version());
    assertThat(after.files()).containsExactlyInAnyOrder("a.yaml", "l.yaml", "hosts.txt");
    assertThat(load(source.with("stranger.txt", "x")).version()).isEqualTo(after.version());
  }

  @Test
  void filesThatCannotBeReadAreErrors() {
    PolicySource source =
        new PolicySource() {
          @Override
          public List<String> documents() {
            return List.of("a.yaml", "b.yaml", "c.yaml");
          }

          @Override
          public byte[] read(String name, int atMost) throws IOException {
            return switch (name) {
              case "a.yaml" -> throw new AccessDeniedException(name);
              case "b.yaml" -> throw new IOException("Input/output error");
              default -> ALLOW.getBytes(StandardCharsets.UTF_8);
            };
          }
        };
    assertThat(issues(source))
        .extracting(issue -> issue.place() + ": " + issue.message())
        .containsExactly(
            "a.yaml: cannot be read: no permission", "b.yaml: cannot be read: Input/output error");
  }

  @Test
  void folderThatCannotBeReadIsAnError() {
    PolicySource source =
        new PolicySource() {
          @Override
          public List<String> documents() throws IOException {
            throw new AccessDeniedException("x");
          }

          @Override
          public byte[] read(String name, int atMost) {
            throw new AssertionError("nothing to read");
          }
        };
    assertThat(issues(source))
        .extracting(Issue::message)
        .containsExactly("cannot be read: no permission");
  }

  @Test
  void documentsAreAcceptedUpToTheirLimitOfSize() {
    String padded = ALLOW + "#".repeat(Folder.DOCUMENT_MAX - ALLOW.length());
    assertThat(issues(MapSource.of("a.yaml", padded))).isEmpty();
    assertThat(issues(MapSource.of("a.yaml", padded + "#")))
        .extracting(Issue::message)
        .containsExactly("is larger than 8MiB");
  }

  @Test
  void rulesAreAcceptedUpToTheirLimit() {
    StringBuilder rules = new StringBuilder(HEAD.formatted("Policy")).append("  rules:\n");
    for (int i = 0; i < RulesType.RULES_MAX; i++) {
      rules.append("  - {name: r").append(i).append(", when: host.port == ").append(i);
      rules.append(", then: block}\n");
    }
    assertThat(issues(MapSource.of("a.yaml", rules.toString()))).isEmpty();
    rules.append("  - {name: one-more, when: true, then: block}\n");
    assertThat(issues(MapSource.of("a.yaml", rules.toString())))
        .extracting(Issue::message)
        .containsExactly("expected at most 10000 rules, found more");
  }

  @Test
  void folderMayHoldDocumentsUpToItsLimit() {
    MapSource source = MapSource.of("a.yaml", ALLOW);
    for (int i = 1; i < Folder.DOCUMENTS_MAX; i++) {
      source.with("b" + i + ".yaml", "");
    }
    assertThat(issues(source)).isEmpty();
    assertThat(issues(source.with("c.yaml", "")))
        .extracting(Issue::message)
        .contains("expected at most 1000 documents, found more");
  }

  @Test
  void reasonsAndHeaderValuesAreBounded() {
    String text =
        HEAD.formatted("Policy")
            + "  rules: [{name: a, when: true, then: [{block: {reason: %s}},"
            + " {set-request-headers: {X-A: %s}}]}]\n";
    assertThat(issues(MapSource.of("a.yaml", text.formatted("r".repeat(500), "v".repeat(4096)))))
        .isEmpty();
    assertThat(issues(MapSource.of("a.yaml", text.formatted("r".repeat(501), "v".repeat(4097)))))
        .hasSize(2);
  }

  @Test
  void exceptionSaysHowManyErrorsThereAre() {
    assertThatThrownBy(() -> LOADER.load(MapSource.of("a.yaml", "kind: x\n")))
        .isInstanceOf(PolicyException.class)
        .hasMessageContaining("errors; the policy was not loaded");
  }

  @Test
  void largeListIsLoadedAndFound() {
    StringBuilder hosts = new StringBuilder();
    for (int i = 0; i < 100_000; i++) {
      hosts.append("0.0.0.0 host").append(i).append(".example\n");
    }
    String list = HEAD.formatted("List") + "  {category: ads, file: hosts.txt}\n";
    String policy =
        HEAD.formatted("Policy")
            + "  rules: [{name: ads, when: host.category == 'ads', then: block}]\n";
    Documents documents =
        load(
            MapSource.of("a.yaml", policy)
                .with("l.yaml", list)
                .with("hosts.txt", hosts.toString()));
    Outcome outcome =
        documents
            .policy()
            .onRequest(Facts.of(new Facts.Connect("192.0.2.1", "host99999.example", 443)));
    assertThat(((Outcome.Decided) outcome).decision().rule()).map(Rule::name).hasValue("ads");
  }
}
