package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.policy.Listen.Way;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/// Clients that say who they are by the certificate of their TLS connection to the proxy, through
/// the real Envoy.
@ExtendWith(Failures.class)
class ClientCertificateTest {
  private static final String PROXY = "proxy.example";
  private static final String GATEWAY =
      Lab.listening(PROXY, Way.EXPLICIT, Way.EXPLICIT_TLS, Way.EXPLICIT_H3)
          + """
            clients:
              certificate: {roots: [clients.pem], groups: users.htgroup}
          """;
  private static final String RULES =
      Lab.policy(
          """
          - {name: staff, when: "client.user == 'ann' && 'staff' in client.groups && workload.service_account == 'cart'", then: allow}
          - {name: others, when: true, then: {block: {page: refuse}}}
          """);

  @TempDir private static Path folder;
  private static TestRoot clients;
  private static Lab lab;
  private static Origin origin;

  @BeforeAll
  static void start() {
    clients = TestRoot.create("Clients");
    lab = Lab.startWith(folder, GATEWAY, RULES, files(clients));
    origin = Origin.tls(folder, lab.root.leaf("shop.test"));
  }

  @AfterAll
  static void stop() {
    origin.close();
    lab.close();
  }

  private static Map<String, String> files(TestRoot root) {
    return Map.of("clients.pem", root.pem(), "users.htgroup", "staff: ann\n");
  }

  /// @return the file that it is in, with its key
  private static String certificate(TestRoot root, String user, String uri) throws IOException {
    var pair = HeldCertificate.of(root, "CN=" + user, uri);
    return Origin.file(folder, pair.chainPem() + pair.keyPem());
  }

  private static JsonObject ask(ClientKind kind, String... more) {
    var command = new ArrayList<>(kind.command(lab, PROXY));
    command.addAll(List.of("-cacert", lab.ca().toString(), "-url", origin.url("shop.test", "")));
    command.addAll(List.of(more));
    try (var client = new JsonLines(command)) {
      return client.await("answer");
    }
  }

  /// In TLS 1.3 the client has finished its handshake by then: it may hear of the failure by an
  /// alert, or find the connection closed.
  private static boolean handshakeFailed(JsonObject answer) {
    return answer.has("error")
        && !answer.get("error").getAsString().contains("CONNECT answered")
        && !answer.has("status");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"HTTP1", "HTTP2", "TRANSPARENT"})
  void theCertificateDecides(ClientKind kind) throws IOException {
    lab.events.clear();
    var ann = ask(kind, "-proxy-cert", certificate(clients, "ann", HeldCertificate.SPIFFE));
    assertThat(ann.has("error")).as("%s", ann).isFalse();
    assertThat(ann.get("status").getAsInt()).as("%s", ann).isEqualTo(200);
    assertThat(lab.awaitExchange("shop.test").common().caller())
        .isEqualTo(GatewayEvent.Caller.of("ann", List.of("staff"), "", HeldCertificate.SPIFFE));

    var bob = ask(kind, "-proxy-cert", certificate(clients, "bob", ""));
    assertThat(bob.toString()).contains("403");
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"HTTP1", "HTTP2", "TRANSPARENT"})
  void aCertificateOfAnotherAuthorityEndsTheHandshake(ClientKind kind) throws IOException {
    var stranger = TestRoot.create("Strangers");
    var answer = ask(kind, "-proxy-cert", certificate(stranger, "ann", HeldCertificate.SPIFFE));
    assertThat(handshakeFailed(answer)).as("%s", answer).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      mode = Mode.EXCLUDE,
      names = {"HTTP1", "HTTP2", "TRANSPARENT"})
  void aClientWithoutOneIsRefused(ClientKind kind) {
    assertThat(ask(kind).get("error").getAsString()).contains("CONNECT answered 403");
  }

  @Test
  void changedRootsAreInForceAtOnceWithTheListenerAsItIs() throws IOException {
    var later = TestRoot.create("Later clients");
    var listeners = lab.admin().get("/stats?filter=listener_manager.listener_(create|modified)");
    lab.file("clients.pem", later.pem(), GATEWAY, RULES);
    try {
      var ann = certificate(later, "ann", HeldCertificate.SPIFFE);
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(ask(ClientKind.HTTP2_TLS, "-proxy-cert", ann).has("error")).isFalse());
      var former = certificate(clients, "ann", HeldCertificate.SPIFFE);
      assertThat(handshakeFailed(ask(ClientKind.HTTP2_TLS, "-proxy-cert", former))).isTrue();
      assertThat(lab.admin().get("/stats?filter=listener_manager.listener_(create|modified)"))
          .isEqualTo(listeners);
    } finally {
      lab.file("clients.pem", clients.pem(), GATEWAY, RULES);
    }
  }
}
