package dev.menura.policy.load;

import dev.menura.policy.ClientCertificate;
import dev.menura.policy.ProxyCertificate;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The key `upstream.client-certificates` of the `Gateway` document.
final class ClientCertificateShape {
  private static final Field<String> NAME =
      Field.required(
          "name", Names.name(), "What `present-client-certificate` of a rule calls it; unique.");

  private static final Field<Scalar> CERTIFICATE =
      Field.required(
          "certificate",
          Types.raw("the path of a PEM file inside the policy's folder"),
          "A PEM file with the certificate, and those that lead from it to one that origins know.");

  private static final Field<Scalar> KEY =
      Field.required(
          "key",
          Types.raw("the path of a PEM file inside the policy's folder"),
          "The PEM file with its key (PKCS#8).");

  private ClientCertificateShape() {}

  /// Files are read as the document is.
  static Field<List<ClientCertificate>> certificates(Folder folder) {
    Set<String> names = new HashSet<>();
    return Field.withDefault(
        "client-certificates",
        Types.listOf(
            Shape.checked(
                List.of(NAME, CERTIFICATE, KEY),
                (found, issues) -> read(found, names, folder, issues))),
        List.of(),
        "[]",
        "Certificates that rules can have presented to origins which ask for one.");
  }

  private static Optional<ClientCertificate> read(
      Found found, Set<String> names, Folder folder, Issues issues) {
    String name = found.get(NAME);
    if (!names.add(name)) {
      issues.error(found.value(NAME), "expected each name once, found '" + name + "' again");
    }
    return CertificateFile.read(found.get(CERTIFICATE), found.get(KEY), folder, issues)
        .filter(ProxyCertificate.Own.class::isInstance)
        .map(ProxyCertificate.Own.class::cast)
        .map(own -> new ClientCertificate(name, own.chainPem(), own.key()));
  }
}
