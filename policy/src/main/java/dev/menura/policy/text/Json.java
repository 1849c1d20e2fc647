package dev.menura.policy.text;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Writes JSON (RFC 8259) made of maps, lists, texts, numbers and booleans.
public final class Json {
  private Json() {}

  /// An object with its members in this order: a name, its value, the next name, and so on.
  public static Map<String, Object> object(Object... members) {
    Map<String, Object> object = new LinkedHashMap<>();
    for (int i = 0; i < members.length; i += 2) {
      object.put((String) members[i], members[i + 1]);
    }
    return object;
  }

  /// A value over several lines, indented by two spaces a level, with a line break at its end.
  public static String write(Object value) {
    StringBuilder out = new StringBuilder();
    write(value, "\n", out);
    return out.append('\n').toString();
  }

  private static void write(Object value, String lineBreak, StringBuilder out) {
    switch (value) {
      case Map<?, ?> map -> {
        String inner = lineBreak + "  ";
        String separator = "{" + inner;
        for (Map.Entry<?, ?> member : map.entrySet()) {
          out.append(separator).append(quoted((String) member.getKey())).append(": ");
          write(member.getValue(), inner, out);
          separator = "," + inner;
        }
        out.append(map.isEmpty() ? "{}" : lineBreak + "}");
      }
      case List<?> list -> {
        String separator = "[";
        for (Object item : list) {
          out.append(separator);
          write(item, lineBreak, out);
          separator = ", ";
        }
        out.append(list.isEmpty() ? "[]" : "]");
      }
      case String text -> out.append(quoted(text));
      default -> out.append(value);
    }
  }

  /// A text in quotes, in ASCII.
  public static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
