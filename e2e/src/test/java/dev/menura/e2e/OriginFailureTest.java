package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Origins that are not reached, or say nothing: the client gets an answer within bounded time.
@ExtendWith(Failures.class)
@TestInstance(Lifecycle.PER_CLASS)
class OriginFailureTest {
  private static final String RULES =
      """
      - {name: bank, when: "host.name == 'bank.test'", then: passthrough}
      - {name: all, when: true, then: allow}
      """;
  private static final String IMPATIENT =
      Lab.GATEWAY + "  timeouts: {dns: 1s, connect: 1s, peek: 1s}\n";

  private Path folder;
  @AutoClose private Lab lab;

  @BeforeAll
  void start(@TempDir Path folder) {
    this.folder = folder;
    lab = Lab.startWith(folder, IMPATIENT, Lab.policy(RULES));
  }

  @Test
  void answers502ForAPortWhereNobodyListens() throws IOException {
    var answer = Curl.through(lab, "https://gone.test:" + closedPort() + "/");
    assertThat(answer.status()).as(answer.log()).isEqualTo(502);
    assertThat(answer.body()).contains("origin-refused", "gone.test");
    assertThat(lab.awaitConnection("gone.test").common().reason()).isEqualTo("origin-refused");
  }

  @Test
  void closesAPassedThroughConnectionToAPortWhereNobodyListens() throws IOException {
    var answer = Curl.through(lab, "https://bank.test:" + closedPort() + "/");
    assertThat(answer.status()).as(answer.log()).isZero();
    assertThat(answer.exit()).as("curl's exit code for a failed handshake").isEqualTo(35);
  }

  @Test
  void answers502ForPlainHttpToAPortWhereNobodyListens() throws IOException {
    var answer = Curl.through(lab, "http://gone.test:" + closedPort() + "/");
    assertThat(answer.status()).as(answer.log()).isEqualTo(502);
  }

  @Test
  void answers504ForAnAddressThatDropsPackets() throws IOException {
    try (var hole = new BlackHole()) {
      var answer = Curl.through(lab, "https://hole.test:" + hole.port() + "/");
      assertThat(answer.status()).as(answer.log()).isEqualTo(504);
      assertThat(answer.body()).contains("origin-timeout", "hole.test");
    }
  }

  @Test
  void answers504ForAnOriginThatSaysNothingInTheHandshake() throws IOException {
    try (var mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      var answer = Curl.through(lab, "https://mute.test:" + mute.getLocalPort() + "/");
      assertThat(answer.status()).as(answer.log()).isEqualTo(504);
      assertThat(answer.body()).contains("origin-timeout", "mute.test");
    }
  }

  @Test
  void answers502WhereAnOriginGoesAwayBetweenTwoRequests() {
    var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
    try (var kept = KeptConnection.open(lab.proxy(), "shop.test", origin.port(), lab.ca())) {
      assertThat(kept.get("/first").status()).isEqualTo(200);
      origin.close();
      assertThat(kept.get("/second").status()).isEqualTo(502);
    } finally {
      origin.close();
    }
  }

  @Test
  @Tag("long")
  void answers504WhereAnOriginIsSilentForFiveMinutes() {
    try (var origin = Origin.tls(folder, lab.root.leaf("shop.test"));
        var kept = KeptConnection.open(lab.proxy(), "shop.test", origin.port(), lab.ca())) {
      var answer = kept.patient(Duration.ofSeconds(330)).get("/silent");
      assertThat(answer.status()).isEqualTo(504);
      assertThat(answer.body()).contains("Reason <code>timeout</code>");
    }
  }

  private static int closedPort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /// A port whose queue of connections is full: Linux drops what else wants to connect
  /// (`listen(2)`).
  private static final class BlackHole implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 16;
    private final ServerSocket server;
    private final List<Socket> waiting = new ArrayList<>();

    BlackHole() throws IOException {
      server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      while (true) {
        var socket = new Socket();
        waiting.add(socket);
        try {
          socket.connect(server.getLocalSocketAddress(), 300);
        } catch (SocketTimeoutException e) {
          return;
        }
        assertThat(waiting).as("connections that were queued").hasSizeLessThan(CONNECTIONS_MAX);
      }
    }

    int port() {
      return server.getLocalPort();
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : waiting) {
        socket.close();
      }
      server.close();
    }
  }
}
