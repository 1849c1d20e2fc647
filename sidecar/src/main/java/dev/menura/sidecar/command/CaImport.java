package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `menura ca import`: takes a certificate that somebody else has made.
@Command(
    name = "import",
    mixinStandardHelpOptions = true,
    description = {
      "Takes the certificate that an offline root has signed, with those above it, in PEM.",
      "With --key: takes an authority that was made elsewhere, as the first one or as a successor."
    })
final class CaImport extends OfAuthority {
  @Parameters(paramLabel = "FILE", description = "The certificate and those above it, in PEM.")
  private Path file = Path.of("");

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "The private key of that certificate: PKCS#8 in PEM.")
  private @Nullable Path key;

  @Option(names = "--json", description = "An object instead of text.")
  private boolean json;

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException, IOException {
    makeData();
    try {
      var certificates = Pem.readCertificates(read(file));
      if (key == null) {
        changes.importCertificate(certificates);
      } else {
        changes.importAuthority(certificates, read(key), key.toString());
      }
    } catch (CertificateException e) {
      throw new IOException(file + ": expected certificates in PEM: " + e.getMessage(), e);
    }
    return show(changes, json, out);
  }
}
