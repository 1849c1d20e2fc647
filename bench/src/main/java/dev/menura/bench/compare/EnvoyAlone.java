package dev.menura.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Envoy by itself with a static configuration, `bench/envoy/alone.yaml`.
///
/// @param firstHop the internal listener that a tunnel reaches first
record EnvoyAlone(String name, String about, String firstHop) implements Contender {
  static final EnvoyAlone ONE_HOP =
      new EnvoyAlone("E", "Envoy alone, one static certificate", "decrypt");
  static final EnvoyAlone TWO_HOPS = new EnvoyAlone("E2", "E with a second internal hop", "front");

  @Override
  public Optional<String> missing() {
    return Optional.empty();
  }

  @Override
  public Running start(Workbench bench, Path folder, int port) throws IOException {
    var text = Files.readString(bench.checkout().resolve("bench/envoy/alone.yaml"));
    var words =
        Map.of(
            "@port@",
            Integer.toString(port),
            "@first-hop@",
            firstHop,
            "@certificates@",
            bench.certificate("").toString(),
            "@origin-port@",
            bench.place().origin().port(),
            "@folder@",
            folder.toString());
    for (var word : words.entrySet()) {
      text = text.replace(word.getKey(), word.getValue());
    }
    var configuration = Files.writeString(folder.resolve("envoy.yaml"), text);
    return Running.start(
        folder,
        folder.resolve("output.txt"),
        List.of(
            bench.envoy().toString(),
            "--config-path",
            configuration.toString(),
            "--disable-hot-restart",
            "--log-level",
            "warning"));
  }

  @Override
  public Path trusted(Workbench bench, Path folder) {
    return bench.certificate("gateway-root.pem");
  }
}
