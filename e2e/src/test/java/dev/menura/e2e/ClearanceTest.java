package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.e2e.GeneratedCondition.Exchange;
import dev.menura.extproc.event.GatewayEvent.ExchangeEvent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Whether a rule is decided by the gate, inside Envoy or by the exchange: the verdict is the same,
/// the one that the rules' text means, and so is the event. Policies and requests are made up;
/// every verdict is read from what the real Envoy answers.
@ExtendWith(Failures.class)
class ClearanceTest {
  private static final int REQUESTS = 20;

  @TempDir private Path folder;

  /// A rule with a meaning.
  ///
  /// @param blocksOnError whether the rule blocks where its condition has no value
  record Made(
      String name,
      GeneratedCondition when,
      boolean allows,
      boolean observed,
      boolean blocksOnError) {
    String yaml() {
      return "- name: "
          + name
          + "\n  when: \""
          + when.text()
          + "\"\n  then: "
          + (allows ? "allow" : "block")
          + (observed ? "\n  mode: observe" : "")
          + "\n  on-error: "
          + (blocksOnError ? "block" : "allow");
    }

    /// Whether the rule decides, and if so, whether the request may go.
    Optional<Boolean> decides(Exchange exchange) {
      if (observed) {
        return Optional.empty();
      }
      var value = when.meaning().of(exchange);
      return value.isEmpty()
          ? Optional.of(false).filter(_ -> blocksOnError)
          : Optional.of(allows).filter(_ -> value.get());
    }
  }

  @Test
  void everyPlaceDecidesTheSame() {
    play(1_000, 12);
  }

  @Test
  @Tag("long")
  void everyPlaceDecidesTheSameInThousandsOfPairs() {
    play(2_000, 300);
  }

  @Test
  void whatEnvoyClearsIsRecordedWithItsRule() {
    var rules =
        """
        - {name: no-admin, when: "request.path.startsWith('/admin')", then: block}
        - {name: reads, when: "request.method == 'GET'", then: allow}
        - {name: inside, when: "host.name == 'one.test'", then: allow}
        """;
    try (var lab = Lab.start(folder, rules);
        var origin = Origin.tls(folder, lab.root.leaf("one.test"));
        var client = KeptConnection.open(lab.proxy(), "one.test", origin.port(), lab.ca())) {
      assertThat(client.get("/a?secret=1").status()).isEqualTo(200);
      assertThat(client.ask("DELETE", "/a", "").status()).isEqualTo(200);
      assertThat(lab.streamsOfExchanges()).isZero();
      assertThat(client.get("/admin").status()).isEqualTo(403);
      assertThat(lab.streamsOfExchanges()).isEqualTo(1);
      var events = exchanges(lab, 3);
      assertThat(events)
          .extracting(event -> event.method() + " " + event.path() + " " + event.common().rule())
          .containsExactlyInAnyOrder("GET /a reads", "DELETE /a inside", "GET /admin no-admin");
      assertThat(events)
          .extracting(event -> event.common().policyVersion())
          .containsOnly(lab.sidecar().documents().version());
    }
  }

  /// A connection that was noted under one policy is asked about under the next.
  @Test
  void whatOnePolicyClearsTheNextDoesNot() {
    var before = "- {name: no-x, when: \"request.path == '/x'\", then: block}\n";
    var after = "- {name: no-y, when: \"request.path == '/y'\", then: block}\n";
    var all = "- {name: all, when: true, then: allow}";
    try (var lab = Lab.start(folder, before + all);
        var origin = Origin.tls(folder, lab.root.leaf("one.test"));
        var client = KeptConnection.open(lab.proxy(), "one.test", origin.port(), lab.ca())) {
      assertThat(client.get("/y").status()).isEqualTo(200);
      lab.rules(after + all);
      assertThat(client.get("/y").status()).isEqualTo(403);
      assertThat(client.get("/x").status()).isEqualTo(200);
      assertThat(lab.streamsOfExchanges()).isGreaterThanOrEqualTo(2);
    }
  }

  /// Rules are asked about a path without its empty segments, which Envoy leaves in it.
  @Test
  void aPathWithEmptySegmentsIsAskedAbout() {
    var rules =
        """
        - {name: no-admin, when: "request.path.startsWith('/admin')", then: block}
        - {name: all, when: true, then: allow}
        """;
    try (var lab = Lab.start(folder, rules);
        var origin = Origin.tls(folder, lab.root.leaf("one.test"));
        var client = KeptConnection.open(lab.proxy(), "one.test", origin.port(), lab.ca())) {
      assertThat(client.get("//admin").status()).isEqualTo(403);
      assertThat(client.get("/a//b").status()).isEqualTo(200);
    }
  }

