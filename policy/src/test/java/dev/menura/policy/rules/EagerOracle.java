package dev.menura.policy.rules;

import dev.cel.common.CelFunctionDecl;
import dev.cel.common.CelOptions;
import dev.cel.common.CelOverloadDecl;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.ListType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import dev.menura.policy.rules.GeneratedPolicy.Row;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a policy means: each condition is evaluated once, with everything known, by CEL alone.
///
/// It shares no code with the evaluation under test: bodies are plain maps of counts, `count` is a
/// plain function, and CEL's other runtime evaluates.
final class EagerOracle {
  enum Value {
    TRUE,
    FALSE,
    FAILED
  }

  /// @param rule empty where no rule was true
  /// @param index the rule's place; behind the last where no rule was true
  record Verdict(String rule, int index, String action) {}

  private static final CelType STRINGS = ListType.create(SimpleType.STRING);
  private static final CelType HEADERS = MapType.create(SimpleType.STRING, SimpleType.STRING);
  private static final CelType COUNTS = MapType.create(SimpleType.STRING, SimpleType.INT);

  private static final CelCompiler COMPILER =
      CelCompilerFactory.standardCelCompilerBuilder()
          .setOptions(CelOptions.DEFAULT)
          .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
          .addVar("host.name", SimpleType.STRING)
          .addVar("host.category", SimpleType.STRING)
          .addVar("host.lists", STRINGS)
          .addVar("host.port", SimpleType.INT)
          .addVar("client.ip", SimpleType.STRING)
          .addVar("connection.protocol", SimpleType.STRING)
          .addVar("tls.sni", SimpleType.STRING)
          .addVar("tls.ja4", SimpleType.STRING)
          .addVar("upstream.certificate.problem", SimpleType.STRING)
          .addVar("upstream.tls.version", SimpleType.STRING)
          .addVar("request.method", SimpleType.STRING)
          .addVar("request.url_path", SimpleType.STRING)
          .addVar("request.headers", HEADERS)
          .addVar("request.body", COUNTS)
          .addVar("response.code", SimpleType.INT)
          .addVar("response.headers", HEADERS)
          .addVar("response.body", COUNTS)
          .addFunctionDeclarations(
              CelFunctionDecl.newFunctionDeclaration(
                  "count",
                  CelOverloadDecl.newMemberOverload(
                      "count_of_kind", SimpleType.INT, COUNTS, SimpleType.STRING)))
          .build();

  private static final CelRuntime RUNTIME =
      CelRuntimeFactory.legacyCelRuntimeBuilder()
          .setOptions(CelOptions.DEFAULT)
          .addFunctionBindings(
              CelFunctionBinding.from(
                  "count_of_kind",
                  Map.class,
                  String.class,
                  (counts, kind) -> ((Map<?, ?>) counts).get(kind)))
          .build();

  private final List<Row> rows;
  private final Map<String, CelRuntime.Program> programs = new HashMap<>();

  EagerOracle(GeneratedPolicy policy) {
    this.rows = policy.rows();
  }

  Value value(Row row, Values world) {
    String host = world.text("host.name");
    boolean listed = host.equals("bets.example") || host.endsWith(".casino.example");
    Values all =
        world.with(
            Map.of(
                "host.category",
                listed ? "gambling" : "",
                "host.lists",
                listed ? List.of("x") : List.of()));
    try {
      return (Boolean) program(row).eval(all.all()) ? Value.TRUE : Value.FALSE;
    } catch (CelEvaluationException _) {
      return Value.FAILED;
    }
  }

  private CelRuntime.Program program(Row row) {
    return programs.computeIfAbsent(
        row.when().text(),
        text -> {
          try {
            return RUNTIME.createProgram(COMPILER.compile(text).getAst());
          } catch (CelValidationException | CelEvaluationException e) {
            throw new AssertionError(text, e);
          }
        });
  }

  /// The first rule that decides on the request.
  Verdict onRequest(Values world, boolean observedToo) {
    return first(world, false, observedToo, rows.size())
        .orElse(new Verdict("", rows.size(), "block"));
  }

  /// The verdict on the whole exchange.
  Verdict onResponse(Values world, boolean observedToo) {
    Verdict request = onRequest(world, observedToo);
    return request.action.equals("block")
        ? request
        : first(world, true, observedToo, request.index).orElse(request);
  }

  private Optional<Verdict> first(Values world, boolean response, boolean observedToo, int end) {
    for (int i = 0; i < end; i++) {
      Row row = rows.get(i);
      if (row.decides()
          && row.asksResponse() == response
          && (observedToo || !row.observe())
          && holds(row, world)) {
        boolean failed = value(row, world) == Value.FAILED;
        return Optional.of(new Verdict(row.name(), i, failed ? "block" : row.then()));
      }
    }
    return Optional.empty();
  }

  /// Whether a row's condition is true, or failed and counts as true.
  boolean holds(Row row, Values world) {
    return switch (value(row, world)) {
      case TRUE -> true;
      case FALSE -> false;
      case FAILED -> row.failureBlocks();
    };
  }
}
