package dev.menura.sidecar.command;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `menura verify` where the launcher has not taken it: outside a checkout there are no tests.
@Command(
    name = "verify",
    description = "Runs all tests of the project (in a checkout).",
    mixinStandardHelpOptions = true)
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--all", description = "Also the tests that take long.")
  private boolean all;

  @Override
  public Integer call() {
    spec.commandLine()
        .getErr()
        .println(
            "menura verify"
                + (all ? " --all" : "")
                + ": the tests are in a checkout of the sources; run ./menura verify there");
    return 1;
  }
}