  /// Bytes that are no text must not slip past an expression.
  @Test
  void bytesThatAreNoTextAreAskedAbout() {
    var rules =
        """
        - name: no-secret
          when: "'x-word' in request.headers && request.headers['x-word'].matches('^s.*t$')"
          then: block
        - {name: all, when: true, then: allow}
        """;
    try (var lab = Lab.start(folder, rules);
        var origin = Origin.tls(folder, lab.root.leaf("one.test"));
        var client = KeptConnection.open(lab.proxy(), "one.test", origin.port(), lab.ca())) {
      assertThat(client.ask("GET", "/", "x-word: street-map\r\n").status()).isEqualTo(200);
      assertThat(lab.streamsOfExchanges()).isZero();
      assertThat(client.ask("GET", "/", "x-word: s\u00ff\u00fet\r\n").status()).isEqualTo(403);
      assertThat(client.ask("GET", "/", "x-word: street\r\n").status()).isEqualTo(403);
    }
  }

  private void play(long seed, int policies) {
    try (var lab = Lab.start(folder, "- {name: all, when: true, then: allow}");
        var origin = Origin.tls(folder, lab.root.leaf("one.test", "two.test"))) {
      long asked = 0;
      long sent = 0;
      for (int i = 0; i < policies; i++) {
        var random = new SplittableRandom(seed + i);
        var rules = rules(random);
        lab.rules(rules.stream().map(Made::yaml).collect(Collectors.joining("\n")));
        long before = lab.streamsOfExchanges();
        lab.events.clear();
        sent += ask(lab, origin, random, rules, "seed " + (seed + i));
        asked += lab.streamsOfExchanges() - before;
      }
      System.out.println(
          "clearance: "
              + sent
              + " pairs, seeds "
              + seed
              + " to "
              + (seed + policies - 1)
              + ", "
              + asked
              + " asked about");
      assertThat(asked).as("asked about, of " + sent).isBetween(sent / 10, sent * 9 / 10);
    }
  }

  private static int ask(
      Lab lab, Origin origin, RandomGenerator random, List<Made> rules, String seed) {
    int sent = 0;
    for (String host : List.of("one.test", "two.test")) {
      var answer = KeptConnection.connect(lab.proxy(), host + ":" + origin.port());
      if (answer.status() != 200) {
        // The policy refuses the host whatever is asked for.
        var exchange = GeneratedCondition.exchange(random, host);
        assertThat(verdict(rules, exchange)).as(seed + " " + host).isFalse();
        continue;
      }
      try (var client = KeptConnection.open(lab.proxy(), host, origin.port(), lab.ca())) {
        for (int i = 0; i < REQUESTS / 2; i++) {
          var exchange = GeneratedCondition.exchange(random, host);
          var headers =
              exchange.headers().entrySet().stream()
                  .map(header -> header.getKey() + ": " + header.getValue() + "\r\n")
                  .collect(Collectors.joining());
          int status = client.ask(exchange.method(), exchange.path(), headers).status();
          assertThat(status)
              .as("%s %s %s", seed, exchange, rules)
              .isEqualTo(verdict(rules, exchange) ? 200 : 403);
          sent++;
        }
      }
    }
    exchanges(lab, sent);
    return sent;
  }

  private static List<ExchangeEvent> exchanges(Lab lab, int number) {
    return Awaitility.await("the events")
        .atMost(Duration.ofSeconds(30))
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                lab.events.stream()
                    .filter(ExchangeEvent.class::isInstance)
                    .map(ExchangeEvent.class::cast)
                    .toList(),
            events -> events.size() == number);
  }

  /// What the rules mean: the first about the request that is true decides, and of those about the
  /// response in front of it the first that is true.
  private static boolean verdict(List<Made> rules, Exchange exchange) {
    for (int i = 0; i < rules.size(); i++) {
      var request = rules.get(i);
      if (request.when.response() || request.decides(exchange).isEmpty()) {
        continue;
      }
      if (!request.decides(exchange).get()) {
        return false;
      }
      return rules.subList(0, i).stream()
          .filter(rule -> rule.when.response())
          .flatMap(rule -> rule.decides(exchange).stream())
          .findFirst()
          .orElse(true);
    }
    return false;
  }

  private static List<Made> rules(RandomGenerator random) {
    var rules = new ArrayList<Made>();
    int number = 2 + random.nextInt(4);
    for (int i = 0; i < number; i++) {
      rules.add(
          new Made(
              "rule-" + i,
              GeneratedCondition.any(random, 1 + random.nextInt(2)),
              random.nextBoolean(),
              random.nextInt(16) == 0,
              random.nextBoolean()));
    }
    if (random.nextInt(5) > 0) {
      rules.add(
          new Made(
              "last",
              new GeneratedCondition("true", _ -> Optional.of(true), false),
              true,
              false,
              true));
    }
    return rules;
  }
}
