package dev.menura.policy.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// A policy made at random, as YAML for the loader and as plain data for the oracle.
///
/// No condition mentions a variable twice. So it is a read-once formula, for which three-valued
/// logic is exact: it is unknown only where what is unknown can still turn it.
record GeneratedPolicy(List<Row> rows) {
  /// One rule.
  ///
  /// @param then `allow`, `block`, `passthrough`, or nothing where the rule does not decide
  /// @param onError `block`, `allow`, or nothing where the rule says nothing
  record Row(
      String name, Formula when, String then, boolean alert, boolean observe, String onError) {
    boolean decides() {
      return !then.isEmpty();
    }

    boolean asksResponse() {
      return when.variables.stream().anyMatch(variable -> variable.startsWith("response."));
    }

    boolean failureBlocks() {
      return decides() && (onError.isEmpty() ? then.equals("block") : onError.equals("block"));
    }
  }

  /// A condition.
  ///
  /// /// @param exact false where it calculates with a count, which is known only at the body's
  /// end, or chooses by `? :`, whose choice CEL awaits even where both answers are the same
  record Formula(String text, Set<String> variables, boolean exact) {}

  private record Atom(String variable, String text) {}

  private static final List<Atom> EARLY =
      List.of(
          new Atom("host.name", "host.name == 'a.example'"),
          new Atom("host.category", "host.category == 'gambling'"),
          new Atom("host.lists", "'x' in host.lists"),
          new Atom("host.port", "host.port > 100"),
          new Atom("client.ip", "client.ip.startsWith('192.')"),
          new Atom("connection.protocol", "connection.protocol == 'tls'"),
          new Atom("tls.sni", "tls.sni.matches('^a[.]')"),
          new Atom("tls.ja4", "tls.ja4.startsWith('t13')"),
          new Atom("upstream.certificate.problem", "upstream.certificate.problem != ''"),
          new Atom("upstream.tls.version", "upstream.tls.version == 'TLSv1.3'"));

  private static final List<Atom> LATE =
      List.of(
          new Atom("request.method", "request.method == 'POST'"),
          new Atom("request.url_path", "request.url_path.startsWith('/up')"),
          new Atom("request.headers", "request.headers['x'] == '1'"),
          new Atom("request.headers", "'x' in request.headers"),
          new Atom("request.body", "request.body.count('credit-card') %s %d"),
          new Atom("request.body", "%d %s request.body.count('iban')"),
          new Atom("request.body", "request.body.count('iban') + 1 > 2"),
          new Atom("response.code", "response.code >= 400"),
          new Atom("response.headers", "response.headers.y == '1'"),
          new Atom("response.body", "response.body.count('credit-card') %s %d"),
          new Atom("response.body", "%d %s response.body.count('iban')"));

  private static final List<String> COMPARISONS = List.of(">=", ">", "<=", "<", "==", "!=");

  /// The values that a variable takes in the generated exchanges.
  static final Map<String, List<Object>> DOMAINS =
      Map.ofEntries(
          Map.entry("host.name", List.of("a.example", "bets.example", "deep.casino.example")),
          Map.entry("host.port", List.of(443L, 80L)),
          Map.entry("client.ip", List.of("192.0.2.1", "203.0.113.1")),
          Map.entry("connection.protocol", List.of("tls", "http")),
          Map.entry("tls.sni", List.of("a.example", "b.example")),
          Map.entry("tls.ja4", List.of("", "t13d1516h2_8daaf6152771_e5627efa2ab1")),
          Map.entry("upstream.certificate.problem", List.of("", "expired")),
          Map.entry("upstream.tls.version", List.of("TLSv1.2", "TLSv1.3")),
          Map.entry("request.method", List.of("GET", "POST")),
          Map.entry("request.url_path", List.of("/", "/upload")),
          Map.entry("request.headers", List.of(Map.of(), Map.of("x", "1"), Map.of("x", "2"))),
          Map.entry("response.code", List.of(200L, 500L)),
          Map.entry("response.headers", List.of(Map.of(), Map.of("y", "1"), Map.of("y", "2"))));

  static List<Object> domain(String variable) {
    return DOMAINS.getOrDefault(variable, List.of());
  }

  static GeneratedPolicy random(RandomGenerator random) {
    List<Row> rows = new ArrayList<>();
    int count = 1 + random.nextInt(6);
    for (int i = 0; i < count; i++) {
      rows.add(row("r" + i, random));
    }
    return new GeneratedPolicy(rows);
  }

  private static Row row(String name, RandomGenerator random) {
    String then = List.of("allow", "block", "block", "passthrough", "").get(random.nextInt(5));
    Formula when = formula(then.equals("passthrough"), random);
    boolean alert = then.isEmpty() || random.nextInt(4) == 0;
    boolean observe = random.nextInt(5) == 0;
    boolean says = !then.isEmpty() && random.nextInt(4) == 0;
    String onError = says ? (random.nextBoolean() ? "block" : "allow") : "";
    return new Row(name, when, then, alert, observe, onError);
  }

  private static Formula formula(boolean early, RandomGenerator random) {
    if (random.nextInt(8) == 0) {
      return new Formula("true", Set.of(), true);
    }
    List<Atom> pool = new ArrayList<>(EARLY);
    if (!early) {
      pool.addAll(LATE);
      pool.addAll(LATE);
    }
    Set<String> used = new TreeSet<>();
    List<String> parts = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    while (parts.size() < count) {
      Atom atom = pool.get(random.nextInt(pool.size()));
      if (used.add(atom.variable)) {
        parts.add(written(atom, random));
      }
    }
    String text = joined(parts, random);
    return new Formula(text, used, !text.contains("+ 1") && !text.contains("?"));
  }

  private static String written(Atom atom, RandomGenerator random) {
    String comparison = COMPARISONS.get(random.nextInt(COMPARISONS.size()));
    // A comparison that holds for every count, or for none, would make its body needless.
    int number = comparison.equals(">=") || comparison.equals("<") ? 1 : 0;
    number += random.nextInt(3);
    if (atom.text.startsWith("%d")) {
      boolean turned = comparison.equals("<=") || comparison.equals(">");
      return atom.text.formatted(turned ? Math.max(1, number) : number, comparison);
    }
    return atom.text.formatted(comparison, number);
  }

  private static String joined(List<String> parts, RandomGenerator random) {
    if (parts.size() == 1) {
      return random.nextInt(3) == 0 ? "!(" + parts.getFirst() + ")" : parts.getFirst();
    }
    int cut = 1 + random.nextInt(parts.size() - 1);
    String left = joined(parts.subList(0, cut), random);
    if (parts.size() - cut >= 2 && random.nextInt(4) == 0) {
      String middle = joined(parts.subList(cut, cut + 1), random);
      String right = joined(parts.subList(cut + 1, parts.size()), random);
      return "(" + left + " ? " + middle + " : " + right + ")";
    }
    String right = joined(parts.subList(cut, parts.size()), random);
    return "(" + left + (random.nextBoolean() ? " && " : " || ") + right + ")";
  }

  /// The rules as YAML list items.
  String yaml() {
    StringBuilder out = new StringBuilder();
    for (Row row : rows) {
      List<String> then = new ArrayList<>();
      if (row.decides()) {
        then.add(row.then);
      }
      if (row.alert) {
        then.add("alert");
      }
      out.append("- {name: ").append(row.name).append(", when: \"").append(row.when.text);
      out.append("\", then: ").append(then);
      out.append(row.observe ? ", mode: observe" : "");
      out.append(row.onError.isEmpty() ? "" : ", on-error: " + row.onError).append("}\n");
    }
    return out.toString();
  }
}
