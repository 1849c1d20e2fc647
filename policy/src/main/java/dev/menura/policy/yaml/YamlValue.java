package dev.menura.policy.yaml;

import java.util.List;

/// A value in a YAML file, with its place.
public sealed interface YamlValue {
  SourceFile file();

  /// The index of the value's first character.
  int start();

  /// The value in words that fit after "found".
  String described();

  /// Text, a number, `true` or `false`, or nothing at all.
  ///
  /// @param end the index behind the value's last character
  /// @param quoted false where the value stands without quotes and may be a number
  record Scalar(SourceFile file, int start, int end, String text, boolean quoted)
      implements YamlValue {
    private static final int SHOWN_MAX = 40;

    /// Whether nothing was written, or `null`.
    public boolean isNothing() {
      return !quoted && (text.isEmpty() || text.equals("null") || text.equals("~"));
    }

    /// The index in the file of each character of [#text], and behind the last one the end.
    public int index(int offset) {
      return ScalarIndexes.of(this).index(offset);
    }

    @Override
    public String described() {
      if (isNothing()) {
        return "nothing";
      }
      String shown = text.length() > SHOWN_MAX ? text.substring(0, SHOWN_MAX) + "…" : text;
      boolean misleading = quoted && (shown.equals("true") || shown.equals("false"));
      return (misleading ? "the text '" : "'") + shown + "'";
    }
  }

  record Sequence(SourceFile file, int start, List<YamlValue> items) implements YamlValue {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public String described() {
      return "a list";
    }
  }

  record Mapping(SourceFile file, int start, List<Entry> entries) implements YamlValue {
    public Mapping {
      entries = List.copyOf(entries);
    }

    @Override
    public String described() {
      return "a mapping";
    }
  }

  /// A key and its value.
  record Entry(Scalar key, YamlValue value) {}
}
