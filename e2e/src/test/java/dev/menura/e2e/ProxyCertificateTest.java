package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.menura.policy.Listen.Way;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The certificate that the proxy itself presents.
@ExtendWith(Failures.class)
class ProxyCertificateTest {
  private static final String GATEWAY =
      Lab.listening("one.example", Way.EXPLICIT_TLS, Way.EXPLICIT_H3);

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(names = {"HTTP1_TLS", "HTTP3"})
  void isReplacedWithNoListenerChanged(ClientKind client) throws IOException {
    var rules = Lab.policy("- {name: all, when: true, then: allow}\n");
    try (var lab = Lab.startWith(folder, GATEWAY, rules);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      assertThat(ask(client, lab, origin, "one.example").has("error")).isFalse();
      assertThat(ask(client, lab, origin, "two.example").get("error").getAsString())
          .contains("one.example");

      lab.sidecar().certificates().own().issueForProxy(List.of("two.example"));
      Awaitility.await("the other certificate")
          .atMost(Duration.ofSeconds(30))
          .until(() -> !ask(client, lab, origin, "two.example").has("error"));
      assertThat(lab.admin().get("/stats?filter=listener_manager.listener_(modified|added)"))
          .contains("listener_added: 5", "listener_modified: 0");
    }
  }

  private static JsonObject ask(ClientKind client, Lab lab, Origin origin, String proxyName)
      throws IOException {
    var roots = lab.data.resolve("both.pem");
    Files.writeString(roots, Files.readString(lab.ca()) + Files.readString(lab.originRoot()));
    var command = new ArrayList<>(client.command(lab, proxyName));
    command.addAll(List.of("-cacert", roots.toString(), "-url", origin.url("shop.test", "")));
    try (var process = new JsonLines(command)) {
      return process.await("answer");
    }
  }
}
