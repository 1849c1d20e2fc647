package dev.menura.sidecar.run;

import dev.menura.policy.Gateway;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/// The roots of the policy, for TLS to the issuers of tokens.
final class IssuerTrust {
  private IssuerTrust() {}

  static SSLContext context(Gateway gateway) throws GeneralSecurityException, IOException {
    var roots = KeyStore.getInstance(KeyStore.getDefaultType());
    roots.load(null, null);
    int number = 0;
    for (X509Certificate root : CertificateSettings.roots(gateway).certificates()) {
      roots.setCertificateEntry("root-" + number++, root);
    }
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(roots);
    var context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }
}
