package dev.menura.sidecar.command;

import picocli.CommandLine.Command;

/// `menura run`: the sidecar alone.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the sidecar alone, for an Envoy that somebody else starts.",
      "That Envoy's bootstrap is DATA/bootstrap.json."
    })
final class RunCommand extends UpCommand {
  @Override
  public Integer call() throws Exception {
    return run(false);
  }
}
