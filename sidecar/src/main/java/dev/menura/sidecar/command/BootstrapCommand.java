package dev.menura.sidecar.command;

import dev.menura.controlplane.Bootstraps;
import dev.menura.sidecar.data.SocketFolder;
import dev.menura.sidecar.os.Places;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `menura bootstrap`: the bootstrap of an Envoy beside the sidecar.
@Command(
    name = "bootstrap",
    mixinStandardHelpOptions = true,
    description = "Prints the bootstrap for an Envoy that the sidecar of 'menura run' drives.")
final class BootstrapCommand implements Runnable {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The sidecar's data directory, as given to 'menura run'.")
  private @Nullable Path data;

  @Option(
      names = "--node",
      paramLabel = "ID",
      description = "What the sidecar calls this Envoy. Default: ${DEFAULT-VALUE}.")
  private String node = "envoy";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    var sockets = SocketFolder.of(Optional.ofNullable(data).orElse(Places.ofThisUser().state()));
    spec.commandLine()
        .getOut()
        .println(Bootstraps.json(node, sockets.sidecar().toString(), sockets.admin().toString()));
  }
}
