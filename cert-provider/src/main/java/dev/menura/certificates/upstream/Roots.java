package dev.menura.certificates.upstream;

import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.security.auth.x500.X500Principal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificates that trust in origins rests on. Immutable.
public final class Roots {
  private static final Logger LOG = LoggerFactory.getLogger(Roots.class);

  /// Where operating systems keep the bundle of their trusted roots.
  static final List<Path> SYSTEM_BUNDLES =
      List.of(
          Path.of("/etc/ssl/certs/ca-certificates.crt"),
          Path.of("/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"),
          Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
          Path.of("/etc/ssl/ca-bundle.pem"),
          Path.of("/etc/ssl/cert.pem"));

  private final Set<X509Certificate> certificates;
  private final Map<X500Principal, List<X509Certificate>> bySubject;

  private Roots(Collection<X509Certificate> certificates) {
    this.certificates = Collections.unmodifiableSet(new LinkedHashSet<>(certificates));
    this.bySubject =
        this.certificates.stream()
            .collect(Collectors.groupingBy(X509Certificate::getSubjectX500Principal));
  }

  /// Roots that the operator names, and nothing else.
  ///
  /// @param pems texts that hold one or more certificates each
  /// @throws CertificateException where a text cannot be read or holds none
  public static Roots of(List<String> pems) throws CertificateException {
    var all = new ArrayList<X509Certificate>();
    for (String pem : pems) {
      List<X509Certificate> found = Pem.readCertificates(pem);
      if (found.isEmpty()) {
        throw new CertificateException("expected a PEM certificate, found none");
      }
      all.addAll(found);
    }
    return new Roots(all);
  }

  /// The roots that the operating system trusts; where no bundle of its is found, those of Java.
  public static Roots system() {
    return system(SYSTEM_BUNDLES);
  }

  static Roots system(List<Path> bundles) {
    for (Path bundle : bundles) {
      if (Files.isReadable(bundle)) {
        try {
          String text = Files.readString(bundle, StandardCharsets.ISO_8859_1);
          return new Roots(Pem.readCertificates(text, e -> skipped(bundle, e)));
        } catch (IOException | CertificateException e) {
          throw new IllegalStateException("the system's roots cannot be read: " + bundle, e);
        }
      }
    }
    return java();
  }

  /// One root that Java cannot read is no reason to do without all others.
  private static void skipped(Path bundle, CertificateException e) {
    LOG.atWarn()
        .addKeyValue("file", bundle)
        .addKeyValue("reason", e.getMessage())
        .log("root of the system skipped");
  }

  private static Roots java() {
    Path file = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
    try (InputStream in = Files.newInputStream(file)) {
      var store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(in, null);
      var all = new ArrayList<X509Certificate>();
      for (String alias : Collections.list(store.aliases())) {
        if (store.getCertificate(alias) instanceof X509Certificate certificate) {
          all.add(certificate);
        }
      }
      return new Roots(all);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("Java's roots cannot be read: " + file, e);
    }
  }

  /// These and those.
  public Roots and(Roots others) {
    var all = new LinkedHashSet<>(certificates);
    all.addAll(others.certificates);
    return new Roots(all);
  }

  /// These without any that has this key: the gateway's own authority vouches for no origin.
  public Roots without(PublicKey key) {
    return new Roots(certificates.stream().filter(c -> !c.getPublicKey().equals(key)).toList());
  }

  public Set<X509Certificate> certificates() {
    return certificates;
  }

  boolean contain(X509Certificate certificate) {
    return certificates.contains(certificate);
  }

  List<X509Certificate> named(X500Principal subject) {
    return bySubject.getOrDefault(subject, List.of());
  }
}
