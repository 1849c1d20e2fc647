package dev.menura.e2e;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// The scene of the cells of [EveryWayInTest] whose client knows of no proxy: a gateway that
/// redirects, with an origin behind it, under the same policy as the others.
final class RedirectedCells implements AutoCloseable {
  private static final String ORIGIN = Network.ORIGIN + ":443";

  private final RedirectedGateway gateway;
  private final Origin origin;

  /// @param policy the whole document
  /// @param names of the origin
  RedirectedCells(Path folder, String policy, String... names) {
    gateway = new RedirectedGateway(folder, "[]", "", Map.of("policy.yaml", policy));
    try {
      var certificate = gateway.root().leaf(names);
      origin = Origin.on(gateway.network.origins, "origin", folder, certificate, ORIGIN);
      gateway.redirected("--mode", "gateway", "--interface", "inside", "--apply");
    } catch (RuntimeException | Error e) {
      gateway.close();
      throw e;
    }
  }

  /// The command of a client that asks for a host, without its question.
  List<String> command(String host) {
    var command = new ArrayList<>(gateway.network.client.prefix());
    command.addAll(
        List.of(
            GoTools.program().toString(),
            "ask",
            "-proxy",
            ORIGIN,
            "-cacert",
            gateway.bothRoots().toString(),
            "-url",
            "https://" + host + ":443"));
    return command;
  }

  void awaitEvent(Predicate<JsonObject> wanted) {
    gateway.awaitEvent(wanted);
  }

  @Override
  public void close() {
    origin.close();
    gateway.close();
  }
}
