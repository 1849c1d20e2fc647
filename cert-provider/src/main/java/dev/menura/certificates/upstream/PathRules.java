package dev.menura.certificates.upstream;

import dev.menura.certificates.upstream.PathSearch.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The rules that one way from a leaf to a root must keep, name and host apart: RFC 5280 6, dates,
/// purposes, strength.
final class PathRules {
  private static final String NAME_CONSTRAINTS = "2.5.29.30";
  private static final String SERVER_PURPOSE = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final int DIGITAL_SIGNATURE = 0;
  private static final int ATTEMPTS_MAX = 4;

  private PathRules() {}

  /// The gravest problem of the way, or that there is none.
  static Verdict check(Path path, Instant now) {
    List<X509Certificate> all = new ArrayList<>(path.certificates());
    all.add(path.root());
    Optional<Verdict> weak = weakness(all);
    return purpose(all)
        .or(() -> weak.isPresent() ? Optional.empty() : structure(path, now))
        .or(() -> weak)
        .or(() -> dates(all, now))
        .orElse(Verdict.VALID);
  }

  private static Optional<Verdict> weakness(List<X509Certificate> all) {
    for (X509Certificate certificate : all) {
      Optional<Verdict> key = Weakness.ofKey(certificate);
      if (key.isPresent()) {
        return key;
      }
    }
    // A root's own signature proves nothing, so its strength does not matter.
    return all.subList(0, all.size() - 1).stream()
        .flatMap(certificate -> Weakness.ofSignature(certificate).stream())
        .findFirst();
  }

  static Optional<Verdict> dates(List<X509Certificate> all, Instant now) {
    Optional<Verdict> early =
        all.stream()
            .filter(certificate -> now.isBefore(certificate.getNotBefore().toInstant()))
            .findFirst()
            .map(certificate ->
                new Verdict(
                    Problem.NOT_YET_VALID,
                    "the certificate "
                        + CertificateNames.of(certificate)
                        + " is valid only from "
                        + CertificateNames.date(certificate.getNotBefore().toInstant())));
    return early.or(() ->
        all.stream()
            .filter(certificate -> now.isAfter(certificate.getNotAfter().toInstant()))
            .findFirst()
            .map(certificate ->
                new Verdict(
                    Problem.EXPIRED,
                    "the certificate "
                        + CertificateNames.of(certificate)
                        + " expired on "
                        + CertificateNames.date(certificate.getNotAfter().toInstant()))));
  }

  /// RFC 5280 4.2.1.12 for servers, on the leaf and, as browsers do, on the intermediates.
  private static Optional<Verdict> purpose(List<X509Certificate> all) {
    for (X509Certificate certificate : all.size() == 1 ? all : all.subList(0, all.size() - 1)) {
      try {
        List<String> purposes = certificate.getExtendedKeyUsage();
        if (purposes != null
            && !purposes.contains(SERVER_PURPOSE)
            && !purposes.contains(ANY_PURPOSE)) {
          return untrusted(certificate, "is not meant for servers");
        }
      } catch (CertificateParsingException e) {
        return untrusted(certificate, "has purposes that cannot be read");
      }
    }
    boolean[] usage = all.getFirst().getKeyUsage();
    return usage != null && !usage[DIGITAL_SIGNATURE]
        ? untrusted(all.getFirst(), "may not sign handshakes")
        : Optional.empty();
  }

  /// Java's own validation. Where a certificate is outside its dates it is asked again about a time
  /// inside, so that a date does not hide a graver problem.
  private static Optional<Verdict> structure(Path path, Instant now) {
    Instant time = now;
    for (int attempt = 0; attempt < ATTEMPTS_MAX && !path.certificates().isEmpty(); attempt++) {
      try {
        validate(path, time);
        return Optional.empty();
      } catch (CertPathValidatorException e) {
        X509Certificate at = failing(path, e);
        if (e.getReason() == BasicReason.EXPIRED) {
          time = at.getNotAfter().toInstant();
        } else if (e.getReason() == BasicReason.NOT_YET_VALID) {
          time = at.getNotBefore().toInstant();
        } else {
          return untrusted(at, "breaks a rule for certificate chains: " + reason(e));
        }
      } catch (GeneralSecurityException e) {
        return untrusted(path.certificates().getFirst(), "cannot be validated");
      }
    }
    return Optional.empty();
  }

  private static void validate(Path path, Instant time) throws GeneralSecurityException {
    List<X509Certificate> certificates = path.certificates();
    X509Certificate root = path.root();
    var anchor = new TrustAnchor(root, null);
    if (root.getExtensionValue(NAME_CONSTRAINTS) != null) {
      // Java ignores what a root's certificate says unless it is a part of the path.
      certificates = new ArrayList<>(certificates);
      certificates.add(root);
      anchor = new TrustAnchor(root.getSubjectX500Principal(), root.getPublicKey(), null);
    }
    var parameters = new PKIXParameters(Set.of(anchor));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(time));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(certificates), parameters);
  }

  private static X509Certificate failing(Path path, CertPathValidatorException e) {
    int index = e.getIndex();
    return index >= 0 && index < path.certificates().size()
        ? path.certificates().get(index)
        : path.root();
  }

  private static String reason(CertPathValidatorException e) {
    return e.getReason() == BasicReason.UNSPECIFIED
        ? "unspecified"
        : String.valueOf(e.getReason()).toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
  }

  private static Optional<Verdict> untrusted(X509Certificate certificate, String why) {
    return Optional.of(
        new Verdict(
            Problem.UNTRUSTED, "the certificate " + CertificateNames.of(certificate) + " " + why));
  }
}
