package dev.menura.sidecar.events;

import java.util.HexFormat;

/// JSON without white space (RFC 8259), at the end of a text. What is open has to be closed by
/// whoever opened it. Names are written as they are, but for those of entries, which may be any
/// text.
final class JsonText {
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder text;

  JsonText(StringBuilder text) {
    this.text = text;
  }

  /// Begins a value that stands for itself.
  JsonText begin() {
    text.append('{');
    return this;
  }

  JsonText end() {
    text.append('}');
    return this;
  }

  JsonText beginObject(String name) {
    name(name).text.append('{');
    return this;
  }

  JsonText beginArray(String name) {
    name(name).text.append('[');
    return this;
  }

  JsonText endArray() {
    text.append(']');
    return this;
  }

  /// Begins an object in an array.
  JsonText beginItem() {
    separate();
    text.append('{');
    return this;
  }

  JsonText item(String value) {
    separate();
    quoted(value);
    return this;
  }

  JsonText field(String name, String value) {
    name(name).quoted(value);
    return this;
  }

  JsonText field(String name, long value) {
    name(name).text.append(value);
    return this;
  }

  JsonText entry(String name, String value) {
    entry(name).quoted(value);
    return this;
  }

  JsonText entry(String name, long value) {
    entry(name).text.append(value);
    return this;
  }

  private JsonText entry(String name) {
    separate();
    quoted(name);
    text.append(':');
    return this;
  }

  private JsonText name(String name) {
    separate();
    text.append('"').append(name).append("\":");
    return this;
  }

  /// Nothing stands between what opens and the first in it. A text ends with its quotation mark.
  private void separate() {
    char last = text.charAt(text.length() - 1);
    if (last != '{' && last != '[') {
      text.append(',');
    }
  }

  private void quoted(String value) {
    text.append('"');
    int done = 0;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (isPlain(c)) {
        continue;
      }
      text.append(value, done, i);
      escaped(c);
      done = i + 1;
    }
    if (done == 0) {
      text.append(value);
    } else {
      text.append(value, done, value.length());
    }
    text.append('"');
  }

  /// The two separators end lines in JavaScript.
  private static boolean isPlain(char c) {
    return c >= ' ' && c != '"' && c != '\\' && c != '\u2028' && c != '\u2029';
  }

  private void escaped(char c) {
    switch (c) {
      case '"', '\\' -> text.append('\\').append(c);
      case '\t' -> text.append("\\t");
      case '\b' -> text.append("\\b");
      case '\n' -> text.append("\\n");
      case '\r' -> text.append("\\r");
      case '\f' -> text.append("\\f");
      default -> text.append("\\u").append(HEX.toHexDigits(c));
    }
  }
}
