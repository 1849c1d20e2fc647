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
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// The secret with which Envoy validates origins: the same roots as the peek's, and the
/// intermediates that origins do not send. Envoy fetches none by itself, so those that we fetched
/// and found on a valid way are handed on. Thread-safe.
final class RootsSecret {
  static final String NAME = "menura/upstream-roots";

  /// Those that were needed longest ago make room.
  static final int SUPPLIED_MAX = 200;

  private static final Duration ACCEPTED_WITHIN = Duration.ofSeconds(2);

  private final SecretWatcher watcher;
  private final Clock clock;
  private final SecureRandom random;
  private final Counter unaccepted;

  /// In the order of their last use.
  private final Set<X509Certificate> supplied = new LinkedHashSet<>();

  private List<X509Certificate> roots = List.of();
  private String version = "";

  RootsSecret(SecretWatcher watcher, Clock clock, SecureRandom random, MeterRegistry registry) {
    this.watcher = watcher;
    this.clock = clock;
    this.random = random;
    this.unaccepted = registry.counter("menura.certificates.intermediates.unaccepted");
    registry.gauge("menura.certificates.intermediates", this, RootsSecret::size);
  }

  private synchronized int size() {
    return supplied.size();
  }

  /// Validates by these roots from now on; intermediates that rested on former ones are forgotten.
  synchronized void roots(Roots next) {
    roots = List.copyOf(next.certificates());
    if (roots.isEmpty()) {
      // An Envoy without roots would validate nothing at all. This one has signed nothing, and its
      // key is gone.
      roots = List.of(CertificateAuthority.withoutKey(clock, random));
    }
    supplied.clear();
    pin();
  }

  /// Hands on intermediates of a valid way. Blocks until each Envoy has accepted them, for a
  /// bounded time.
  ///
  /// @return whether they are there
  boolean supply(List<X509Certificate> intermediates) {
    if (intermediates.isEmpty()) {
      return true;
    }
    if (watcher.awaitAccepted(NAME, added(intermediates), ACCEPTED_WITHIN)) {
      return true;
    }
    unaccepted.increment();
    return false;
  }

  private synchronized String added(List<X509Certificate> intermediates) {
    boolean known = supplied.containsAll(intermediates);
    intermediates.forEach(supplied::remove);
    supplied.addAll(intermediates);
    if (!known) {
      var oldest = supplied.iterator();
      while (supplied.size() > SUPPLIED_MAX) {
        oldest.next();
        oldest.remove();
      }
      pin();
    }
    return version;
  }

  private void pin() {
    var all = new ArrayList<>(roots);
    all.addAll(supplied);
    version = Fingerprint.of(all);
    watcher.pin(of(NAME, all), version);
  }

  /// A secret with which Envoy validates certificates.
  static Secret of(String name, List<X509Certificate> trusted) {
    return Secret.newBuilder()
        .setName(name)
        .setValidationContext(
            CertificateValidationContext.newBuilder()
                .setTrustedCa(
                    DataSource.newBuilder()
                        .setInlineBytes(ByteString.copyFromUtf8(Pem.certificates(trusted)))))
        .build();
  }
}
