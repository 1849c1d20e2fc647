package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Two users of different groups on one gateway get different verdicts, whichever way they come in:
/// through the proxy with their passwords, or redirected, by their addresses.
@ExtendWith(Failures.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoUsersTest {
  private static final String CLIENTS =
      """
      clients:
        basic: {file: users.htpasswd, realm: Test proxy, groups: users.htgroup}
        addresses:
          - {blocks: 198.51.100.2, user: ann, groups: [staff]}
          - {blocks: "2001:db8:1::2", user: bob, groups: [guests]}
      """;
  private static final String RULES =
      """
      - {name: for-staff, when: "'staff' in client.groups", then: allow}
      - {name: not-for-guests, when: "'guests' in client.groups", then: block}
      """;

  @SuppressWarnings("NullAway.Init") // set before all tests
  private RedirectedGateway gateway;

  @SuppressWarnings("NullAway.Init")
  private Origin origin;

  @BeforeAll
  void open(@TempDir Path folder) {
    var users =
        Map.of(
            "users.htpasswd",
            ClientIdentityTest.line("ann", "anns") + ClientIdentityTest.line("bob", "bobs"),
            "users.htgroup",
            "staff: ann\nguests: bob\n");
    gateway = new RedirectedGateway(folder, RULES, CLIENTS, users);
    var machine = gateway.network.origins;
    origin = Origin.on(machine, "origin", folder, gateway.root().leaf("shop.test"), "[::]:443");
    gateway.redirected("--mode", "gateway", "--interface", "inside", "--apply");
  }

  @AfterAll
  void close() {
    if (origin != null) {
      origin.close();
    }
    if (gateway != null) {
      gateway.close();
    }
  }

  /// Over HTTP/1.1 and HTTP/2 between the client and the proxy.
  @ParameterizedTest
  @ValueSource(strings = {"h1", "h2"})
  void byTheirPasswords(String way) {
    var allowed = ask(way, "ann", "anns");
    assertThat(allowed.toString()).contains("lyrebird").doesNotContain("error");
    decided("for-staff", "allow", "ann");
    var refused = ask(way, "bob", "bobs");
    assertThat(refused.toString()).contains("403").doesNotContain("lyrebird");
    decided("not-for-guests", "block", "bob");
    assertThat(ask(way, "bob", "anns").toString()).contains("407");
  }

  @Test
  void byTheirAddresses() {
    var allowed = gateway.curl("https://shop.test/by-address", Network.ORIGIN);
    assertThat(allowed.status()).as(allowed.log()).isEqualTo(200);
    decided("for-staff", "allow", "ann");
    var refused = gateway.curl("https://shop.test/by-address", Network.ORIGIN_6);
    assertThat(refused.status()).as(refused.log()).isEqualTo(403);
    assertThat(refused.body()).contains("not-for-guests");
    decided("not-for-guests", "block", "bob");
  }

  private void decided(String rule, String verdict, String user) {
    gateway.awaitEvent(event ->
        text(event, "rule").equals(rule)
            && text(event, "verdict").equals(verdict)
            && text(event, "user").equals(user));
  }

  private static String text(JsonObject event, String key) {
    return event.has(key) ? event.get(key).getAsString() : "";
  }

  /// On the gateway's own machine, whose address is nobody's.
  private JsonObject ask(String way, String user, String password) {
    var secret = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    var command = new ArrayList<>(gateway.network.gateway.prefix());
    command.addAll(
        List.of(
            GoTools.program().toString(),
            "ask",
            "-way",
            way,
            "-proxy",
            gateway.process.proxy(),
            "-proxy-authorization",
            "Basic " + Base64.getEncoder().encodeToString(secret),
            "-cacert",
            gateway.ca().toString(),
            "-inner",
            "h2",
            "-url",
            "https://shop.test:443"));
    try (var client = new JsonLines(command)) {
      return client.await("answer");
    }
  }
}
