package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Where the authority's key is while a whole gateway works, and where it is not.
@ExtendWith(Failures.class)
class AuthorityKeyTest {
  private static final String RULES =
      """
      - {name: no-bets, when: "host.name == 'bets.test'", then: block}
      - {name: old, when: "host.name == 'old.test'", then: distrust}
      - {name: cards, when: "request.body.count('credit-card') >= 1", then: block}
      - {name: all, when: true, then: allow}
      """;
  @TempDir private Path folder;

  @Test
  void k6NothingThatTheGatewayWritesOrAnswersHoldsTheKey() throws Exception {
    try (var gateway = GatewayProcess.in(folder, RULES).up()) {
      work(gateway);

      var clean = scan(gateway, 0);
      assertThat(clean.get("keys").getAsInt()).isEqualTo(1);
      assertThat(clean.get("found").getAsJsonArray()).isEmpty();
      assertThat(clean.get("looked-at").getAsInt()).isGreaterThan(15);

      Path key = keyFile(gateway.inData("ca"));
      Files.writeString(gateway.inData("envoy.log"), Files.readString(key));
      assertThat(scan(gateway, 1).get("found").toString()).contains("envoy.log");
    }
  }

  @Test
  void theKeyStaysInTheTokenWhileTheGatewayWorks() throws Exception {
    try (var token = new TestToken(folder)) {
      staysIn(token);
    }
  }

  private void staysIn(TestToken token) throws Exception {
    var prepared = GatewayProcess.in(folder, RULES);
    prepared.document("gateway.yaml", Lab.GATEWAY + token.asKey(TestToken.module()));
    try (var gateway = prepared.up()) {
      work(gateway);

      try (Stream<Path> files = Files.list(gateway.inData("ca"))) {
        assertThat(files).noneMatch(file -> file.getFileName().toString().contains("key"));
      }
      assertThat(scan(gateway, 0).get("keys").getAsInt()).isZero();
    }
  }

  @Test
  void theKeyForUsersStaysInTheTokenWhileTheyArePresentedToAnOrigin() throws Exception {
    try (var token = new TestToken(folder)) {
      presentsUsers(token);
    }
  }

  private void presentsUsers(TestToken token) throws Exception {
    var prepared =
        GatewayProcess.in(
            folder,
            "- {name: all, when: true, then: [{present-client-certificate: {mimic: true}}, allow]}");
    prepared.document("users.htpasswd", ClientIdentityTest.line("ann", "anns"));
    prepared.document(
        "gateway.yaml",
        Lab.GATEWAY
            + token.asKey(TestToken.module())
            + "  clients: {basic: {file: users.htpasswd, realm: Test proxy}}\n");
    try (var gateway = prepared.up()) {
      var authority = gateway.inData("ca-clients");
      var leaf = gateway.root.leaf("crm.test");
      var roots = authority.resolve("ca.pem").toString();
      try (var origin = Origin.tls(folder, leaf, "-client-roots", roots)) {
        var url = origin.url("crm.test", "/");
        assertThat(status(gateway, url, "--proxy-user", "ann:anns")).isEqualTo(200);
        assertThat(origin.await("request").get("client").getAsString()).isEqualTo("CN=ann");
      }
      try (Stream<Path> files = Files.list(authority)) {
        assertThat(files).containsExactly(authority.resolve("ca.pem"));
      }
    }
  }

  /// Mimics, a block page, a distrusted mimic and a blocked upload.
  private void work(GatewayProcess gateway) {
    try (var shop = Origin.tls(folder, gateway.root.leaf("shop.test"));
        var old = Origin.tls(folder, gateway.root.leaf(FlawedOriginTest.expired("old.test")))) {
      assertThat(status(gateway, shop.url("shop.test", "/"))).isEqualTo(200);
      assertThat(status(gateway, shop.url("bets.test", "/"))).isEqualTo(403);
      assertThat(status(gateway, old.url("old.test", "/"), "--insecure")).isEqualTo(200);
      assertThat(status(gateway, shop.url("shop.test", "/"), "-d", "4111 1111 1111 1111"))
          .isEqualTo(403);
    }
  }

  private static int status(GatewayProcess gateway, String url, String... more) {
    var arguments =
        new ArrayList<>(
            List.of("-x", "http://" + gateway.proxy(), "--cacert", gateway.ca().toString()));
    arguments.addAll(List.of(more));
    return Curl.run(url, arguments).status();
  }

  private JsonObject scan(GatewayProcess gateway, int exitCode) {
    try (var scan =
        Program.menura(
            folder,
            "ca",
            "scan",
            "--json",
            "--policy",
            folder.resolve("policy").toString(),
            "--data",
            gateway.inData("").toString())) {
      assertThat(scan.awaitEnd()).as(scan.said()).isEqualTo(exitCode);
      return JsonParser.parseString(scan.said()).getAsJsonObject();
    }
  }

  private static Path keyFile(Path authority) throws IOException {
    try (Stream<Path> files = Files.walk(authority)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("ca-key"))
          .findFirst()
          .orElseThrow();
    }
  }
}
