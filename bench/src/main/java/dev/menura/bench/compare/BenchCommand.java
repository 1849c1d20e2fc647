package dev.menura.bench.compare;

import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyUnavailable;
import dev.menura.sidecar.os.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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
  private static final Duration QUICK = Duration.ofSeconds(580);

  /// What must be left for more than one start of each.
  private static final Duration STARTS = Duration.ofSeconds(150);

  private static final Duration SOAK_MIN = Duration.ofSeconds(10);
  private static final int WIDTH_DEFAULT = 120;

  /// What is measured besides the cases of load.
  private static final String START_UP = "start-up";

  private static final String RELOAD = "reload";
  private static final String IDLE_TUNNELS = "idle-tunnels";
  private static final String MEMORY = "memory";
  private static final String TRANSPARENT = "transparent";
  private static final String ATTACKS = "attacks";
  private static final List<String> BESIDES =
      List.of(RELOAD, ATTACKS, IDLE_TUNNELS, TRANSPARENT, START_UP, MEMORY);

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

  @Option(
      names = "--soak",
      paramLabel = "TIME",
      description =
          "Instead: half load for so long (10m, 90s) on each of Menura's policies that --systems"
              + " names, by default 'bodies'; prints what grows.")
  private @Nullable String soak;

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
      for (var contender : contenders) {
        if (contender instanceof Menura product) {
          product.prepare();
        }
      }
      var rounds = rounds(contenders.size() * cases.size());
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> ProcessHandle.current().descendants().forEach(ProcessHandle::destroy),
                  "shutdown"));
      List<Section> sections;
      try (var bench = Workbench.open(checkout, program.path())) {
        if (soak != null) {
          return soaked(bench, contenders);
        }
        sections = measured(bench, contenders, cases, rounds);
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

  private List<Section> measured(
      Workbench bench, List<Contender> contenders, List<Case> cases, Rounds rounds)
      throws IOException, InterruptedException {
    var sections = new ArrayList<Section>();
    var menuras = menuras(contenders).stream().limit(1).toList();
    var budget = Budget.of(quick ? QUICK : Duration.ofDays(1));
    try (var comparison =
        new Comparison(bench, contenders, cases, rounds, budget, this::progress)) {
      sections.addAll(comparison.run());
      var entrants = comparison.entrants();
      if (asked(RELOAD)) {
        progress("policy reload under load");
        sections.add(new Reloads(quick ? 6 : 12).run(contenders, entrants));
      }
      // A quick run has no time for it, unless it is named.
      if (!menuras.isEmpty() && (wanted.contains(ATTACKS) || wanted.isEmpty() && !quick)) {
        progress("attacks");
        sections.addAll(Attacks.run(List.of(EnvoyAlone.ONE_HOP, menuras.getFirst()), entrants));
      }
      if (asked(IDLE_TUNNELS)) {
        progress("idle tunnels");
        sections.add(IdleTunnels.run(contenders, entrants));
      }
      if (asked(MEMORY)) {
        sections.add(Memory.afterLoad(contenders, entrants));
      }
    }
    if (asked(TRANSPARENT) && !menuras.isEmpty()) {
      progress("clients without a proxy setting");
      sections.addAll(WaysIn.run(bench, menuras.getFirst(), rounds));
    }
    if (asked(START_UP)) {
      progress("start-up");
      sections.addAll(
          new StartUps(bench, starting(contenders), quick ? (budget.leaves(STARTS) ? 2 : 1) : 5)
              .run());
    }
    if (asked(MEMORY) && !menuras.isEmpty()) {
      progress("memory of the sidecar");
      sections.add(Memory.sidecar(bench, menuras, naming(budget)));
    }
    return sections;
  }

  /// How long new names are asked for.
  private Duration naming(Budget budget) {
    long seconds = budget.left().toSeconds() - 20;
    return quick ? Duration.ofSeconds(Math.clamp(seconds, 10, 90)) : Duration.ofSeconds(300);
  }

  /// One of Menura's policies stands for all, which start alike.
  private static List<Contender> starting(List<Contender> contenders) {
    var starting = new ArrayList<>(contenders);
    var menuras = menuras(contenders);
    starting.removeAll(menuras.stream().skip(1).toList());
    if (!menuras.isEmpty()) {
      starting.add(starting.indexOf(menuras.getFirst()) + 1, menuras.getFirst().withoutAotCache());
    }
    starting.remove(EnvoyAlone.TWO_HOPS);
    return starting;
  }

  private static List<Menura> menuras(List<Contender> contenders) {
    return contenders.stream().filter(Menura.class::isInstance).map(Menura.class::cast).toList();
  }

  private int soaked(Workbench bench, List<Contender> contenders)
      throws BenchFailure, IOException, InterruptedException {
    var length = length(String.valueOf(soak));
    for (var contender : menuras(contenders)) {
      if (!systems.isEmpty() || contender.name().equals("bodies")) {
        var result = Soak.run(bench, contender, length, this::progress);
        spec.commandLine().getOut().print(result.text());
        spec.commandLine().getOut().flush();
      }
    }
    return 0;
  }

  private Duration length(String text) {
    try {
      var length = Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
      if (length.compareTo(SOAK_MIN) >= 0) {
        return length;
      }
    } catch (DateTimeParseException _) {
      // Said below.
    }
    throw new ParameterException(
        spec.commandLine(),
        "--soak: expected a time of at least 10s, as 10m; found '" + text + "'");
  }

  private boolean asked(String besides) {
    return wanted.isEmpty() || wanted.contains(besides);
  }

  private void progress(String line) {
    spec.commandLine().getErr().println(line);
    spec.commandLine().getErr().flush();
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
            Menura.cleared(launcher),
            Menura.headers(launcher),
            Menura.bodies(launcher),
            Squid.BUMPING,
            Squid.WITH_ICAP,
            Mitmproxy.DUMPING);
    known(systems, all.stream().map(Contender::name).toList(), "--systems");
    return all.stream()
        .filter(each ->
            systems.isEmpty() || systems.contains(each.name()) || each.equals(EnvoyAlone.ONE_HOP))
        .toList();
  }

  private List<Case> cases() {
    var words = new ArrayList<>(Arrays.stream(Case.values()).map(Case::word).toList());
    words.addAll(BESIDES);
    known(wanted, words, "--cases");
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
            : Duration.ofMillis(Math.max(100, Math.round(seconds * 1000))),
        usual.warm(),
        seconds == null
            ? usual.warming()
            : Duration.ofMillis(Math.max(100, Math.round(seconds * 1000))));
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
