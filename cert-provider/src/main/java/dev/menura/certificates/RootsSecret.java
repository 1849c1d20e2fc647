package dev.menura.certificates;

import com.google.protobuf.ByteString;
import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.CertificateValidationContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;

/// The secret with which Envoy validates origins: the same roots as the peek's.
final class RootsSecret {
  static final String NAME = "menura/upstream-roots";

  private RootsSecret() {}

  static void pin(SecretWatcher watcher, Roots roots, Clock clock, SecureRandom random) {
    List<X509Certificate> certificates = List.copyOf(roots.certificates());
    if (certificates.isEmpty()) {
      // An Envoy without roots would validate nothing at all. This one has signed nothing, and its
      // key is gone.
      certificates = List.of(CertificateAuthority.withoutKey(clock, random));
    }
    watcher.pin(
        Secret.newBuilder()
            .setName(NAME)
            .setValidationContext(
                CertificateValidationContext.newBuilder()
                    .setTrustedCa(
                        DataSource.newBuilder()
                            .setInlineBytes(
                                ByteString.copyFromUtf8(Pem.certificates(certificates)))))
            .build(),
        Fingerprint.of(certificates));
  }
}
