package dev.menura.bench.compare;

import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyUnavailable;
import dev.menura.sidecar.os.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `menura bench`: the comparison on this machine.
@Command(
    name = "menura bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures Menura beside Envoy alone, and beside Squid and mitmproxy where they are installed.",
      "Rounds alternate between the systems; figures are medians, ratios are to Envoy alone (E).",
      "Needs Go, for the load generator. It installs nothing."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:measured, whether goals are met or not",
      "1:not measured",
      "2:the command line is wrong"
    })
final class BenchCommand implements Callable<Integer> {
  private static final int WIDTH_DEFAULT = 120;

  @Option(names = "--quick", description = "Ends within ten minutes on two cores.")
  private boolean quick;

  @Option(names = "--json", paramLabel = "FILE", description = "Also writes the figures there.")
  private @Nullable Path json;

  @Option(
      names = "--systems",
      paramLabel = "NAME",
      split = ",",
      description = "Only these systems, with commas; E always runs. Default: all.")
  private List<String> systems = List.of();

  @Option(
      names = "--cases",
      paramLabel = "NAME",
      split = ",",
      description = "Only these cases, with commas. Default: all.")
  private List<String> wanted = List.of();

  @Option(names = "--rounds", paramLabel = "N", description = "How many rounds.")
  private @Nullable Integer count;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description = "How long each case is measured in a round.")
  private @Nullable Double seconds;

  @Option(names = "--envoy", paramLabel = "PATH", description = "Envoy's program.")
  private @Nullable Path envoy;

  @Option(
      names = "--menura",
      paramLabel = "PATH",
      description = "The launcher that is measured. Default: the checkout's.")
  private @Nullable Path menura;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    var out = spec.commandLine().getOut();
    var err = spec.commandLine().getErr();
    try {
      var checkout = checkout();
      var contenders = contenders(checkout);
      var cases = cases();
      if (Tool.onPath("go", System.getenv()).isEmpty()) {
        throw new BenchFailure(
            "go is not on the PATH, and the load generator is in Go: apt-get install golang");
      }
      var program = EnvoyBinary.find(Optional.ofNullable(envoy), err::println);
      var rounds = rounds(contenders.size() * cases.size());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy),
                  "shutdown"));
      List<Section> sections;
      try (var bench = Workbench.open(checkout, program.path());
          var comparison =
              new Comparison(
                  bench,
                  contenders,
                  cases,
                  rounds,
                  line -> {
                    err.println(line);
                    err.flush();
                  })) {
        sections = comparison.run();
      }
      out.print(new Table(width(), System.console() != null).of(sections));
      out.flush();
      if (json != null) {
        Files.writeString(json, Report.of(about(program, rounds), sections));
      }
      return 0;
    } catch (BenchFailure | EnvoyUnavailable | IOException e) {
      err.println("menura bench: " + e.getMessage());
      return 1;
    }
  }

  private Path checkout() throws BenchFailure {
    var named = System.getProperty("menura.checkout");
    if (named == null) {
      throw new BenchFailure(
          "the load generator is in a checkout of the sources; run ./menura there");
    }
    return Path.of(named);
  }

  private List<Contender> contenders(Path checkout) {
    var launcher =
        Optional.ofNullable(menura).map(Path::toAbsolutePath).orElse(checkout.resolve("menura"));
    var all =
        List.<Contender>of(
            EnvoyAlone.ONE_HOP,
            EnvoyAlone.TWO_HOPS,
            Menura.certificates(launcher),
            Menura.headers(launcher),
            Menura.bodies(launcher));
    known(systems, all.stream().map(Contender::name).toList(), "--systems");
    return all.stream()
        .filter(each ->
            systems.isEmpty() || systems.contains(each.name()) || each.equals(EnvoyAlone.ONE_HOP))
        .toList();
  }

  private List<Case> cases() {
    known(wanted, Arrays.stream(Case.values()).map(Case::word).toList(), "--cases");
    return Arrays.stream(Case.values())
        .filter(each -> wanted.isEmpty() || wanted.contains(each.word()))
        .toList();
  }

  private void known(List<String> named, List<String> all, String option) {
    var unknown = new ArrayList<>(named);
    unknown.removeAll(all);
    if (!unknown.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          option + ": expected " + String.join(", ", all) + "; found '" + unknown.getFirst() + "'");
    }
  }

  private Rounds rounds(int cells) {
    var usual = quick ? Rounds.quick(cells) : Rounds.full();
    return new Rounds(
        count == null ? usual.count() : Math.max(1, count),
        seconds == null
            ? usual.length()
            : java.time.Duration.ofMillis(Math.max(100, Math.round(seconds * 1000))),
        usual.warm(),
        seconds == null
            ? usual.warming()
            : java.time.Duration.ofMillis(Math.max(100, Math.round(seconds * 1000))));
  }

  private static Map<String, String> about(EnvoyBinary envoy, Rounds rounds) {
    return new TreeMap<>(
        Map.of(
            "envoy", envoy.version().toString(),
            "java", Runtime.version().toString(),
            "processors", Integer.toString(Runtime.getRuntime().availableProcessors()),
            "rounds", Integer.toString(rounds.count()),
            "seconds", Double.toString(rounds.length().toMillis() / 1000.0)));
  }

  private static int width() {
    try {
      return Integer.parseInt(System.getenv().getOrDefault("COLUMNS", ""));
    } catch (NumberFormatException e) {
      return WIDTH_DEFAULT;
    }
  }
}
