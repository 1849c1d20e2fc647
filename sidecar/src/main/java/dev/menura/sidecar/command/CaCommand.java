package dev.menura.sidecar.command;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import dev.menura.sidecar.os.Places;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `menura ca`: the certificate authority that clients are to trust.
@Command(
    name = "ca",
    mixinStandardHelpOptions = true,
    description = "The certificate authority that clients are to trust.",
    subcommands = {CaCommand.Show.class, CaCommand.Export.class})
final class CaCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "menura ca: expected 'show' or 'export'");
  }

  /// What both commands do: read the certificate, and say so where there is none.
  abstract static class OfCertificate implements Callable<Integer> {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        description = "The data directory. Default: ~/.local/state/menura.")
    private @Nullable Path data;

    @Spec private CommandSpec spec = CommandSpec.create();

    abstract void print(X509Certificate certificate, Path file, PrintWriter out);

    @Override
    public Integer call() {
      Path directory = Optional.ofNullable(data).orElse(Places.ofThisUser().state());
      Path file = directory.resolve("ca").resolve("ca.pem").toAbsolutePath();
      PrintWriter err = spec.commandLine().getErr();
      try {
        PrintWriter out = spec.commandLine().getOut();
        print(Pem.readCertificates(Files.readString(file)).getFirst(), file, out);
        out.flush();
        return 0;
      } catch (NoSuchFileException e) {
        err.println("menura: there is no authority yet in " + file + "; 'menura up' makes it");
      } catch (IOException | CertificateException e) {
        err.println("menura: " + file + " cannot be read: " + e.getMessage());
      }
      return 1;
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Says which authority it is, and until when it is valid.")
  static final class Show extends OfCertificate {
    @Override
    void print(X509Certificate certificate, Path file, PrintWriter out) {
      out.println("Subject:     " + certificate.getSubjectX500Principal().getName());
      out.println("Valid from:  " + certificate.getNotBefore().toInstant());
      out.println("Valid until: " + certificate.getNotAfter().toInstant());
      out.println("SHA-256:     " + Fingerprint.of(certificate));
      out.println("File:        " + file);
    }
  }

  @Command(
      name = "export",
      mixinStandardHelpOptions = true,
      description = "Prints the certificate in PEM form, never the key.")
  static final class Export extends OfCertificate {
    @Override
    void print(X509Certificate certificate, Path file, PrintWriter out) {
      out.print(Pem.certificate(certificate));
    }
  }
}
