package dev.menura.bench.compare;

import dev.menura.sidecar.os.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// mitmproxy without anything that it would show.
record Mitmproxy(String name, String about) implements Contender {
  static final Mitmproxy DUMPING = new Mitmproxy("mitmproxy", "mitmproxy, inspects nothing");

  private static final String PROGRAM = "mitmdump";

  @Override
  public Optional<String> missing() {
    return Tool.onPath(PROGRAM, System.getenv()).isPresent()
        ? Optional.empty()
        : Optional.of("mitmproxy is not on the PATH: pip install mitmproxy");
  }

  @Override
  public Running start(Workbench bench, Path folder, int port) throws IOException {
    // The names of the origins are in no resolver.
    var script =
        Files.writeString(
            folder.resolve("origin.py"),
            """
            def server_connect(data):
                data.server.address = ("127.0.0.1", %s)
            """
                .formatted(bench.place().origin().port()));
    return Running.start(
        folder,
        folder.resolve("output.txt"),
        List.of(
            PROGRAM,
            "-q",
            "--listen-host",
            "127.0.0.1",
            "--listen-port",
            Integer.toString(port),
            "--set",
            "confdir=" + folder.resolve("conf"),
            "--set",
            "ssl_verify_upstream_trusted_ca=" + bench.certificate("origin-root.pem"),
            "-s",
            script.toString()));
  }

  @Override
  public Path trusted(Workbench bench, Path folder) {
    return folder.resolve("conf").resolve("mitmproxy-ca-cert.pem");
  }
}
