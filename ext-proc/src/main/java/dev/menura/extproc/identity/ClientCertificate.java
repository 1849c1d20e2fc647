package dev.menura.extproc.identity;

import dev.menura.policy.Clients;
import dev.menura.policy.Facts;
import java.io.ByteArrayInputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;

/// What a client's certificate says of it. Envoy has validated the certificate.
///
/// @param identity empty where it names no user
record ClientCertificate(
    Optional<Identity> identity, Facts.Workload workload, X509Certificate certificate) {
  /// How long a certificate may be, as Envoy gives it.
  static final int CHARS_MAX = 48 * 1024;

  private static final int EMAIL = 1;
  private static final int DNS = 2;
  private static final int URI = 6;

  /// @param text in PEM form and URL-encoded; empty where there is none
  static Optional<ClientCertificate> read(String text, Clients.Certificate way) {
    if (text.isEmpty() || text.length() > CHARS_MAX) {
      return Optional.empty();
    }
    try {
      byte[] pem =
          URLDecoder.decode(text, StandardCharsets.UTF_8).getBytes(StandardCharsets.US_ASCII);
      var certificate =
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(pem));
      Optional<Identity> identity =
          user(certificate, way.user())
              .map(user -> Identity.of(user, way.groups().getOrDefault(user, Set.of())))
              .filter(Identity::sound);
      return Optional.of(new ClientCertificate(identity, workload(certificate), certificate));
    } catch (CertificateException | IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  private static Optional<String> user(X509Certificate certificate, Clients.UserName name)
      throws CertificateException {
    return switch (name) {
      case COMMON_NAME -> commonName(certificate);
      case EMAIL -> names(certificate, EMAIL).stream().findFirst();
      case DNS -> names(certificate, DNS).stream().findFirst();
      case NONE -> Optional.empty();
    };
  }

  /// The most specific one.
  private static Optional<String> commonName(X509Certificate certificate) {
    try {
      return new LdapName(certificate.getSubjectX500Principal().getName())
          .getRdns().reversed().stream()
              .filter(rdn -> rdn.getType().equalsIgnoreCase("CN"))
              .map(Rdn::getValue)
              .filter(String.class::isInstance)
              .map(String.class::cast)
              .findFirst();
    } catch (InvalidNameException _) {
      return Optional.empty();
    }
  }

  /// A certificate of a workload has exactly one URI (SPIFFE X.509-SVID 2).
  private static Facts.Workload workload(X509Certificate certificate) throws CertificateException {
    List<String> uris = names(certificate, URI);
    return uris.size() == 1
        ? SpiffeId.workload(uris.getFirst()).orElse(Facts.Workload.NONE)
        : Facts.Workload.NONE;
  }

  private static List<String> names(X509Certificate certificate, int kind)
      throws CertificateException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    return names == null
        ? List.of()
        : names.stream()
            .filter(name -> name.getFirst() instanceof Integer found && found == kind)
            .map(name -> String.valueOf(name.get(1)))
            .toList();
  }
}
