package dev.menura.bench.compare;

import dev.menura.bench.compare.Section.Row;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// The sections as text, in aligned columns.
final class Table {
  private static final int INDENT = 2;
  private static final String GAP = "  ";

  private final int width;
  private final boolean colours;

  /// @param width the terminal's columns; figures that do not fit are left out, the least telling
  ///   first
  /// @param colours whether the text is for a terminal
  Table(int width, boolean colours) {
    this.width = width;
    this.colours = colours;
  }

  String of(List<Section> sections) {
    var out = new StringBuilder();
    for (var section : sections) {
      if (!out.isEmpty()) {
        out.append('\n');
      }
      append(out, section);
    }
    return out.toString();
  }

  private void append(StringBuilder out, Section section) {
    out.append(section.title()).append('\n');
    var columns =
        new ArrayList<>(
            Arrays.stream(Column.values())
                .filter(column ->
                    section.rows().stream().anyMatch(row -> row.figures().containsKey(column)))
                .toList());
    int name = section.rows().stream().mapToInt(row -> row.contender().length()).max().orElse(0);
    while (columns.size() > 1 && lineWidth(section, columns, name) > width) {
      columns.remove(columns.stream().max(Comparator.comparingInt(Column::rank)).orElseThrow());
      if (columns.stream().allMatch(column -> column.rank() == 1)) {
        break;
      }
    }
    if (!columns.isEmpty()) {
      out.append(" ".repeat(INDENT + name));
      for (var column : columns) {
        out.append(GAP).append(right(column.title(), width(section, column)));
      }
      out.append('\n');
    }
    for (var row : section.rows()) {
      append(out, section, row, columns, name);
    }
  }

  private void append(StringBuilder out, Section section, Row row, List<Column> columns, int name) {
    out.append(" ".repeat(INDENT)).append(row.contender());
    out.append(" ".repeat(name - row.contender().length()));
    row.notRun().ifPresent(reason -> out.append(GAP).append("not run: ").append(reason));
    if (row.notRun().isEmpty()) {
      for (var column : columns) {
        out.append(GAP).append(right(cell(row, column), width(section, column)));
      }
      out.append(goals(row));
    }
    out.append('\n');
    for (String remark : row.remarks()) {
      out.append(" ".repeat(INDENT + name)).append(GAP).append(remark).append('\n');
    }
  }

  private String goals(Row row) {
    var out = new StringBuilder();
    for (var goal : row.goals()) {
      boolean met = row.meets(goal);
      out.append(GAP).append(coloured(met ? "32" : "31", (met ? "✓ " : "✗ ") + goal.text()));
    }
    return out.toString();
  }

  private static int lineWidth(Section section, List<Column> columns, int name) {
    int figures = columns.stream().mapToInt(column -> GAP.length() + width(section, column)).sum();
    int goals =
        section.rows().stream()
            .mapToInt(row ->
                row.goals().stream()
                    .mapToInt(goal -> 2 + GAP.length() + goal.text().length())
                    .sum())
            .max()
            .orElse(0);
    return INDENT + name + figures + goals;
  }

  private static int width(Section section, Column column) {
    return Math.max(
        column.title().length(),
        section.rows().stream().mapToInt(row -> cell(row, column).length()).max().orElse(0));
  }

  private static String cell(Row row, Column column) {
    var figure = row.figures().get(column);
    return figure == null ? "" : Column.text(figure);
  }

  private static String right(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }

  private String coloured(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
