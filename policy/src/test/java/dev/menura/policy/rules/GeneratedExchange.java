package dev.menura.policy.rules;

import dev.menura.policy.Facts;
import dev.menura.policy.Phase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/// An exchange made at random: what is true of it in the end, and the steps in which that becomes
/// known.
///
/// @param world the value of each variable in the end
/// @param steps the facts, ever more of them
record GeneratedExchange(Values world, List<Step> steps) {
  static final List<String> KINDS = List.of("credit-card", "iban");
  static final long COUNT_MAX = 4;

  /// @param counts the least that each body's counts come to, for the bodies that are not complete
  record Step(Facts facts, Map<String, Map<String, Long>> counts) {}

  static GeneratedExchange random(RandomGenerator random) {
    Map<String, Object> all = new LinkedHashMap<>();
    new TreeMap<>(GeneratedPolicy.DOMAINS)
        .forEach((name, domain) -> all.put(name, domain.get(random.nextInt(domain.size()))));
    all.put("request.body", counts(random));
    all.put("response.body", counts(random));
    Values world = new Values(all);
    List<Step> steps = new ArrayList<>();
    Facts facts = Facts.of(connect(world));
    add(steps, facts);
    facts = facts.with(hello(world));
    add(steps, facts);
    facts = facts.with(certificate(world));
    add(steps, facts);
    facts = facts.with(request(world));
    add(steps, facts);
    facts = body("request.body", facts, world, steps, random);
    facts = facts.with(response(world));
    add(steps, facts);
    body("response.body", facts, world, steps, random);
    return new GeneratedExchange(world, steps);
  }

  private static void add(List<Step> steps, Facts facts) {
    steps.add(new Step(facts, Map.of()));
  }

  private static Facts body(
      String name, Facts facts, Values world, List<Step> steps, RandomGenerator random) {
    Map<String, Long> end = world.counts(name);
    Map<String, Long> now = new HashMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      for (String kind : KINDS) {
        long least = now.getOrDefault(kind, 0L);
        now.put(kind, least + random.nextLong(end.getOrDefault(kind, 0L) - least + 1));
      }
      Map<String, Long> seen = Map.copyOf(now);
      steps.add(new Step(with(name, facts, new Part(seen, false)), Map.of(name, seen)));
    }
    Facts whole = with(name, facts, new Part(end, true));
    add(steps, whole);
    return whole;
  }

  private static Facts with(String name, Facts facts, Part part) {
    return name.equals("request.body") ? facts.withRequestBody(part) : facts.withResponseBody(part);
  }

  private record Part(Map<String, Long> counts, boolean complete) implements Facts.Body {
    @Override
    public long count(String kind) {
      return counts.getOrDefault(kind, 0L);
    }
  }

  private static Map<String, Long> counts(RandomGenerator random) {
    Map<String, Long> counts = new HashMap<>();
    KINDS.forEach(kind -> counts.put(kind, random.nextLong(COUNT_MAX)));
    return counts;
  }

  private static Facts.Connect connect(Values world) {
    return new Facts.Connect(
        world.text("client.ip"), world.text("host.name"), world.number("host.port"));
  }

  private static Facts.Hello hello(Values world) {
    return new Facts.Hello(
        world.text("connection.protocol"), world.text("tls.sni"), world.text("tls.ja4"));
  }

  private static Facts.UpstreamCertificate certificate(Values world) {
    return new Facts.UpstreamCertificate(
        world.text("upstream.certificate.problem"), "", "", "", world.text("upstream.tls.version"));
  }

  private static Facts.RequestHead request(Values world) {
    return new Facts.RequestHead(
        world.text("request.method"),
        world.text("request.url_path") + "?a=b",
        "https",
        world.headers("request.headers"));
  }

  private static Facts.ResponseHead response(Values world) {
    return new Facts.ResponseHead(world.number("response.code"), world.headers("response.headers"));
  }

  /// The phase in which a variable becomes known.
  static Phase phase(String variable) {
    return switch (variable) {
      case "request.body" -> Phase.REQUEST_BODY;
      case "response.body" -> Phase.RESPONSE_BODY;
      default -> {
        if (variable.startsWith("request.")) {
          yield Phase.REQUEST_HEADERS;
        } else if (variable.startsWith("response.")) {
          yield Phase.RESPONSE_HEADERS;
        } else if (variable.startsWith("upstream.")) {
          yield Phase.UPSTREAM_CERTIFICATE;
        } else if (variable.startsWith("tls.") || variable.startsWith("connection.")) {
          yield Phase.HELLO;
        } else {
          yield Phase.CONNECT;
        }
      }
    };
  }

  /// Whether all of a phase's facts are known in a step.
  static boolean known(Step step, Phase phase) {
    Facts facts = step.facts;
    return switch (phase) {
      case CONNECT -> true;
      case HELLO -> facts.hello().isPresent();
      case UPSTREAM_CERTIFICATE -> facts.upstreamCertificate().isPresent();
      case REQUEST_HEADERS -> facts.request().isPresent();
      case REQUEST_BODY -> facts.requestBody().filter(Facts.Body::complete).isPresent();
      case RESPONSE_HEADERS -> facts.response().isPresent();
      case RESPONSE_BODY -> facts.responseBody().filter(Facts.Body::complete).isPresent();
    };
  }
}
