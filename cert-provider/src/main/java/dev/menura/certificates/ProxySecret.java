package dev.menura.certificates;

import com.google.protobuf.ByteString;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The secret with the certificate of the proxy itself, for listeners that clients reach over TLS
/// or QUIC: issued by our authority and issued anew in time, or the operator's own. Thread-safe.
final class ProxySecret {
  private static final Logger LOG = LoggerFactory.getLogger(ProxySecret.class);

  private final SecretWatcher watcher;
  private final Minter minter;
  private final Clock clock;

  /// Empty where there is no such certificate, or one of the operator's own.
  private List<OriginName> names = List.of();

  private String identity = "";
  private Instant renewAt = Instant.MAX;

  ProxySecret(SecretWatcher watcher, Minter minter, Clock clock) {
    this.watcher = watcher;
    this.minter = minter;
    this.clock = clock;
  }

  /// Presents a certificate of ours for these names from now on.
  synchronized void issue(List<OriginName> wanted) {
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException("expected a name of the proxy");
    }
    names = List.copyOf(wanted);
    keep();
  }

  /// Presents the operator's own certificate from now on.
  synchronized void present(String chainPem, String keyPem) {
    names = List.of();
    identity = "";
    pin(chainPem, keyPem, Fingerprint.of(chainPem.getBytes(StandardCharsets.UTF_8)));
  }

  /// Issues anew what ends soon, and what another authority has issued.
  synchronized void keep() {
    if (names.isEmpty()) {
      return;
    }
    String current = minter.proxyIdentity(names);
    if (current.equals(identity) && clock.instant().isBefore(renewAt)) {
      return;
    }
    Leaf leaf;
    try {
      leaf = minter.proxy(names);
    } catch (CannotSignException e) {
      // It is tried again soon.
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("no certificate for the proxy yet");
      return;
    }
    pin(leaf.certificatePem(), leaf.keyPem(), leaf.fingerprint());
    identity = current;
    renewAt = leaf.renewAt();
    LOG.atInfo()
        .addKeyValue("names", names)
        .addKeyValue("fingerprint", leaf.fingerprint())
        .addKeyValue("not-after", leaf.notAfter())
        .log("certificate of the proxy issued");
  }

  private void pin(String chainPem, String keyPem, String version) {
    watcher.pin(of(Wire.PROXY_CERTIFICATE, chainPem, keyPem), version);
  }

  /// A secret with a certificate and its key.
  static Secret of(String name, String chainPem, String keyPem) {
    return Secret.newBuilder()
        .setName(name)
        .setTlsCertificate(
            TlsCertificate.newBuilder()
                .setCertificateChain(inline(chainPem))
                .setPrivateKey(inline(keyPem)))
        .build();
  }

  private static DataSource inline(String text) {
    return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
  }
}
