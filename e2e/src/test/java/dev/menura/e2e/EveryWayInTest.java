package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import dev.menura.extproc.event.GatewayEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// One policy holds for clients of every kind and every protocol inside: the table of the two and
/// of the verdicts, each cell asked through the real Envoy. It is left in `target/ways-in.txt`.
@ExtendWith(Failures.class)
class EveryWayInTest {
  private static final Path CONFIGS = Path.of("../envoy-configs/policies/every-way-in");
  private static final Path TABLE = Path.of("target/ways-in.txt");
  private static final String PROXY = "proxy.example";
  private static final String HARMLESS = "lyrebird";

  /// Digits at the end could go on in the next message; these are known to have ended.
  private static final String CARD = "card 4111 1111 1111 1111, thanks";

  /// As gRPC numbers it.
  private static final String PERMISSION_DENIED = "7";

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Map<Wanted, Map<String, String>> SEEN = new EnumMap<>(Wanted.class);

  private static Lab lab;
  private static Origin origin;
  private static Path roots;
  private static Path redirectedFolder;
  private static String policy;
  private static @Nullable RedirectedCells redirected;

  /// What the policy says of a host.
  enum Wanted {
    ALLOW("allowed"),
    BLOCK("refused"),
    PASSTHROUGH("private"),
    INSPECT("inspected");

    private final String domain;

    Wanted(String domain) {
      this.domain = domain;
    }
  }

  record Cell(ClientKind client, InnerProtocol inner, Wanted wanted) {
    /// A host of the cell's own.
    String host(String about) {
      return about + "-" + client + "-" + inner + "." + wanted.domain + ".example";
    }

    @Override
    public String toString() {
      return client + " × " + inner + " × " + wanted;
    }
  }

  @BeforeAll
  static void start(@TempDir Path folder) throws IOException {
    var gateway =
        Files.readString(CONFIGS.resolve("gateway.yaml"))
                .replaceAll("0\\.0\\.0\\.0:\\d+", "127.0.0.1:0")
            + """
              upstream:
                trust: {system-roots: false, roots: [origin-root.pem]}
                allow-addresses: [127.0.0.0/8]
                hosts: {"*.example": 127.0.0.1}
            """;
    policy = Files.readString(CONFIGS.resolve("policy.yaml"));
    redirectedFolder = Files.createDirectory(folder.resolve("redirected"));
    lab = Lab.startWith(folder, gateway, policy);
    origin = Origin.tls(folder, lab.root.leaf(names()));
    roots = folder.resolve("both.pem");
    Files.writeString(roots, Files.readString(lab.ca()) + Files.readString(lab.originRoot()));
  }

  @AfterAll
  static void stop() throws IOException {
    var table = new StringBuilder();
    SEEN.forEach((wanted, rows) -> {
      table.append(wanted).append('\n');
      rows.forEach((cell, seen) -> table.append("  %-22s %s%n".formatted(cell, seen)));
    });
    Files.writeString(TABLE, table);
    if (redirected != null) {
      redirected.close();
    }
    origin.close();
    lab.close();
  }

  private static String[] names() {
    return Stream.of(Wanted.values())
        .map(wanted -> "*." + wanted.domain + ".example")
        .toArray(String[]::new);
  }

  /// Where network namespaces cannot be made, the cells that need them are skipped.
  private static RedirectedCells redirected() {
    var scene = redirected;
    if (scene == null) {
      scene = new RedirectedCells(redirectedFolder, policy, names());
      redirected = scene;
    }
    return scene;
  }

  static Stream<Cell> all() {
    return Stream.of(ClientKind.values())
        .flatMap(client ->
            Stream.of(InnerProtocol.values())
                .flatMap(inner ->
                    Stream.of(Wanted.values()).map(wanted -> new Cell(client, inner, wanted))));
  }

  /// Every pairing of client and protocol once, with the verdicts by turns.
  static Stream<Cell> some() {
    var clients = List.of(ClientKind.values());
    var inners = List.of(InnerProtocol.values());
    return all()
        .filter(cell ->
            List.of(Wanted.values()).indexOf(cell.wanted())
                == (clients.indexOf(cell.client()) + inners.indexOf(cell.inner()))
                    % Wanted.values().length);
  }

  @ParameterizedTest
  @MethodSource("some")
  void thePolicyHolds(Cell cell) {
    check(cell);
  }

  @Tag("long")
  @ParameterizedTest
  @MethodSource("all")
  void thePolicyHoldsInEveryCell(Cell cell) {
    check(cell);
  }

