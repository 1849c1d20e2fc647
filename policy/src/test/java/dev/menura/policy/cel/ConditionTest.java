package dev.menura.policy.cel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Facts;
import dev.menura.policy.Phase;
import dev.menura.policy.cel.ConditionCompiler.Result;
import dev.menura.policy.lists.HostLists;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConditionTest {
  private static final ConditionCompiler COMPILER = new ConditionCompiler(Set.of("credit-card"));
  private static final Facts CONNECT = Facts.of(new Facts.Connect("192.0.2.1", "a.example", 443));

  private static Condition condition(String text) {
    return switch (COMPILER.compile(text)) {
      case Result.Compiled compiled -> compiled.condition();
      case Result.Wrong wrong -> throw new AssertionError(wrong.problems());
    };
  }

  private static Truth truth(String text, Facts facts) {
    return condition(text).evaluate(new World(facts, HostLists.NONE));
  }

  private static Facts requested(String path, Map<String, String> headers) {
    return CONNECT.with(new Facts.RequestHead("GET", path, "https", headers));
  }

  @Test
  void phasesAndKindsAreThoseThatItMentions() {
    Condition condition =
        condition(
            "host.port == 1 && (tls.sni == '' || response.body.count('credit-card') > 0)"
                + " && request.headers.exists(h, h == 'x')");
    assertThat(condition.phases())
        .containsExactlyInAnyOrder(
            Phase.CONNECT, Phase.HELLO, Phase.RESPONSE_BODY, Phase.REQUEST_HEADERS);
    assertThat(condition.kinds(Phase.RESPONSE_BODY)).containsExactly("credit-card");
    assertThat(condition.kinds(Phase.REQUEST_BODY)).isEmpty();
  }

  @Test
  void knownPartDecidesWhereItSuffices() {
    assertThat(truth("host.port == 80 && tls.sni == 'x'", CONNECT)).isEqualTo(new Truth.False());
    assertThat(truth("tls.sni == 'x' || host.port == 443", CONNECT)).isEqualTo(new Truth.True());
    assertThat(truth("['a', 'b'].exists(x, x == host.name && x == tls.sni)", CONNECT))
        .isEqualTo(new Truth.False());
  }

  @Test
  void unknownNamesOnlyThePhasesThatMatter() {
    String text =
        "(host.name == 'a.example' && tls.sni == 'x')"
            + " || (host.name == 'b.example' && request.body.count('credit-card') > 0)";
    assertThat(truth(text, CONNECT)).isEqualTo(new Truth.Unknown(Set.of(Phase.HELLO)));
  }

  @Test
  void failureGivesWayToAnswersThatDoNotNeedIt() {
    Facts facts = requested("/", Map.of());
    assertThat(truth("request.headers['x'] == 'y' && host.port == 80", facts))
        .isEqualTo(new Truth.False());
    assertThat(truth("request.headers['x'] == 'y' || host.port == 443", facts))
        .isEqualTo(new Truth.True());
    assertThat(truth("request.headers['x'] == 'y' && response.code == 1", facts))
        .isEqualTo(new Truth.Unknown(Set.of(Phase.RESPONSE_HEADERS)));
    assertThat(truth("request.headers['x'] == 'y'", facts)).isInstanceOf(Truth.Failed.class);
  }

  @Test
  void reasonOfAFailureHoldsNothingThatAPeerSent() {
    Facts facts = requested("/secret-path", Map.of("x", "secret-value"));
    for (String text :
        List.of(
            "int(request.headers['x']) == 1",
            "double(request.path) > 1.0",
            "timestamp(request.path) > timestamp(0)",
            "duration(request.headers['x']) > duration('1s')",
            "request.headers[request.path] == 'x'",
            "client.groups[7] == 'h2'",
            "1 / (host.port - 443) == 1")) {
      Truth truth = truth(text, facts.with(Facts.Hello.NONE));
      assertThat(truth).as(text).isInstanceOf(Truth.Failed.class);
      assertThat(truth.toString()).as(text).doesNotContain("secret");
    }
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "request.path,/a/b?c=d&e",
        "request.url_path,/a/b",
        "request.query,c=d&e",
        "request.host,x.example:8443",
        "request.scheme,https",
        "request.method,GET"
      })
  void requestVariablesMeanWhatEnvoysAttributesMean(String variable, String value) {
    Facts facts = requested("/a/b?c=d&e", Map.of(":authority", "x.example:8443", "host", "y"));
    assertThat(truth(variable + " == '" + value + "'", facts)).isEqualTo(new Truth.True());
  }

  @Test
  void hostIsTheHostHeaderWhereThereIsNoAuthority() {
    assertThat(truth("request.host == 'y'", requested("/", Map.of("host", "y"))))
        .isEqualTo(new Truth.True());
    assertThat(truth("request.host == ''", requested("/", Map.of()))).isEqualTo(new Truth.True());
  }

  @Test
  void queryIsEmptyWhereThereIsNone() {
    Facts facts = requested("/a", Map.of());
    assertThat(truth("request.query == '' && request.url_path == '/a'", facts))
        .isEqualTo(new Truth.True());
    assertThat(truth("request.query == ''", requested("/a?", Map.of())))
        .isEqualTo(new Truth.True());
  }

  @ParameterizedTest
  @EnumSource(Variable.class)
  void variableOfAPhaseThatCannotComeHasItsEmptyValue(Variable variable) {
    Facts facts =
        CONNECT
            .with(Facts.Hello.NONE)
            .with(Facts.UpstreamCertificate.NONE)
            .with(new Facts.RequestHead("", "", "", Map.of()))
            .withRequestBody(Facts.Body.EMPTY)
            .with(new Facts.ResponseHead(0, Map.of()))
            .withResponseBody(Facts.Body.EMPTY);
    String name = variable.text();
    String text =
        switch (variable.kind()) {
          case STRING, INT, LIST, MAP -> name + " == " + variable.kind().empty();
          case BODY -> name + ".count('credit-card') == 0";
        };
    boolean alwaysThere =
        variable == Variable.CLIENT_IP
            || variable == Variable.HOST_NAME
            || variable == Variable.HOST_PORT;
    assertThat(truth(text, facts)).isEqualTo(alwaysThere ? new Truth.False() : new Truth.True());
  }

  @ParameterizedTest
  @EnumSource(Variable.class)
  void variableIsUnknownUntilItsPhaseIsKnown(Variable variable) {
    String text =
        switch (variable.kind()) {
          case STRING, INT, LIST, MAP -> variable.text() + " == " + variable.kind().empty();
          case BODY -> variable.text() + ".count('credit-card') == 0";
        };
    Truth truth = truth(text, CONNECT);
    if (variable.phase() == Phase.CONNECT) {
      assertThat(truth).isNotInstanceOf(Truth.Unknown.class);
    } else {
      assertThat(truth).isEqualTo(new Truth.Unknown(Set.of(variable.phase())));
    }
  }

  @Test
  void macroStopsAtItsLimitOfSteps() {
    String list =
        Collections.nCopies(130, "1").stream().collect(Collectors.joining(", ", "[", "]"));
    String nested = list + ".all(a, " + list + ".all(b, a + b + host.port > 0))"; // 16,900 steps
    assertThat(truth(nested, CONNECT)).isEqualTo(new Truth.Failed("it took too many steps"));
  }

  @Test
  void regularExpressionTakesTimeInProportionToTheText() {
    String path = "/" + "a".repeat(100_000) + "!";
    assertThat(truth("request.path.matches('^/(a+)+$')", requested(path, Map.of())))
        .isEqualTo(new Truth.False());
  }

  @Test
  void expressionsAreAcceptedUpToTheirLimits() {
    String most = "'" + "x".repeat(ConditionLimits.EXPRESSION_MAX - 15) + "' == host.name";
    assertThat(most).hasSize(ConditionLimits.EXPRESSION_MAX);
    assertThat(COMPILER.compile(most)).isInstanceOf(Result.Compiled.class);
    assertThat(COMPILER.compile(most + " ")).isInstanceOf(Result.Wrong.class);
  }

  @Test
  void countsAndPatternsAreBounded() {
    assertThat(COMPILER.compile(counts(ConditionLimits.COUNTS_MAX)))
        .isInstanceOf(Result.Compiled.class);
    assertThat(COMPILER.compile(counts(ConditionLimits.COUNTS_MAX + 1)))
        .isInstanceOf(Result.Wrong.class);
    assertThat(COMPILER.compile(patterns(ConditionLimits.PATTERNS_MAX)))
        .isInstanceOf(Result.Compiled.class);
    assertThat(COMPILER.compile(patterns(ConditionLimits.PATTERNS_MAX + 1)))
        .isInstanceOf(Result.Wrong.class);
  }

  private static String counts(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> "request.body.count('credit-card') == " + i)
        .collect(Collectors.joining(" || "));
  }

  private static String patterns(int number) {
    return IntStream.range(0, number)
        .mapToObj(i -> "host.name.matches('^a" + i + "$')")
        .collect(Collectors.joining(" || "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a{1000}",
        "[0-9]{4}([ -]?[0-9]{4}){3}",
        "(?i)^x",
        "^(a|b|c)*$",
        "\\\\d+",
        "a{2,}b{3}"
      })
  void patternsOfEverydaySizeAreAccepted(String pattern) {
    assertThat(COMPILER.compile("host.name.matches('" + pattern + "')"))
        .isInstanceOf(Result.Compiled.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a{1000}){1000}", "((a{100}){100}){100}", "(((a{9}){9}){9}){99}"})
  void patternsThatGrowTooLargeAreRefused(String pattern) {
    assertThat(COMPILER.compile("host.name.matches('" + pattern + "')"))
        .isInstanceOf(Result.Wrong.class);
  }
}
