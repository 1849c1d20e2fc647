package dev.menura.bench.compare;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.menura.bench.compare.Section.Row;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// The sections as JSON, for other programs.
final class Report {
  private Report() {}

  /// @param about what was measured, and how
  static String of(Map<String, String> about, List<Section> sections) {
    var whole = new JsonObject();
    var how = new JsonObject();
    new TreeMap<>(about).forEach(how::addProperty);
    whole.add("about", how);
    var all = new JsonArray();
    for (var section : sections) {
      var one = new JsonObject();
      one.addProperty("case", section.word());
      one.addProperty("title", section.title());
      var rows = new JsonArray();
      section.rows().forEach(row -> rows.add(row(row)));
      one.add("rows", rows);
      all.add(one);
    }
    whole.add("cases", all);
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(whole)
        + "\n";
  }

  private static JsonObject row(Row row) {
    var one = new JsonObject();
    one.addProperty("system", row.contender());
    row.notRun().ifPresent(reason -> one.addProperty("not-run", reason));
    var figures = new JsonObject();
    for (var column : Column.values()) {
      var value = row.figures().get(column);
      if (value != null && Double.isFinite(value)) {
        figures.addProperty(column.word(), value);
      }
    }
    one.add("figures", figures);
    var goals = new JsonArray();
    for (var goal : row.goals()) {
      var wanted = new JsonObject();
      wanted.addProperty("figure", goal.column().word());
      wanted.addProperty("bound", goal.bound().name().toLowerCase(Locale.ROOT).replace('_', '-'));
      wanted.addProperty("value", goal.value());
      wanted.addProperty("met", row.meets(goal));
      goals.add(wanted);
    }
    one.add("goals", goals);
    var remarks = new JsonArray();
    row.remarks().forEach(remarks::add);
    one.add("remarks", remarks);
    return one;
  }
}
