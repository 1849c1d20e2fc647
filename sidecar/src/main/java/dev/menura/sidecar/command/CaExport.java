package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import dev.menura.sidecar.site.MobileConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/// `menura ca export`: what clients are to be given. Never a key.
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the certificates that clients are to trust, never a key; during a rotation two."
    })
final class CaExport extends OfAuthority {
  /// The forms in which programs take certificates.
  enum Format {
    /// The textual form; several certificates one after the other.
    PEM,
    /// One certificate, as bytes.
    DER,
    /// A profile for Apple's systems.
    MOBILECONFIG
  }

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      converter = FormatConverter.class,
      description = "pem, der (one certificate), or mobileconfig (Apple). Default: pem.")
  private Format format = Format.PEM;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "Where to write it. Default: the standard output; der needs a file.")
  private @Nullable Path output;

  @Option(
      names = "--fingerprint",
      paramLabel = "SHA256",
      description = "Only the certificate with this fingerprint.")
  private String fingerprint = "";

  /// Takes the names of formats in any case.
  static final class FormatConverter implements ITypeConverter<Format> {
    @Override
    public Format convert(String text) {
      for (Format format : Format.values()) {
        if (format.name().equalsIgnoreCase(text)) {
          return format;
        }
      }
      throw new TypeConversionException(
          "expected 'pem', 'der' or 'mobileconfig', found '" + text + "'");
    }
  }

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException, IOException {
    String wanted = fingerprint.replace(":", "").toLowerCase(Locale.ROOT);
    List<X509Certificate> chosen =
        changes.published().stream()
            .filter(one -> wanted.isEmpty() || Fingerprint.of(one).equals(wanted))
            .toList();
    if (chosen.isEmpty()) {
      throw new IOException("no such certificate; 'menura ca show' lists them");
    }
    byte[] bytes =
        switch (format) {
          case PEM -> Pem.certificates(chosen).getBytes(StandardCharsets.US_ASCII);
          case DER -> der(chosen);
          case MOBILECONFIG -> MobileConfig.of(chosen).getBytes(StandardCharsets.UTF_8);
        };
    if (output != null) {
      Files.write(output, bytes);
    } else if (format == Format.DER) {
      throw new IOException("der is no text; name a file with --output FILE");
    } else {
      out.print(new String(bytes, StandardCharsets.UTF_8));
    }
    return 0;
  }

  private static byte[] der(List<X509Certificate> chosen) throws IOException {
    if (chosen.size() > 1) {
      throw new IOException(
          "der holds one certificate, and there are two; name one with --fingerprint, as 'menura ca"
              + " show' prints it");
    }
    try {
      return chosen.getFirst().getEncoded();
    } catch (CertificateEncodingException e) {
      throw new IOException("the certificate cannot be written", e);
    }
  }
}
