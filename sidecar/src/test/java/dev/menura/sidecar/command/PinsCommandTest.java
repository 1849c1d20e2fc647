package dev.menura.sidecar.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.event.GatewayEvent.Common;
import dev.menura.extproc.event.GatewayEvent.Evidence;
import dev.menura.extproc.event.GatewayEvent.ProposalEvent;
import dev.menura.extproc.exchange.OwnSite;
import dev.menura.sidecar.admin.AdminServer;
import dev.menura.sidecar.events.EventLines;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PinsCommandTest {
  private static final Instant TIME = Instant.parse("2026-11-23T09:00:00Z");

  @TempDir private Path data;
  private final StringWriter out = new StringWriter();

  @Test
  void listsTheHostsWithTheRuleForEach() throws Exception {
    try (var _ = gateway(List.of(proposal()))) {
      assertThat(pins()).isZero();
    }
    assertThat(out.toString())
        .containsPattern("api\\.test +propose +3 +7 +2026-11-23T09:01")
        .contains(
            """
            # in front of the rule rest
            # these rules then see nothing of it: ["cards"]
            - name: pinned-api-test
            """);
  }

  @Test
  void saysThatThereIsNone() throws Exception {
    try (var _ = gateway(List.of())) {
      assertThat(pins()).isZero();
    }
    assertThat(out.toString()).contains("No host is proposed");
  }

  @Test
  void printsWhatTheGatewayAnswersForPrograms() throws Exception {
    try (var _ = gateway(List.of(proposal()))) {
      assertThat(pins("--json")).isZero();
    }
    assertThat(out.toString()).isEqualTo(EventLines.array(List.of(proposal())));
  }

  @Test
  void failsWhereNoGatewayIsReady() {
    assertThat(pins()).isEqualTo(1);
    assertThat(out.toString()).contains("no gateway is ready in " + data);
  }

  private AdminServer gateway(List<ProposalEvent> proposals) throws IOException {
    var server =
        AdminServer.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            () -> "",
            Optional::empty,
            Optional::empty,
            () -> EventLines.array(proposals),
            OwnSite.NONE);
    Files.writeString(
        data.resolve("ready.json"),
        "{\"admin\": \"127.0.0.1:" + server.address().getPort() + "\"}");
    return server;
  }

  private int pins(String... more) {
    var line = MenuraCommand.line().setOut(new PrintWriter(out)).setErr(new PrintWriter(out, true));
    var arguments = new java.util.ArrayList<>(List.of("pins", "--data", data.toString()));
    arguments.addAll(List.of(more));
    return line.execute(arguments.toArray(String[]::new));
  }

  private static ProposalEvent proposal() {
    return new ProposalEvent(
        new Common(
            TIME,
            "c1",
            "10.0.0.7",
            "api.test",
            443,
            null,
            "0",
            "propose",
            null,
            null,
            "pinned-clients"),
        new Evidence(
            7,
            3,
            List.of("10.0.0.7"),
            Map.of("closed", 7),
            TIME,
            TIME.plusSeconds(60),
            null,
            List.of("cards"),
            "- name: pinned-api-test\n  when: host.name == 'api.test'\n  then: passthrough\n",
            "rest"));
  }
}
