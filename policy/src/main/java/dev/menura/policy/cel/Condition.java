package dev.menura.policy.cel;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import dev.cel.runtime.CelAttribute;
import dev.cel.runtime.CelAttributePattern;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelUnknownSet;
import dev.cel.runtime.PartialVars;
import dev.cel.runtime.Program;
import dev.menura.policy.Phase;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A compiled condition. Immutable and thread-safe.
///
/// Its inputs are the variables that it mentions and its counts. An evaluation tells CEL which of
/// them are unknown, and CEL says whether the answer depends on those.
public final class Condition {
  private static final Truth TRUE = new Truth.True();
  private static final Truth FALSE = new Truth.False();

  private final String text;
  private final Program program;
  private final List<Variable> variables;
  private final List<Count> counts;
  private final List<Mention> mentions;
  private final List<Mention> untestedHeaders;
  private final Set<Phase> phases;
  private final Map<String, Integer> inputs = new HashMap<>();
  private final @Nullable Truth fixed;
  private final Map<String, Pattern> patterns = new HashMap<>();
  private final Map<Long, Unknowns> unknowns = new ConcurrentHashMap<>();

  /// The inputs that are unknown in one evaluation, as CEL wants them.
  ///
  /// @param phases the phases of them all
  /// @param byAttribute the phase of each
  private record Unknowns(
      ImmutableList<CelAttributePattern> patterns,
      Set<Phase> phases,
      Map<CelAttribute, Phase> byAttribute) {}

  Condition(String text, Program program, Inputs given) {
    this.text = text;
    this.program = program;
    this.variables =
        given.variables().stream().filter(each -> each.kind() != Variable.Kind.BODY).toList();
    this.counts = List.copyOf(given.counts());
    this.mentions = List.copyOf(given.mentions());
    this.untestedHeaders = given.untested();
    for (int i = 0; i < given.patterns().size(); i++) {
      patterns.put(Inputs.pattern(i), given.patterns().get(i));
    }
    Set<Phase> all = EnumSet.noneOf(Phase.class);
    variables.forEach(variable -> all.add(variable.phase()));
    counts.forEach(count -> all.add(count.body()));
    this.phases = Set.copyOf(all);
    for (int i = 0; i < inputCount(); i++) {
      inputs.put(name(i), i);
    }
    this.fixed = inputs.isEmpty() ? constant() : null;
  }

  /// The expression as it was written.
  public String text() {
    return text;
  }

  /// The phases whose facts it mentions.
  public Set<Phase> phases() {
    return phases;
  }

  /// The kinds of finding that it counts in the body of a phase.
  public Set<String> kinds(Phase body) {
    Set<String> kinds = new TreeSet<>();
    counts.stream().filter(count -> count.body() == body).forEach(count -> kinds.add(count.kind()));
    return kinds;
  }

  /// The variables that it mentions, bodies left out.
  public List<Variable> variables() {
    return variables;
  }

  /// The fixed texts that it compares variables with.
  public List<Mention> mentions() {
    return mentions;
  }

  /// /// The headers that it reads without looking whether they are there: where one is missing,
  /// the condition fails.
  public List<Mention> untestedHeaders() {
    return untestedHeaders;
  }

  /// What it comes to in every exchange; unknown where that differs.
  public Truth constant() {
    long all = inputCount() == 0 ? 0 : -1L >>> (64 - inputCount());
    return evaluate(name -> Optional.ofNullable(patterns.get(name)), all);
  }

  /// /// What it comes to with what is known.
  public Truth evaluate(World world) {
    if (fixed != null) {
      return fixed;
    }
    @Nullable Object[] counted = new @Nullable Object[counts.size()];
    long unknown = 0;
    for (int i = 0; i < variables.size(); i++) {
      if (!world.known().contains(variables.get(i).phase())) {
        unknown |= 1L << i;
      }
    }
    for (int i = 0; i < counted.length; i++) {
      counted[i] = counts.get(i).value(world.facts()).orElse(null);
      if (counted[i] == null) {
        unknown |= 1L << (variables.size() + i);
      }
    }
    long lacking = unknown;
    return evaluate(name -> find(name, world, counted, lacking), unknown);
  }

  /// The value of an input. CEL asks for the unknown ones too, before it looks at the patterns.
  private Optional<Object> find(
      String name, World world, @Nullable Object[] counted, long unknown) {
    Integer input = inputs.get(name);
    if (input == null) {
      return Optional.ofNullable(patterns.get(name));
    }
    if ((unknown & (1L << input)) != 0) {
      return Optional.empty();
    }
    return input < variables.size()
        ? Optional.of(world.value(variables.get(input)))
        : Optional.ofNullable(counted[input - variables.size()]);
  }

  private Truth evaluate(dev.cel.runtime.CelVariableResolver resolver, long unknown) {
    try {
      if (unknown == 0) {
        return truth(program.eval(resolver), Map.of(), Set.of());
      }
      Unknowns given = unknowns.computeIfAbsent(unknown, this::unknowns);
      Object value = program.eval(PartialVars.of(resolver, given.patterns));
      return truth(value, given.byAttribute, given.phases);
    } catch (CelEvaluationException e) {
      return new Truth.Failed(Wordings.failure(e.getErrorCode()));
    }
  }

  private static Truth truth(Object value, Map<CelAttribute, Phase> phases, Set<Phase> unknown) {
    return switch (value) {
      case Boolean known -> known ? TRUE : FALSE;
      case CelUnknownSet set -> {
        Set<Phase> lacks = EnumSet.noneOf(Phase.class);
        for (CelAttribute attribute : set.attributes()) {
          Phase phase = phases.get(attribute);
          if (phase != null) {
            lacks.add(phase);
          }
        }
        yield new Truth.Unknown(lacks.isEmpty() ? unknown : lacks);
      }
      default -> new Truth.Failed("it is neither true nor false");
    };
  }

  private Unknowns unknowns(long mask) {
    List<CelAttributePattern> patterns = new ArrayList<>();
    Map<CelAttribute, Phase> byAttribute = new HashMap<>();
    for (int i = 0; i < inputCount(); i++) {
      if ((mask & (1L << i)) != 0) {
        Phase phase =
            i < variables.size()
                ? variables.get(i).phase()
                : counts.get(i - variables.size()).body();
        patterns.add(CelAttributePattern.fromQualifiedIdentifier(name(i)));
        byAttribute.put(CelAttribute.fromQualifiedIdentifier(name(i)), phase);
      }
    }
    return new Unknowns(
        ImmutableList.copyOf(patterns), Set.copyOf(byAttribute.values()), byAttribute);
  }

  private int inputCount() {
    return variables.size() + counts.size();
  }

  private String name(int input) {
    return input < variables.size()
        ? variables.get(input).text()
        : Inputs.name(counts.get(input - variables.size()), input - variables.size());
  }
}
