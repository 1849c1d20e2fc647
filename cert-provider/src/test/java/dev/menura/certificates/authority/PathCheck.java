package dev.menura.certificates.authority;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilder;
import java.security.cert.CertStore;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXBuilderParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CertSelector;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Set;

/// Java's own path building, as a client would do it that trusts one certificate.
final class PathCheck {
  private final X509Certificate trusted;
  private final Instant now;

  PathCheck(X509Certificate trusted, Instant now) {
    this.trusted = trusted;
    this.now = now;
  }

  /// @throws GeneralSecurityException where there is no path
  void check(List<X509Certificate> chain) throws GeneralSecurityException {
    var target = new X509CertSelector();
    target.setCertificate(chain.getFirst());
    var parameters = new PKIXBuilderParameters(Set.of(new TrustAnchor(trusted, null)), target);
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    parameters.addCertStore(
        CertStore.getInstance("Collection", new CollectionCertStoreParameters(chain)));
    CertPathBuilder.getInstance("PKIX").build(parameters);
  }
}
