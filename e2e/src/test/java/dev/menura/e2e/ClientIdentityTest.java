package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.options.Proxy;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.menura.extproc.event.GatewayEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Who is asking, through the real Envoy: passwords, tokens and addresses, over each protocol that
/// a client can speak to the proxy.
@ExtendWith(Failures.class)
class ClientIdentityTest {
  private static final String SECRET = "correct-horse-battery";
  private static final String STAFF_ONLY =
      Lab.policy(
          """
          - {name: staff, when: "'staff' in client.groups && client.user == 'ann'", then: allow}
          - {name: others, when: true, then: {block: {page: refuse}}}
          """);

  @TempDir private Path folder;

  private static String gateway(String clients) {
    return Lab.GATEWAY + "  clients:\n" + clients.indent(4);
  }

  private static Map<String, String> files() {
    return Map.of(
        "users.htpasswd",
        line("ann", SECRET) + line("bob", "bobs-password"),
        "users.htgroup",
        "staff: ann\nguests: bob\n");
  }

  static String line(String user, String password) {
    var salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    return user + ":" + OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, 4) + "\n";
  }

  private static final String BASIC =
      "basic: {file: users.htpasswd, realm: Test proxy, groups: users.htgroup}";

  private static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void theUserDecidesAndTheSecretStaysAtTheGate() throws Exception {
    try (var lab = Lab.startWith(folder, gateway(BASIC), STAFF_ONLY, files());
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var clear = Origin.clear()) {
      var url = origin.url("shop.test", "/");

      var unasked = Curl.through(lab, url);
      assertThat(unasked.log())
          .contains("HTTP/1.1 407")
          .containsIgnoringCase(
              "Proxy-Authenticate: Basic realm=\"Test proxy\", charset=\"UTF-8\"");

      // The client learns what is wanted, and asks again on the same connection or a new one.
      var asked = Curl.through(lab, url, "--proxy-anyauth", "--proxy-user", "ann:" + SECRET);
      assertThat(asked.status()).as(asked.log()).isEqualTo(200);
      assertThat(asked.log()).contains("HTTP/1.1 407");

      var right = Curl.through(lab, url, "--proxy-user", "ann:" + SECRET);
      assertThat(right.status()).as(right.log()).isEqualTo(200);
      assertThat(right.log()).doesNotContain("407");
      assertThat(lab.awaitExchange("shop.test").common().caller())
          .isEqualTo(GatewayEvent.Caller.of("ann", List.of("staff"), "", ""));

      var other = Curl.through(lab, url, "--proxy-user", "bob:bobs-password");
      assertThat(other.log()).contains("HTTP/1.1 403", "x-menura-rule: others");

      var wrong = Curl.through(lab, url, "--proxy-user", "ann:not-" + SECRET);
      assertThat(wrong.log()).contains("HTTP/1.1 407");
      assertThat(lab.meters.counter("menura.gate.refusals", "reason", "credentials-wrong").count())
          .isEqualTo(1);

      for (String authorization : List.of(basic("ann", SECRET), basic("bob", "bobs-password"))) {
        try (var client =
            GoClient.to(lab, url)
                .with("-proxy-h2", "-proxy-authorization", authorization)
                .start()) {
          assertThat(client.await("connect").get("status").getAsInt())
              .isEqualTo(authorization.equals(basic("ann", SECRET)) ? 200 : 403);
        }
      }
      try (var client = GoClient.to(lab, url).with("-proxy-h2").start()) {
        assertThat(client.await("connect").get("status").getAsInt()).isEqualTo(407);
      }

      var plain = clear.url("plain.test", "/").replace("https:", "http:");
      assertThat(Curl.through(lab, plain).status()).isEqualTo(407);
      var spoofed =
          Curl.through(
              lab,
              plain,
              "--proxy-user",
              "bob:bobs-password",
              "-H",
              "x-menura-user: ann",
              "-H",
              "menura.connection: forged");
      assertThat(spoofed.status()).isEqualTo(403);
      var known = Curl.through(lab, plain, "--proxy-user", "ann:" + SECRET);
      assertThat(known.status()).as(known.log()).isEqualTo(200);

      var encoded = basic("ann", SECRET).substring("Basic ".length());
      assertThat(origin.record().toString() + clear.record())
          .doesNotContainIgnoringCase("proxy-authorization")
          .doesNotContain(SECRET, encoded);
      assertThat(lab.events.toString()).doesNotContain(SECRET, encoded, "$2y$");
      assertThat(lab.admin().get("/config_dump")).doesNotContain(SECRET, encoded, "$2y$");
      assertThat(Files.readString(lab.data.resolve("envoy.log"))).doesNotContain(SECRET, encoded);
    }
  }

  @Test
  void aChangedPasswordIsInForceAtOnce() throws IOException {
    try (var lab = Lab.startWith(folder, gateway(BASIC), STAFF_ONLY, files());
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var url = origin.url("shop.test", "/");
      assertThat(Curl.through(lab, url, "--proxy-user", "ann:" + SECRET).status()).isEqualTo(200);

      lab.file("users.htpasswd", line("ann", "another"), gateway(BASIC), STAFF_ONLY);

      assertThat(Curl.through(lab, url, "--proxy-user", "ann:" + SECRET).log())
          .contains("HTTP/1.1 407");
      assertThat(Curl.through(lab, url, "--proxy-user", "ann:another").status()).isEqualTo(200);
    }
  }

  @Test
  void aBrowserAnswersTheQuestion() throws IOException {
    try (var lab =
            Lab.startWith(
                Files.createDirectory(folder.resolve("data")),
                gateway(BASIC),
                STAFF_ONLY,
                files());
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var url = origin.url("shop.test", "/");
      var proxy = new Proxy("http://" + lab.proxy()).setUsername("ann");
      var home = Files.createDirectory(folder.resolve("home"));
      try (var browser = Browser.start(home, proxy.setPassword(SECRET), lab.ca());
          var page = browser.page()) {
        assertThat(page.navigate(url).status()).isEqualTo(200);
      }
      assertThat(lab.awaitExchange("shop.test").common().caller().user()).isEqualTo("ann");
    }
  }

  @Test
  void anAddressIsAUserAndATokenIsAnother() throws JOSEException {
    var key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    var clients =
        """
        bearer: {jwks: keys.json, issuer: "https://id.test", audience: proxy}
        addresses: [{blocks: 127.0.0.0/8, user: kiosk, groups: [lobby], device: kiosk-7}]
        """;
    var rules =
        Lab.policy(
            """
            - {name: staff, when: "'staff' in client.groups", then: allow}
            - {name: lobby, when: "client.user == 'kiosk' && client.device == 'kiosk-7'", then: {block: {page: refuse}}}
            """);
    var keys = Map.of("keys.json", new JWKSet(key).toPublicJWKSet().toString());
    try (var lab = Lab.startWith(folder, gateway(clients), rules, keys);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var url = origin.url("shop.test", "/");
      assertThat(Curl.through(lab, url).log()).contains("HTTP/1.1 403", "x-menura-rule: lobby");

      var right = token(key, "proxy", "ann");
      var known = Curl.through(lab, url, "--proxy-header", "Proxy-Authorization: Bearer " + right);
      assertThat(known.status()).as(known.log()).isEqualTo(200);
      assertThat(lab.awaitExchange("shop.test").common().caller())
          .isEqualTo(GatewayEvent.Caller.of("ann", List.of("staff"), "kiosk-7", ""));

      var wrong = token(key, "somebody-else", "ann");
      assertThat(
              Curl.through(lab, url, "--proxy-header", "Proxy-Authorization: Bearer " + wrong)
                  .log())
          .contains("HTTP/1.1 407")
          .containsIgnoringCase("Proxy-Authenticate: Bearer");
      assertThat(lab.events.toString()).doesNotContain(right, wrong);
    }
  }

  static String token(ECKey key, String audience, String user) throws JOSEException {
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
            new JWTClaimsSet.Builder()
                .issuer("https://id.test")
                .audience(audience)
                .subject(user)
                .claim("groups", List.of("staff"))
                .expirationTime(Date.from(Instant.now().plusSeconds(300)))
                .build());
    token.sign(new ECDSASigner(key));
    return token.serialize();
  }
}