  private static void check(Cell cell) {
    var seen =
        switch (cell.wanted()) {
          case ALLOW -> passes(cell, "plain", "Menura CA", "allow", "everything-else");
          case PASSTHROUGH ->
              passes(cell, "plain", "Menura test origins", "passthrough", "private");
          case BLOCK -> isRefused(cell, "plain", HARMLESS, "refused");
          case INSPECT -> isInspected(cell);
        };
    SEEN.computeIfAbsent(cell.wanted(), _ -> new TreeMap<>())
        .put(cell.client() + " × " + cell.inner(), seen);
  }

  private static String isInspected(Cell cell) {
    var clean = passes(cell, "clean", "Menura CA", "allow", "everything-else");
    var rule = cell.inner() == InnerProtocol.SERVER_SENT_EVENTS ? "cards-in" : "cards-out";
    return clean + "; with a card: " + isRefused(cell, "card", CARD, rule);
  }

  private static String passes(
      Cell cell, String about, String issuer, String verdict, String rule) {
    var host = cell.host(about);
    var answer = ask(cell, host, HARMLESS);
    assertThat(answer.has("error")).as(answer.toString()).isFalse();
    assertThat(answer.get("issuer").getAsString()).contains(issuer);
    assertThat(text(answer, "body")).isEqualTo(cell.inner().answer(HARMLESS));
    if (cell.inner().isGrpc()) {
      assertThat(text(answer, "grpc-status")).isEqualTo("0");
    }
    if (cell.inner().isWebSocket()) {
      // The origin closes its connection right behind its own close frame; what is inspected may
      // not be back by then.
      assertThat(answer.get("close").getAsInt())
          .isIn(cell.wanted() == Wanted.INSPECT ? Set.of(1000, 1006) : Set.of(1000));
    }
    return awaitEvent(cell, host, verdict, rule);
  }

  private static String isRefused(Cell cell, String about, String text, String rule) {
    var host = cell.host(about);
    var answer = ask(cell, host, text);
    assertThat(text(answer, "body")).doesNotContain(cell.inner().answer(text));
    if (cell.inner().isGrpc()) {
      assertThat(text(answer, "grpc-status")).as(answer.toString()).isEqualTo(PERMISSION_DENIED);
      assertThat(text(answer, "grpc-message")).startsWith("Blocked");
    } else if (cell.inner().isWebSocket() && cell.wanted() == Wanted.INSPECT) {
      assertThat(answer.has("error")).as("the socket ended: " + answer).isTrue();
    } else if (!(rule.equals("cards-in") && answer.has("error"))) {
      // A head that came before its body may be gone where no more than a window is held: the
      // answer then ends in an error.
      assertThat(answer.toString()).as("what the client is told").contains("403");
    }
    return awaitEvent(cell, host, "block", rule);
  }

  private static String text(JsonObject answer, String key) {
    return answer.has(key) ? answer.get(key).getAsString() : "";
  }

  private static JsonObject ask(Cell cell, String host, String text) {
    var command = new ArrayList<>(command(cell, host));
    command.addAll(List.of("-inner", cell.inner().toString(), "-text", text));
    try (var client = new JsonLines(command)) {
      return client.await("answer");
    }
  }

  private static List<String> command(Cell cell, String host) {
    if (cell.client() == ClientKind.TRANSPARENT) {
      return redirected().command(host);
    }
    var command = new ArrayList<>(cell.client().command(lab, PROXY));
    command.addAll(List.of("-cacert", roots.toString(), "-url", origin.url(host, "")));
    return command;
  }

  private static String awaitEventInFile(String host, String verdict, String rule) {
    redirected()
        .awaitEvent(event ->
            event.get("host").getAsString().equals(host)
                && event.get("verdict").getAsString().equals(verdict)
                && (event.has("rule") ? event.get("rule") : event.get("reason"))
                    .getAsString()
                    .equals(rule));
    return verdict + " by " + rule;
  }

  /// @param rule the rule that decided, or the reason where it was none
  private static String awaitEvent(Cell cell, String host, String verdict, String rule) {
    if (cell.client() == ClientKind.TRANSPARENT) {
      return awaitEventInFile(host, verdict, rule);
    }
    Awaitility.await("the event of " + host)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() ->
            assertThat(lab.events)
                .extracting(GatewayEvent::common)
                .filteredOn(event -> event.host().equals(host))
                .anySatisfy(event -> {
                  assertThat(event.verdict()).isEqualTo(verdict);
                  assertThat(decidedBy(event)).isEqualTo(rule);
                }));
    return verdict + " by " + rule;
  }

  private static @Nullable String decidedBy(GatewayEvent.Common event) {
    return event.rule() == null ? event.reason() : event.rule();
  }
}
