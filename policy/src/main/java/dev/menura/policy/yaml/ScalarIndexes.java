package dev.menura.policy.yaml;

import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.Arrays;

/// Where in the file each character of a scalar stands.
///
/// The scalar is read a second time, with the places noted. Where that does not come to the
/// scalar's text, everything is placed at the scalar's start.
final class ScalarIndexes {
  private final int[] indexes;
  private final int start;

  private ScalarIndexes(int[] indexes, int start) {
    this.indexes = indexes;
    this.start = start;
  }

  static ScalarIndexes of(Scalar scalar) {
    int[] value = scalar.text().codePoints().toArray();
    int[] text = scalar.file().text();
    int style = scalar.quoted() && scalar.start() < text.length ? text[scalar.start()] : 0;
    boolean block = style == '|' || style == '>';
    int[] indexes = block ? block(scalar, value) : new FlowScalar(scalar, style).indexes(value);
    return new ScalarIndexes(indexes, scalar.start());
  }

  /// The index in the file of the value's character with this offset; behind the last one, the
  /// index behind the last one's.
  int index(int offset) {
    if (indexes.length == 0) {
      return start;
    }
    int last = indexes.length - 1;
    return offset <= last ? indexes[Math.max(0, offset)] : indexes[last] + 1;
  }

  /// A block scalar keeps all characters but white space, so those are met again in their order;
  /// white space is placed behind what stands in front of it.
  private static int[] block(Scalar scalar, int[] value) {
    int[] text = scalar.file().text();
    int end = Math.min(scalar.end(), text.length);
    int at = scalar.start();
    while (at < end && !FlowScalar.isBreak(text[at])) {
      at++;
    }
    int[] indexes = new int[value.length];
    for (int i = 0; i < value.length; i++) {
      if (FlowScalar.isSpace(value[i])) {
        indexes[i] = at;
        continue;
      }
      while (at < end && FlowScalar.isSpace(text[at])) {
        at++;
      }
      if (at >= end || text[at] != value[i]) {
        return new int[0];
      }
      indexes[i] = at++;
    }
    return indexes;
  }

  /// Reads a plain or quoted scalar (YAML 1.2 section 7.3).
  private static final class FlowScalar {
    private final int[] text;
    private final int style;
    private final int end;
    private int at;
    private int[] characters = new int[16];
    private int[] indexes = new int[16];
    private int count;

    FlowScalar(Scalar scalar, int style) {
      this.text = scalar.file().text();
      this.style = style;
      int quote = style == 0 ? 0 : 1;
      this.at = scalar.start() + quote;
      this.end = Math.min(scalar.end(), text.length) - quote;
    }

    int[] indexes(int[] value) {
      while (at < end) {
        if (isSpace(text[at])) {
          space();
        } else if (style == '"' && text[at] == '\\') {
          escape();
        } else {
          put(text[at], at);
          at += style == '\'' && text[at] == '\'' ? 2 : 1;
        }
      }
      boolean same = count == value.length;
      for (int i = 0; i < count && same; i++) {
        same = characters[i] == value[i] || characters[i] == ESCAPED;
      }
      return same ? Arrays.copyOf(indexes, count) : new int[0];
    }

    /// Stands for whatever an escape means.
    private static final int ESCAPED = -1;

    /// White space with line breaks in it is folded: one break is a space, more are one fewer.
    private void space() {
      int from = at;
      int breaks = 0;
      while (at < end && isSpace(text[at])) {
        boolean second = text[at] == '\n' && at > from && text[at - 1] == '\r';
        breaks += isBreak(text[at]) && !second ? 1 : 0;
        at++;
      }
      if (breaks == 0) {
        for (int i = from; i < at; i++) {
          put(text[i], i);
        }
      } else if (breaks == 1) {
        put(' ', from);
      } else {
        for (int i = 1; i < breaks; i++) {
          put('\n', from);
        }
      }
    }

    private void escape() {
      int from = at;
      int escaped = at + 1 < end ? text[at + 1] : 0;
      if (isBreak(escaped)) {
        at += 2;
        while (at < end && isSpace(text[at])) {
          at++;
        }
        return;
      }
      at +=
          switch (escaped) {
            case 'x' -> 4;
            case 'u' -> 6;
            case 'U' -> 10;
            default -> 2;
          };
      put(ESCAPED, from);
    }

    private void put(int character, int index) {
      if (count == characters.length) {
        characters = Arrays.copyOf(characters, count * 2);
        indexes = Arrays.copyOf(indexes, count * 2);
      }
      characters[count] = character;
      indexes[count++] = index;
    }

    static boolean isBreak(int c) {
      return c == '\n' || c == '\r';
    }

    static boolean isSpace(int c) {
      return c == ' ' || c == '\t' || isBreak(c);
    }
  }
}
