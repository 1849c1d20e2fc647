package dev.menura.sidecar.command;

import dev.menura.sidecar.run.CannotStart;
import dev.menura.sidecar.run.CertificatesOptions;
import dev.menura.sidecar.run.CertificatesPlace;
import dev.menura.sidecar.run.RunningCertificates;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `menura run`: the sidecar alone, or a part of it.
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the sidecar alone, for an Envoy that somebody else starts.",
      "That Envoy's bootstrap is DATA/bootstrap.json.",
      "With --role certificates: only what keeps the CA's key and signs with it, for a gateway that"
          + " is started with --certificates."
    })
final class RunCommand extends UpCommand {
  /// Which parts run.
  enum Role {
    gateway,
    certificates
  }

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "gateway (the default) or certificates.")
  private Role role = Role.gateway;

  @Option(
      names = "--socket",
      paramLabel = "PATH",
      description =
          "With --role certificates: the Unix socket for the gateway. Default:"
              + " DATA/certificates.sock; with --listen and --certificates-tls it is TLS instead.")
  private @Nullable Path socket;

  @Option(
      names = "--client-user",
      paramLabel = "USER",
      description =
          "With --role certificates: the user that the gateway runs as, who alone may connect to"
              + " the socket. Default: this process's own user.")
  private @Nullable String clientUser;

  @Override
  public Integer call() throws Exception {
    return role == Role.certificates ? certificates() : run(false);
  }

  private int certificates() throws InterruptedException {
    return reported(() -> {
      var options =
          new CertificatesOptions(policy(err()), data(), place(), client(), adminAddress());
      try (var running = RunningCertificates.start(options)) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(running), "shutdown"));
        err().println("Certificates: " + running.place());
        err().println("Authority:    " + running.authority());
        err().println("Admin:        http://" + running.adminAddress());
        err().flush();
        running.awaitClose();
        return 0;
      }
    });
  }

  /// As of a gateway: this is how the program is meant to end.
  private static void end(RunningCertificates running) {
    if (!running.isClosed()) {
      running.close();
      Runtime.getRuntime().halt(0);
    }
  }

  private CertificatesPlace place() {
    if (listen().isEmpty() && certificatesTls().isEmpty()) {
      return new CertificatesPlace.Socket(
          Optional.ofNullable(socket).orElse(data().resolve("certificates.sock")).toAbsolutePath());
    }
    if (listen().isEmpty() || certificatesTls().isEmpty() || socket != null) {
      throw wrong("expected --socket, or --listen together with --certificates-tls");
    }
    return new CertificatesPlace.Tls(listen().get(), certificatesTls().get());
  }

  private Optional<UserPrincipal> client() throws CannotStart, IOException {
    if (clientUser == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          FileSystems.getDefault()
              .getUserPrincipalLookupService()
              .lookupPrincipalByName(clientUser));
    } catch (UserPrincipalNotFoundException e) {
      throw new CannotStart("--client-user: there is no user " + clientUser + " on this machine");
    }
  }
}
