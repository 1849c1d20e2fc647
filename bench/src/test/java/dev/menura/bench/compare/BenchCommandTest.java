package dev.menura.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.sidecar.os.Tool;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class BenchCommandTest {
  private static final Path CHECKOUT = Path.of("..").toAbsolutePath().normalize();

  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeEach
  void needsGo() {
    if (Tool.onPath("go", System.getenv()).isEmpty()) {
      if ("true".equals(System.getenv("CI"))) {
        throw new AssertionError("CI must have what the tests need: go");
      }
      Assumptions.abort("go is not on the PATH: apt-get install golang");
    }
    System.setProperty("menura.checkout", CHECKOUT.toString());
  }

  @Test
  void measuresEnvoyAloneAndAPolicySideBySide() throws Exception {
    var json = folder.resolve("figures.json");
    assertThat(
            bench(
                "--rounds=1",
                "--seconds=0.5",
                "--systems=certificates",
                "--cases=json,post-1k",
                "--menura=" + launcher(),
                "--json=" + json))
        .as(() -> err.toString())
        .isZero();
    var cases =
        JsonParser.parseString(Files.readString(json)).getAsJsonObject().getAsJsonArray("cases");
    assertThat(values(cases, "case")).containsExactly("json", "post-1k");
    for (var each : cases) {
      var rows = each.getAsJsonObject().getAsJsonArray("rows");
      assertThat(values(rows, "system")).containsExactly("E", "certificates");
      for (var row : rows) {
        assertThat(row.getAsJsonObject().has("not-run")).as(row::toString).isFalse();
        var figures = row.getAsJsonObject().getAsJsonObject("figures");
        assertThat(figures.get("per-second").getAsDouble()).as(row::toString).isPositive();
        assertThat(figures.get("cpu-micros").getAsDouble()).as(row::toString).isPositive();
        assertThat(figures.get("errors").getAsLong()).as(row::toString).isZero();
      }
    }
    assertThat(out.toString()).contains("keep-alive, small JSON", "of E ≥ 0.90");
  }

  @Test
  void measuresClientsWithoutAProxySettingBesideThoseWithOne() throws Exception {
    var json = folder.resolve("figures.json");
    assertThat(
            bench(
                "--rounds=1",
                "--seconds=0.5",
                "--systems=certificates",
                "--cases=transparent",
                "--menura=" + launcher(),
                "--json=" + json))
        .as(() -> err.toString())
        .isZero();
    var cases =
        JsonParser.parseString(Files.readString(json)).getAsJsonObject().getAsJsonArray("cases");
    assertThat(values(cases, "case"))
        .containsExactly("transparent-json", "transparent-new-connection");
    for (var each : cases) {
      var rows = each.getAsJsonObject().getAsJsonArray("rows");
      assertThat(values(rows, "system")).containsExactly("explicit", "transparent");
      for (var row : rows) {
        var reason = row.getAsJsonObject().get("not-run");
        if (reason != null) {
          assertThat(reason.getAsString()).containsAnyOf("apt-get install", "needs root");
          Assumptions.abort(reason.getAsString());
        }
        var figures = row.getAsJsonObject().getAsJsonObject("figures");
        assertThat(figures.get("per-second").getAsDouble()).as(row::toString).isPositive();
        assertThat(figures.get("errors").getAsLong()).as(row::toString).isZero();
      }
    }
  }

  @Test
  void saysWhichSystemsThereAreWhereOneIsUnknown() {
    assertThat(bench("--systems=quid")).isEqualTo(2);
    assertThat(err.toString()).contains("squid, squid-icap, mitmproxy; found 'quid'");
  }

  @Test
  void theLoadProgramsOwnTestsPass() throws Exception {
    var outcome =
        Tool.run(
            List.of("go", "test", "-C", CHECKOUT.resolve("bench/load").toString(), "./..."),
            Duration.ofMinutes(3));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            Tool.Outcome.Ended.class,
            ended -> assertThat(ended.succeeded()).as(ended.output()).isTrue());
  }

  private int bench(String... arguments) {
    return new CommandLine(new BenchCommand())
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .execute(arguments);
  }

  /// Starts the classes under test, where the checkout's launcher would build first.
  private Path launcher() throws Exception {
    var script =
        Files.writeString(
            folder.resolve("menura"),
            """
            #!/bin/sh
            exec '%s/bin/java' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \\
              --sun-misc-unsafe-memory-access=allow -cp '%s' dev.menura.sidecar.Main "$@"
            """
                .formatted(System.getProperty("java.home"), System.getProperty("java.class.path")));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
    return script;
  }

  private static List<String> values(JsonArray of, String key) {
    return of.asList().stream().map(each -> ((JsonObject) each).get(key).getAsString()).toList();
  }
}
