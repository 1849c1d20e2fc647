package dev.menura.bench.compare;

import dev.menura.sidecar.os.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Squid with `ssl_bump`, which looks inside every connection; with an ICAP service that is shown
/// all and changes nothing, or without.
///
/// @param icap whether it asks c-icap's `echo` about each request and each response
record Squid(String name, String about, boolean icap) implements Contender {
  static final Squid BUMPING = new Squid("squid", "Squid with ssl_bump, inspects nothing", false);
  static final Squid WITH_ICAP =
      new Squid("squid-icap", "Squid with ssl_bump and c-icap's echo on both bodies", true);

  private static final Path MAKER = Path.of("/usr/lib/squid/security_file_certgen");
  private static final String PROGRAMS = "/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin";

  /// Squid resolves names by itself, and here only from a file.
  private static final int NAMES = 20_000;

  @Override
  public Optional<String> missing() {
    if (program("squid").isEmpty() || !Files.isExecutable(MAKER)) {
      return Optional.of("Squid with TLS is not installed: apt-get install squid-openssl");
    }
    if (icap && (program("c-icap").isEmpty() || services().isEmpty())) {
      return Optional.of("c-icap is not installed: apt-get install c-icap");
    }
    return Optional.empty();
  }

  @Override
  public Optional<String> declines(Case which) {
    return which == Case.HTTP2
        ? Optional.of("Squid speaks no HTTP/2 inside the connections that it looks into")
        : Optional.empty();
  }

  @Override
  public Running start(Workbench bench, Path folder, int port) throws IOException {
    var hosts = new StringBuilder("127.0.0.1 bench.test\n");
    for (int i = 0; i < NAMES; i++) {
      hosts.append("127.0.0.1 ").append(name).append("-n").append(i).append(".bench.test\n");
    }
    Files.writeString(folder.resolve("hosts"), hosts);
    int icapPort = icap ? Workbench.freePort() : 0;
    Files.writeString(folder.resolve("squid.conf"), configuration(bench, folder, port, icapPort));
    var script = new ArrayList<String>();
    script.add("set -e");
    script.add("rm -rf ssl_db; " + MAKER + " -c -s ssl_db -M 64MB >/dev/null");
    if (icap) {
      Files.writeString(folder.resolve("c-icap.conf"), icapConfiguration(folder, icapPort));
      script.add(program("c-icap").orElseThrow() + " -N -f c-icap.conf &");
    }
    if (root()) {
      // It becomes the user `proxy`, who must get to its files.
      script.add("chown -R proxy .");
      open(bench.folder());
      open(folder);
    }
    script.add("exec " + program("squid").orElseThrow() + " -N -f squid.conf");
    return Running.start(
        folder, folder.resolve("output.txt"), List.of("sh", "-c", String.join("\n", script)));
  }

  @Override
  public Path trusted(Workbench bench, Path folder) {
    return bench.certificate("gateway-root.pem");
  }

  @Override
  public boolean reloads() {
    return true;
  }

  @Override
  public void reload(Path folder, Running running) throws IOException {
    new ProcessBuilder("kill", "-HUP", Long.toString(running.pid())).start();
  }

  private String configuration(Workbench bench, Path folder, int port, int icapPort) {
    var text =
        """
        visible_hostname bench
        http_port 127.0.0.1:%d ssl-bump tls-cert=%s tls-key=%s generate-host-certificates=on dynamic_cert_mem_cache_size=64MB
        sslcrtd_program %s -s %s/ssl_db -M 64MB
        tls_outgoing_options cafile=%s
        acl first at_step SslBump1
        ssl_bump peek first
        ssl_bump bump all
        acl SSL_ports port 1-65535
        http_access allow all
        cache deny all
        cache_mem 8 MB
        hosts_file %s/hosts
        access_log stdio:%s/access.log
        cache_log %s/cache.log
        pid_filename none
        coredump_dir none
        via off
        forwarded_for delete
        max_filedescriptors 8192
        shutdown_lifetime 1 second
        """
            .formatted(
                port,
                bench.certificate("gateway-root.pem"),
                bench.certificate("gateway-root.key"),
                MAKER,
                folder,
                bench.certificate("origin-root.pem"),
                folder,
                folder,
                folder);
    return icap
        ? text
            + """
            icap_enable on
            icap_service requests reqmod_precache icap://127.0.0.1:%d/echo
            icap_service responses respmod_precache icap://127.0.0.1:%d/echo
            adaptation_access requests allow all
            adaptation_access responses allow all
            """
                .formatted(icapPort, icapPort)
        : text;
  }

  private static String icapConfiguration(Path folder, int port) {
    return """
    PidFile %s/c-icap.pid
    CommandsSocket %s/c-icap.ctl
    Port 127.0.0.1:%d
    MaxServers 4
    ThreadsPerChild 32
    MaxKeepAliveRequests -1
    TmpDir %s
    ModulesDir %s
    ServicesDir %s
    ServerLog %s/c-icap.log
    Service echo srv_echo.so
    """
        .formatted(
            folder,
            folder,
            port,
            folder,
            services().orElseThrow(),
            services().orElseThrow(),
            folder);
  }

  private static Optional<Path> services() {
    for (String place : List.of("x86_64-linux-gnu/", "aarch64-linux-gnu/", "")) {
      var folder = Path.of("/usr/lib/" + place + "c_icap");
      if (Files.exists(folder.resolve("srv_echo.so"))) {
        return Optional.of(folder);
      }
    }
    return Optional.empty();
  }

  private static Optional<Path> program(String name) {
    return Tool.onPath(name, Map.of("PATH", PROGRAMS));
  }

  private static boolean root() {
    return "root".equals(System.getProperty("user.name"));
  }

  private static void open(Path folder) throws IOException {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
