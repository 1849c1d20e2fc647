package dev.menura.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One of Menura's policies in a [Pod], where clients reach it as a proxy, or without knowing of
/// it.
record Sidecar(Menura menura, Pod pod) implements Contender {
  /// Whose connections are not redirected: those that Envoy opens.
  private static final String GROUP = "65534";

  private static final String TRANSPARENT_PORT = "15001";

  @Override
  public String name() {
    return menura.name();
  }

  @Override
  public String about() {
    return menura.about();
  }

  @Override
  public Optional<String> missing() {
    return menura.missing();
  }

  @Override
  public Place place(Workbench bench) {
    return pod.place();
  }

  @Override
  public Running start(Workbench bench, Path folder, int port) throws IOException {
    var prefix = new ArrayList<>(pod.place().prefix());
    prefix.addAll(List.of("setpriv", "--regid", GROUP, "--clear-groups"));
    return menura.start(
        bench,
        new Place(prefix, pod.place().origin()),
        folder,
        port,
        List.of("--transparent", "127.0.0.1:" + TRANSPARENT_PORT));
  }

  /// From here on, clients need not know of it.
  void redirect() throws BenchFailure, InterruptedException {
    Workbench.succeed(
        pod.place()
            .command(
                List.of(
                    menura.launcher().toString(),
                    "redirect",
                    "--apply",
                    "--to",
                    TRANSPARENT_PORT,
                    "--exclude-group",
                    GROUP)),
        "connections were not redirected");
  }

  @Override
  public Path trusted(Workbench bench, Path folder) {
    return menura.trusted(bench, folder);
  }
}
