package dev.menura.sidecar.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `menura bench` where the launcher has not taken it: outside a checkout there is nothing to
/// compare with.
@Command(
    name = "bench",
    description = "Measures Menura beside Envoy alone and other proxies (in a checkout).",
    mixinStandardHelpOptions = true)
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    spec.commandLine()
        .getErr()
        .println(
            "menura bench: the load generator is in a checkout of the sources; run ./menura bench there");
    return 1;
  }
}
