package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.menura.certificates.x509.Pem;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Users who are known by a token, or by the address that they come from, are presented to an
/// origin by certificates of their own, each over connections of their own. [MimickedClientTest]
/// has those who are known by a password or a certificate.
@ExtendWith(Failures.class)
class MimickedUsersTest {
  private static final String GATEWAY =
      Lab.GATEWAY
          + """
            clients:
              bearer: {jwks: keys.json, issuer: "https://id.test", audience: proxy}
              addresses:
                - {blocks: 127.0.0.2, user: till-2}
                - {blocks: 127.0.0.3, user: till-3}
          """;
  private static final String RULES =
      Lab.policy(
          """
          - name: each-by-name
            when: true
            then: [{present-client-certificate: {mimic: true}}, allow]
          """);

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private static ECKey key;

  @SuppressWarnings("NullAway.Init")
  private static Lab lab;

  @SuppressWarnings("NullAway.Init")
  private static Origin origin;

  @BeforeAll
  static void start() throws JOSEException {
    key = new ECKeyGenerator(Curve.P_256).keyID("k1").generate();
    var keys = Map.of("keys.json", new JWKSet(key).toPublicJWKSet().toString());
    lab = Lab.startWith(folder, GATEWAY, RULES, keys);
    var roots = Pem.certificates(lab.sidecar().certificates().own().clientAuthorities());
    origin =
        Origin.tls(folder, lab.root.leaf("crm.test"), "-client-roots", Origin.file(folder, roots));
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  private static String[] byToken(String user, String from) throws JOSEException {
    var token = ClientIdentityTest.token(key, "proxy", user);
    return new String[] {
      "--proxy-header", "Proxy-Authorization: Bearer " + token, "--interface", from
    };
  }

  private static String[] byAddress(String from) {
    return new String[] {"--interface", from};
  }

  @Test
  void eachIsSeenByTheirOwnNameOverConnectionsOfTheirOwn() throws JOSEException {
    Map<String, String[]> users =
        Map.of(
            "ann", byToken("ann", "127.0.0.1"),
            "bob", byToken("bob", "127.0.0.1"),
            "till-2", byAddress("127.0.0.2"),
            "till-3", byAddress("127.0.0.3"),
            // What a user says counts for more than where they sit.
            "eve", byToken("eve", "127.0.0.2"));
    Map<String, CompletableFuture<Curl>> answers = new HashMap<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < 2; i++) {
        for (var user : users.entrySet()) {
          var path = "/" + user.getKey() + "/" + i;
          answers.put(
              path,
              CompletableFuture.supplyAsync(
                  () -> Curl.through(lab, origin.url("crm.test", path), user.getValue()), threads));
        }
      }
    }
    answers.forEach((path, answer) ->
        assertThat(answer.join().status()).as(path + answer.join().log()).isEqualTo(200));

    Map<String, Set<String>> connections = new HashMap<>();
    Map<String, Set<String>> certificates = new HashMap<>();
    for (String path : answers.keySet()) {
      var user = path.substring(1, path.lastIndexOf('/'));
      var request = origin.await("request", line -> line.get("path").getAsString().equals(path));
      assertThat(request.get("client").getAsString()).as(path).isEqualTo("CN=" + user);
      connections
          .computeIfAbsent(request.get("from").getAsString(), _ -> new HashSet<>())
          .add(user);
      certificates
          .computeIfAbsent(request.get("client-chain").getAsString(), _ -> new HashSet<>())
          .add(user);
    }
    assertThat(connections.values())
        .as("connections, by whose they are")
        .allMatch(u -> u.size() == 1);
    assertThat(certificates).hasSize(users.size());
    assertThat(certificates.values()).allMatch(u -> u.size() == 1);
    assertThat(lab.awaitConnection("crm.test").tls().presented()).isEqualTo("mimic");
  }

  @Test
  void whoIsNeitherIsAskedAndReachesNothing() {
    var answer = Curl.through(lab, origin.url("crm.test", "/nobody"), "--interface", "127.0.0.1");
    assertThat(answer.log()).contains("HTTP/1.1 407");
    assertThat(origin.record())
        .noneMatch(line -> line.has("path") && line.get("path").getAsString().equals("/nobody"));
  }
}
