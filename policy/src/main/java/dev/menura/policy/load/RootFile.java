package dev.menura.policy.load;

import dev.menura.policy.Gateway;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A PEM file (RFC 7468) of certificates that a document names. What stands between the
/// certificates is left out, as it is an explanation.
final class RootFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

  private RootFile() {}

  static List<X509Certificate> read(Scalar file, Folder folder, Issues issues) {
    Optional<String> name = Names.file().read(file, issues);
    Optional<byte[]> bytes =
        name.flatMap(given -> folder.named(given, message -> issues.error(file, message)));
    return bytes.map(given -> certificates(file, given, issues)).orElse(List.of());
  }

  /// The certificates in PEM form.
  static String pem(List<X509Certificate> certificates) {
    return new Gateway.Trust(
            false, certificates, Gateway.TrustProfile.BY_ROOT, Gateway.RevocationCheck.OFF)
        .rootsPem();
  }

  private static List<X509Certificate> certificates(Scalar file, byte[] bytes, Issues issues) {
    List<X509Certificate> certificates = new ArrayList<>();
    Matcher blocks = BLOCK.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
    while (blocks.find()) {
      String label = blocks.group(1);
      if (!label.equals("CERTIFICATE")) {
        issues.error(
            file, "expected only certificates in '" + file.text() + "', found " + article(label));
        return List.of();
      }
      Optional<X509Certificate> certificate = certificate(blocks.group(2));
      if (certificate.isEmpty()) {
        int number = certificates.size() + 1;
        issues.error(
            file,
            "expected a certificate, found one that is broken: number "
                + number
                + " in '"
                + file.text()
                + "'");
        return List.of();
      }
      certificates.add(certificate.get());
    }
    if (certificates.isEmpty()) {
      issues.error(file, "expected a PEM certificate in '" + file.text() + "', found none");
    }
    return certificates;
  }

  private static Optional<X509Certificate> certificate(String base64) {
    try {
      byte[] der = Base64.getMimeDecoder().decode(base64);
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      return Optional.of(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    } catch (CertificateException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static String article(String label) {
    return "a block of " + label;
  }
}
