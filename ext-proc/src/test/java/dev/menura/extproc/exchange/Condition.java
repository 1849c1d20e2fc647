package dev.menura.extproc.exchange;

import dev.menura.policy.Facts;
import dev.menura.policy.Phase;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/// A condition of a [ListPolicy], in the three values true, false and not yet known.
sealed interface Condition {
  enum Truth {
    FALSE,
    UNKNOWN,
    TRUE;

    static Truth of(boolean value) {
      return value ? TRUE : FALSE;
    }
  }

  Truth in(Facts facts);

  Set<Phase> phases();

  /// The phases for want of which the condition is not yet known.
  default Set<Phase> lacks(Facts facts) {
    return in(facts) == Truth.UNKNOWN ? phases() : Set.of();
  }

  /// The same condition as an operator writes it.
  String cel();

  /// The kinds of finding that are counted in the body of this phase.
  default Set<String> kinds(Phase body) {
    return Set.of();
  }

  record Always() implements Condition {
    @Override
    public Truth in(Facts facts) {
      return Truth.TRUE;
    }

    @Override
    public String cel() {
      return "true";
    }

    @Override
    public Set<Phase> phases() {
      return Set.of();
    }
  }

  record Method(String name) implements Condition {
    @Override
    public Truth in(Facts facts) {
      return facts.request().map(r -> Truth.of(r.method().equals(name))).orElse(Truth.UNKNOWN);
    }

    @Override
    public String cel() {
      return "request.method == '" + name + "'";
    }

    @Override
    public Set<Phase> phases() {
      return Set.of(Phase.REQUEST_HEADERS);
    }
  }

  record Code(int code) implements Condition {
    @Override
    public Truth in(Facts facts) {
      return facts.response().map(r -> Truth.of(r.code() == code)).orElse(Truth.UNKNOWN);
    }

    @Override
    public String cel() {
      return "response.code == " + code;
    }

    @Override
    public Set<Phase> phases() {
      return Set.of(Phase.RESPONSE_HEADERS);
    }
  }

  record Counts(Phase body, String kind, int atLeast) implements Condition {
    @Override
    public Truth in(Facts facts) {
      var known = body == Phase.REQUEST_BODY ? facts.requestBody() : facts.responseBody();
      if (known.isEmpty()) {
        return Truth.UNKNOWN;
      }
      if (known.get().count(kind) >= atLeast) {
        return Truth.TRUE;
      }
      return known.get().complete() ? Truth.FALSE : Truth.UNKNOWN;
    }

    @Override
    public String cel() {
      return (body == Phase.REQUEST_BODY ? "request" : "response")
          + ".body.count('"
          + kind
          + "') >= "
          + atLeast;
    }

    @Override
    public Set<Phase> phases() {
      return Set.of(body);
    }

    @Override
    public Set<String> kinds(Phase asked) {
      return asked == body ? Set.of(kind) : Set.of();
    }
  }

  record Both(Condition left, Condition right) implements Condition {
    @Override
    public Truth in(Facts facts) {
      Truth a = left.in(facts);
      Truth b = right.in(facts);
      return a.compareTo(b) <= 0 ? a : b;
    }

    @Override
    public Set<Phase> lacks(Facts facts) {
      return in(facts) == Truth.UNKNOWN ? union(left.lacks(facts), right.lacks(facts)) : Set.of();
    }

    @Override
    public String cel() {
      return "(" + left.cel() + ") && (" + right.cel() + ")";
    }

    @Override
    public Set<Phase> phases() {
      return union(left.phases(), right.phases());
    }

    @Override
    public Set<String> kinds(Phase body) {
      Set<String> kinds = new TreeSet<>(left.kinds(body));
      kinds.addAll(right.kinds(body));
      return kinds;
    }
  }

  private static Set<Phase> union(Set<Phase> left, Set<Phase> right) {
    Set<Phase> union = EnumSet.noneOf(Phase.class);
    union.addAll(left);
    union.addAll(right);
    return union;
  }

  record Either(Condition left, Condition right) implements Condition {
    @Override
    public Truth in(Facts facts) {
      Truth a = left.in(facts);
      Truth b = right.in(facts);
      return a.compareTo(b) >= 0 ? a : b;
    }

    @Override
    public Set<Phase> lacks(Facts facts) {
      return in(facts) == Truth.UNKNOWN ? union(left.lacks(facts), right.lacks(facts)) : Set.of();
    }

    @Override
    public String cel() {
      return "(" + left.cel() + ") || (" + right.cel() + ")";
    }

    @Override
    public Set<Phase> phases() {
      return new Both(left, right).phases();
    }

    @Override
    public Set<String> kinds(Phase body) {
      return new Both(left, right).kinds(body);
    }
  }

  record Not(Condition inner) implements Condition {
    @Override
    public Truth in(Facts facts) {
      return switch (inner.in(facts)) {
        case TRUE -> Truth.FALSE;
        case UNKNOWN -> Truth.UNKNOWN;
        case FALSE -> Truth.TRUE;
      };
    }

    @Override
    public Set<Phase> lacks(Facts facts) {
      return inner.lacks(facts);
    }

    @Override
    public String cel() {
      return "!(" + inner.cel() + ")";
    }

    @Override
    public Set<Phase> phases() {
      return inner.phases();
    }

    @Override
    public Set<String> kinds(Phase body) {
      return inner.kinds(body);
    }
  }
}
