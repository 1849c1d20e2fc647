package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A name server that takes questions and gives no answer.
@ExtendWith(Failures.class)
class NameServerTest {
  private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.153");

  @TempDir private Path folder;
  @AutoClose private GatewayProcess gateway;
  @AutoClose private DatagramSocket silent;

  @BeforeEach
  void start() throws IOException {
    try {
      silent = new DatagramSocket(new InetSocketAddress(ADDRESS, 53));
      silent.setSoTimeout(10_000);
    } catch (SocketException e) {
      Assumptions.abort("this user may not listen on port 53: " + e.getMessage());
    }
    var resolvers = folder.resolve("resolv.conf");
    Files.writeString(resolvers, "nameserver " + ADDRESS.getHostAddress() + "\n");
    gateway =
        GatewayProcess.in(
            folder,
            "- {name: all, when: true, then: allow}",
            MountNamespace.replacing(Path.of("/etc/resolv.conf"), resolvers));
    gateway.document("gateway.yaml", Lab.GATEWAY + "  timeouts: {dns: 1s}\n");
    gateway.up();
  }

  @Test
  void isGivenUpAfterTheTimeoutThatThePolicySets() throws IOException {
    var answer = KeptConnection.connect(gateway.proxy(), "slow.example:443");
    assertThat(answer.status()).isEqualTo(502);
    assertThat(answer.body()).contains("name-not-resolved", "gave no answer for slow.example");
    var question = new DatagramPacket(new byte[512], 512);
    silent.receive(question);
    assertThat(new String(question.getData(), StandardCharsets.ISO_8859_1)).contains("slow");
    GatewayProcess.await("the event")
        .until(() ->
            gateway.events().stream()
                .anyMatch(event ->
                    event.get("host").getAsString().equals("slow.example")
                        && event.get("reason").getAsString().equals("name-not-resolved")));
  }
}
