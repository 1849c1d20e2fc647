package dev.menura.policy.yaml;

import dev.menura.policy.yaml.YamlValue.Scalar;

/// Where in the file each character of a scalar stands.
///
/// Every YAML style keeps the characters that are not white space, in their order; only white
/// space, quotes and escapes differ between the file and the value. So the two are walked side by
/// side. A value that does not fit (it came through an alias of another style) is placed at its
/// start.
final class ScalarIndexes {
  private final int[] indexes;
  private final int start;

  private ScalarIndexes(int[] indexes, int start) {
    this.indexes = indexes;
    this.start = start;
  }

  static ScalarIndexes of(Scalar scalar) {
    int[] value = scalar.text().codePoints().toArray();
    int[] indexes = new int[value.length + 1];
    boolean fits = new Walk(scalar, value, indexes).run();
    return new ScalarIndexes(fits ? indexes : new int[0], scalar.start());
  }

  /// The index in the file of the value's character with this offset.
  int index(int offset) {
    if (indexes.length == 0) {
      return start;
    }
    return indexes[Math.max(0, Math.min(offset, indexes.length - 1))];
  }

  private static final class Walk {
    private final int[] text;
    private final int[] value;
    private final int[] indexes;
    private final int end;
    private final int style;
    private int at;

    Walk(Scalar scalar, int[] value, int[] indexes) {
      this.text = scalar.file().text();
      this.value = value;
      this.indexes = indexes;
      this.end = Math.min(scalar.end(), text.length);
      int first = scalar.start() < end ? text[scalar.start()] : 0;
      this.style = scalar.quoted() ? first : 0;
      this.at = scalar.start() + (style == '"' || style == '\'' ? 1 : 0);
      if (style == '|' || style == '>') {
        while (at < end && text[at] != '\n' && text[at] != '\r') {
          at++;
        }
      }
    }

    boolean run() {
      int behind = at;
      for (int i = 0; i < value.length; i++) {
        if (isSpace(value[i]) && !(style == '"' && atEscape())) {
          indexes[i] = behind;
          behind = at < end && isSpace(text[at]) ? ++at : behind;
          continue;
        }
        skipSpace();
        if (at >= end) {
          return false;
        }
        indexes[i] = at;
        if (!takes(value[i])) {
          return false;
        }
        behind = at;
      }
      indexes[value.length] = Math.max(behind, 0);
      return true;
    }

    /// White space, and in double quotes the escaped line break, stand for nothing here.
    private void skipSpace() {
      while (at < end) {
        if (isSpace(text[at])) {
          at++;
        } else if (style == '"' && text[at] == '\\' && at + 1 < end && isBreak(text[at + 1])) {
          at += 2;
        } else {
          return;
        }
      }
    }

    private boolean atEscape() {
      int ahead = at;
      while (ahead < end && isSpace(text[ahead])) {
        ahead++;
      }
      return ahead == at && at + 1 < end && text[at] == '\\' && !isBreak(text[at + 1]);
    }

    private boolean takes(int character) {
      if (style == '"' && text[at] == '\\') {
        int escape = at + 1 < end ? text[at + 1] : 0;
        at +=
            switch (escape) {
              case 'x' -> 4;
              case 'u' -> 6;
              case 'U' -> 10;
              default -> 2;
            };
        return true;
      }
      if (text[at] != character) {
        return false;
      }
      at += style == '\'' && character == '\'' ? 2 : 1;
      return true;
    }

    private static boolean isBreak(int c) {
      return c == '\n' || c == '\r';
    }

    private static boolean isSpace(int c) {
      return c == ' ' || c == '\t' || isBreak(c);
    }
  }
}
