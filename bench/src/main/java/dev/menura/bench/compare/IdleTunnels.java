package dev.menura.bench.compare;

import com.google.gson.JsonParser;
import dev.menura.bench.compare.Section.Row;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// What open tunnels on which nothing moves take in memory.
final class IdleTunnels {
  private static final int TUNNELS = 1_000;
  private static final int SETTLE_MS = 1_000;
  private static final double KIB = 1024;
  private static final int END_SECONDS = 20;

  private IdleTunnels() {}

  static Section run(List<Contender> contenders, Map<Contender, Entrant> entrants)
      throws InterruptedException, IOException {
    var rows = new ArrayList<Row>();
    for (var contender : contenders) {
      var entrant = entrants.get(contender);
      rows.add(
          entrant == null
              ? Row.notRun(contender.name(), contender.missing().orElse("it did not start"))
              : row(entrant));
    }
    return new Section("idle-tunnels", "idle tunnels, memory of all processes", rows);
  }

  private static Row row(Entrant entrant) throws InterruptedException, IOException {
    var tree = entrant.running().tree();
    long before = tree.held().shared();
    var command = entrant.command("hold");
    command.addAll(List.of("-count", Integer.toString(TUNNELS)));
    var holding = new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
    try {
      var said = holding.inputReader().readLine();
      if (said == null) {
        return Row.notRun(entrant.contender().name(), "the load program ended");
      }
      var answer = JsonParser.parseString(said).getAsJsonObject();
      int held = answer.get("held").getAsInt();
      Thread.sleep(SETTLE_MS);
      long after = tree.held().shared();
      var figures = new EnumMap<Column, Double>(Column.class);
      figures.put(Column.TUNNELS, (double) held);
      figures.put(Column.TUNNEL_KIB, held == 0 ? Double.NaN : (after - before) / KIB / held);
      figures.put(Column.ERRORS, (double) TUNNELS - held);
      var error = answer.get("error").getAsString();
      return Row.of(
          entrant.contender().name(),
          figures,
          List.of(),
          error.isEmpty() ? List.of() : List.of("error: " + error));
    } finally {
      holding.getOutputStream().close();
      if (!holding.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
        holding.destroyForcibly();
      }
    }
  }
}
