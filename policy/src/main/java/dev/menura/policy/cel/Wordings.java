package dev.menura.policy.cel;

import dev.cel.common.CelErrorCode;
import dev.cel.common.CelIssue;
import dev.cel.common.CelSourceLocation;
import dev.menura.policy.text.Words;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Puts the CEL library's complaints into an operator's words.
final class Wordings {
  private static final Pattern EXPECTING =
      Pattern.compile("(?:mismatched|extraneous) input '(.*)' expecting (.*)", Pattern.DOTALL);
  private static final Pattern TOKEN =
      Pattern.compile("token recognition error at: '(.*)'", Pattern.DOTALL);
  private static final Pattern OVERLOAD =
      Pattern.compile("found no matching overload for '([^']*)' applied to '(.*?)' \\(cand.*");
  private static final Pattern UNDECLARED =
      Pattern.compile("undeclared reference to '([^']*)'.*", Pattern.DOTALL);
  private static final Pattern RESULT =
      Pattern.compile("expected type 'bool' but found '(.*)'", Pattern.DOTALL);
  private static final Pattern FIELDS =
      Pattern.compile("type '(.*)' does not support field selection", Pattern.DOTALL);
  private static final Pattern MISSING =
      Pattern.compile("missing ('.*') at '(.*)'", Pattern.DOTALL);
  private static final Pattern NUMBER =
      Pattern.compile("For input string: \"(.*)\"", Pattern.DOTALL);
  private static final Pattern NO_WAY =
      Pattern.compile("no viable alternative at input '(.*)'", Pattern.DOTALL);
  private static final Pattern OPERATOR = Pattern.compile("_(.+)_");

  private static final List<String> FUNCTIONS =
      List.of(
          "contains",
          "startsWith",
          "endsWith",
          "matches",
          "size",
          "has",
          "exists",
          "exists_one",
          "all",
          "map",
          "filter",
          "count",
          "int",
          "uint",
          "double",
          "string",
          "type",
          "bool");

  private Wordings() {}

  static Problem syntax(String text, CelIssue issue) {
    int offset = offset(text, issue.getSourceLocation());
    String message = issue.getMessage();
    Matcher expecting = EXPECTING.matcher(message);
    if (expecting.matches()) {
      boolean value = expecting.group(2).contains("IDENTIFIER") && message.startsWith("mismatched");
      String what = value ? "a value" : "an operator or the end of the condition";
      String found = expecting.group(1);
      return new Problem(
          offset, "expected " + what + ", found " + token(found), wordOperator(found, text));
    }
    Matcher missing = MISSING.matcher(message);
    if (missing.matches()) {
      return Problem.of(
          offset, "expected " + missing.group(1) + ", found " + token(missing.group(2)));
    }
    Matcher unknown = TOKEN.matcher(message);
    if (unknown.matches()) {
      String found = unknown.group(1).strip();
      return new Problem(
          offset, "expected a CEL expression, found " + token(found), singleOperator(found));
    }
    Matcher none = NO_WAY.matcher(message);
    if (none.matches()) {
      return Problem.of(offset, "expected a CEL expression, found " + token(none.group(1)));
    }
    Matcher number = NUMBER.matcher(message);
    if (number.matches()) {
      return Problem.of(offset, "expected a number of 64 bits, found " + number.group(1));
    }
    if (message.contains("exceeds") || message.contains("recursion")) {
      return Problem.of(
          0,
          "expected a smaller condition: at most "
              + ConditionLimits.EXPRESSION_MAX
              + " characters and "
              + ConditionLimits.DEPTH_MAX
              + " levels");
    }
    return Problem.of(offset, "expected a CEL expression: " + message);
  }

  private static String token(String found) {
    if (found.equals("<EOF>")) {
      return "the end of the condition";
    }
    boolean quoted = found.startsWith("'") || found.startsWith("\"");
    return quoted ? found : "'" + found + "'";
  }

  private static Optional<String> singleOperator(String found) {
    return switch (found.isEmpty() ? ' ' : found.charAt(0)) {
      case '&' -> Optional.of("did you mean '&&'?");
      case '|' -> Optional.of("did you mean '||'?");
      case '=' -> Optional.of("did you mean '=='?");
      case '\'', '"' ->
          Optional.of("the text has no closing quote, or an escape that CEL does not know");
      default -> Optional.empty();
    };
  }

  private static Optional<String> wordOperator(String found, String text) {
    return switch (found) {
      case "and" -> Optional.of("did you mean '&&'?");
      case "or" -> Optional.of("did you mean '||'?");
      default ->
          text.strip().startsWith("not ")
              ? Optional.of("did you mean '!' in place of 'not'?")
              : Optional.empty();
    };
  }

  static Problem type(String text, CelIssue issue) {
    int offset = offset(text, issue.getSourceLocation());
    String message = issue.getMessage();
    Matcher overload = OVERLOAD.matcher(message);
    if (overload.matches()) {
      String types = overload.group(2).replace(".(", ", ").replaceFirst("^\\(", "");
      types = types.endsWith(")") ? types.substring(0, types.length() - 1) : types;
      return Problem.of(
          offset, "expected other types for '" + shown(overload.group(1)) + "', found " + types);
    }
    Matcher undeclared = UNDECLARED.matcher(message);
    if (undeclared.matches()) {
      String name = undeclared.group(1);
      return new Problem(
          offset,
          "expected a function, found the unknown name '" + name + "'",
          Words.didYouMean(name, FUNCTIONS));
    }
    Matcher result = RESULT.matcher(message);
    if (result.matches()) {
      return Problem.of(
          offset,
          "expected a condition that is true or false, found one of type " + result.group(1));
    }
    Matcher fields = FIELDS.matcher(message);
    if (fields.matches()) {
      return Problem.of(
          offset, "expected a value with parts, found one of type " + fields.group(1));
    }
    return Problem.of(offset, "expected a CEL expression: " + message);
  }

  /// What went wrong in an evaluation, without anything that a peer sent.
  static String failure(CelErrorCode code) {
    return switch (code) {
      case ATTRIBUTE_NOT_FOUND -> "a header or key that it asks for is missing";
      case DIVIDE_BY_ZERO -> "it divides by zero";
      case INDEX_OUT_OF_BOUNDS -> "a list that it looks into is too short";
      case ITERATION_BUDGET_EXCEEDED -> "it took too many steps";
      case NUMERIC_OVERFLOW -> "a number became too large";
      case BAD_FORMAT, INVALID_ARGUMENT -> "a text that it converts has another form";
      default -> "it could not be evaluated";
    };
  }

  private static String shown(String function) {
    if (function.equals(ExpressionWalk.MATCHES)) {
      return "matches";
    }
    if (function.equals("@in")) {
      return "in";
    }
    if (function.equals("_[_]")) {
      return "[ ]";
    }
    if (function.equals("_?_:_")) {
      return "? :";
    }
    Matcher operator = OPERATOR.matcher(function);
    return operator.matches() ? operator.group(1) : function.replace("!_", "!").replace("-_", "-");
  }

  private static int offset(String text, CelSourceLocation location) {
    int[] all = text.codePoints().toArray();
    int line = 1;
    int at = 0;
    while (line < location.getLine() && at < all.length) {
      if (all[at++] == '\n') {
        line++;
      }
    }
    return Math.min(at + Math.max(location.getColumn(), 0), all.length);
  }
}
