package dev.menura.policy.load;

import dev.menura.policy.Listen;
import dev.menura.policy.ProxyCertificate;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.List;
import java.util.Optional;

/// The key `listen.certificate` of the `Gateway` document.
final class CertificateShape {
  private static final Field<List<String>> NAMES =
      Field.withDefault(
          "names",
          Types.listOf(Types.text("a host name or an address", CertificateShape::name)),
          List.of(),
          "the addresses of those listeners",
          "The names and addresses by which clients know the proxy. The gateway's own authority"
              + " issues the certificate, and renews it.");

  private static final Field<Scalar> FILE =
      Field.optional(
          "file",
          Types.raw("the path of a PEM file inside the policy's folder"),
          "In place of `names`: a PEM file with the certificate, and those that lead from it to one"
              + " that clients know.");

  private static final Field<Scalar> KEY =
      Field.optional(
          "key",
          Types.raw("the path of a PEM file inside the policy's folder"),
          "The PEM file with the key of `file` (PKCS#8).");

  private CertificateShape() {}

  static Field<ProxyCertificate> certificate(Folder folder) {
    return Field.withDefault(
        "certificate",
        Shape.checked(List.of(NAMES, FILE, KEY), (found, issues) -> read(found, folder, issues)),
        Listen.STANDARD.certificate(),
        "",
        "What the proxy presents on `explicit-tls` and `explicit-h3`.");
  }

  private static Optional<ProxyCertificate> read(Found found, Folder folder, Issues issues) {
    Optional<Scalar> file = found.optional(FILE);
    Optional<Scalar> key = found.optional(KEY);
    if (file.isEmpty() && key.isEmpty()) {
      return Optional.of(new ProxyCertificate.Issued(found.get(NAMES)));
    }
    if (file.isEmpty() || key.isEmpty() || found.optional(NAMES).isPresent()) {
      issues.error(found.mapping(), "expected either 'names', or both 'file' and 'key'");
      return Optional.empty();
    }
    return CertificateFile.read(file.get(), key.get(), folder, issues);
  }

  /// Whether there is a name to issue a certificate for, where one is needed.
  static boolean isNamed(Listen listen, Found found, Issues issues) {
    boolean nameless =
        listen.certificate() instanceof ProxyCertificate.Issued(var names)
            && names.isEmpty()
            && listen.encrypted().stream().anyMatch(address -> address.isEverywhere());
    if (nameless) {
      issues.error(
          found.mapping(),
          "expected 'certificate' with the names by which clients know the proxy, found none, and a"
              + " listener on every address");
    }
    return !nameless;
  }

  private static Optional<String> name(String text) {
    return text.contains("*") ? Optional.empty() : HostPattern.normalised(text);
  }
}
