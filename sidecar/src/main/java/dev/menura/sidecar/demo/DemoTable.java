package dev.menura.sidecar.demo;

import java.util.ArrayList;
import java.util.List;

/// The demo's rows as text, in aligned columns.
final class DemoTable {
  private static final List<String> TITLES =
      List.of(
          "",
          "request",
          "decision",
          "rule or reason",
          "issuer seen",
          "status",
          "ms",
          "what was seen");

  private final boolean colours;

  /// @param colours whether the text is for a terminal
  DemoTable(boolean colours) {
    this.colours = colours;
  }

  String of(List<DemoRow> rows) {
    List<List<String>> cells = new ArrayList<>();
    cells.add(TITLES);
    rows.forEach(row -> cells.add(cells(row)));
    int[] widths = new int[TITLES.size()];
    for (List<String> line : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < cells.size(); i++) {
      append(out, cells.get(i), widths);
      if (i > 0) {
        for (String problem : rows.get(i - 1).problems()) {
          out.append("    ").append(coloured("31", problem)).append('\n');
        }
      }
    }
    return out.toString();
  }

  private void append(StringBuilder out, List<String> line, int[] widths) {
    for (int i = 0; i < line.size(); i++) {
      String cell = line.get(i);
      boolean last = i == line.size() - 1;
      String padded = last ? cell : cell + " ".repeat(widths[i] - cell.length());
      out.append(
          switch (cell) {
            case "✓" -> coloured("32", padded);
            case "✗" -> coloured("31", padded);
            default -> padded;
          });
      out.append(last ? "\n" : "  ");
    }
  }

  private static List<String> cells(DemoRow row) {
    return List.of(
        row.asExpected() ? "✓" : "✗",
        row.request(),
        row.decision(),
        row.rule(),
        row.issuer(),
        row.status() == 0 ? "-" : Integer.toString(row.status()),
        Long.toString(row.millis()),
        row.seen());
  }

  private String coloured(String code, String text) {
    return colours ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
