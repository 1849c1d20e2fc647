package dev.menura.e2e;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A condition that a test has made up, and what it means: worked out here in a few lines, from the
/// definition of CEL, and by nothing of the product.
///
/// @param text the condition in CEL
/// @param meaning empty where it has no value
/// @param response whether it looks at the answer
record GeneratedCondition(String text, Meaning meaning, boolean response) {
  /// What comes of it for one exchange.
  interface Meaning {
    Optional<Boolean> of(Exchange exchange);
  }

  /// One request and its answer.
  record Exchange(
      String host, String method, String path, Map<String, String> headers, int status) {}

  private static final List<String> PATHS = List.of("/", "/a", "/a/b", "/admin", "/api/v1", "/x");
  private static final List<String> HEADERS = List.of("x-one", "x-two");
  private static final List<String> VALUES = List.of("red", "green", "blue");

  static Exchange exchange(RandomGenerator random, String host) {
    var headers = new java.util.TreeMap<String, String>();
    for (String name : HEADERS) {
      if (random.nextInt(3) > 0) {
        headers.put(name, pick(random, VALUES));
      }
    }
    var query = random.nextInt(4) == 0 ? "?q=" + pick(random, VALUES) : "";
    return new Exchange(
        host,
        pick(random, List.of("GET", "GET", "DELETE")),
        pick(random, PATHS) + query,
        headers,
        200);
  }

  static GeneratedCondition any(RandomGenerator random, int depth) {
    if (depth == 0 || random.nextInt(4) == 0) {
      return leaf(random);
    }
    var one = any(random, depth - 1);
    var other = any(random, depth - 1);
    boolean response = one.response || other.response;
    return switch (random.nextInt(5)) {
      case 0, 1 ->
          new GeneratedCondition(
              "(" + one.text + " && " + other.text + ")",
              all -> joined(one.meaning.of(all), other.meaning.of(all), false),
              response);
      case 2, 3 ->
          new GeneratedCondition(
              "(" + one.text + " || " + other.text + ")",
              all -> joined(one.meaning.of(all), other.meaning.of(all), true),
              response);
      default -> {
        var third = any(random, depth - 1);
        yield new GeneratedCondition(
            "(" + one.text + " ? " + other.text + " : " + third.text + ")",
            all -> one.meaning.of(all).flatMap(is -> (is ? other : third).meaning.of(all)),
            response || third.response);
      }
    };
  }

  /// CEL's `||` and `&&`: one side is enough, whichever it is, even where the other has no value.
  private static Optional<Boolean> joined(
      Optional<Boolean> one, Optional<Boolean> other, boolean enough) {
    if (one.equals(Optional.of(enough)) || other.equals(Optional.of(enough))) {
      return Optional.of(enough);
    }
    return one.isPresent() && other.isPresent() ? Optional.of(!enough) : Optional.empty();
  }

  private static GeneratedCondition leaf(RandomGenerator random) {
    var path = pick(random, PATHS);
    var header = pick(random, HEADERS);
    var value = pick(random, VALUES);
    GeneratedCondition leaf =
        switch (random.nextInt(40) == 0 ? 15 : random.nextInt(15)) {
          case 0 -> text("host.name", random, Exchange::host, List.of("one.test", "two.test"));
          case 1 -> sure("host.port > 0", _ -> true);
          case 2, 3 -> text("request.method", random, Exchange::method, List.of("GET", "DELETE"));
          case 4, 5 -> text("request.path", random, Exchange::path, PATHS);
          case 6, 7 -> text("request.url_path", random, all -> cut(all.path), PATHS);
          case 8 ->
              sure("request.query == 'q=" + value + "'", all -> all.path.endsWith("?q=" + value));
          case 9 -> sure("'" + header + "' in request.headers", all -> has(all, header));
          case 10 -> sure("has(request.headers.cookie)", _ -> false);
          case 11, 12 ->
              new GeneratedCondition(
                  "request.headers['" + header + "'] == '" + value + "'",
                  all -> Optional.ofNullable(all.headers.get(header)).map(value::equals),
                  false);
          case 13 ->
              sure(
                  "request.path.matches('^/[a-z]+/" + value.charAt(0) + "')",
                  all -> Pattern.compile("^/[a-z]+/" + value.charAt(0)).matcher(all.path).find());
          case 14 ->
              sure(
                  "size(request.path) > " + path.length(),
                  all -> all.path.length() > path.length());
          default ->
              new GeneratedCondition(
                  "response.code == 200", all -> Optional.of(all.status == 200), true);
        };
    return random.nextInt(4) == 0
        ? new GeneratedCondition(
            "!(" + leaf.text + ")", all -> leaf.meaning.of(all).map(is -> !is), leaf.response)
        : leaf;
  }

  private static GeneratedCondition text(
      String name,
      RandomGenerator random,
      java.util.function.Function<Exchange, String> of,
      List<String> texts) {
    var text = pick(random, texts);
    record Test(String cel, BiFunction<String, String, Boolean> meaning) {}
    var test =
        pick(
            random,
            List.of(
                new Test("%s == '%s'", String::equals),
                new Test("%s != '%s'", (one, other) -> !one.equals(other)),
                new Test("%s.startsWith('%s')", String::startsWith),
                new Test("%s.endsWith('%s')", String::endsWith),
                new Test("%s.contains('%s')", String::contains),
                new Test("%s in ['none', '%s']", String::equals)));
    return sure(
        test.cel.formatted(name, text), exchange -> test.meaning.apply(of.apply(exchange), text));
  }

  private static GeneratedCondition sure(
      String text, java.util.function.Predicate<Exchange> meaning) {
    return new GeneratedCondition(text, all -> Optional.of(meaning.test(all)), false);
  }

  private static boolean has(Exchange exchange, String header) {
    return exchange.headers.containsKey(header);
  }

  private static String cut(String path) {
    return Stream.of(path.split("\\?", 2)).findFirst().orElse("");
  }

  private static <T> T pick(RandomGenerator random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }
}
