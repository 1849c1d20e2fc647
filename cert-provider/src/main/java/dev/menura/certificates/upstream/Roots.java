package dev.menura.certificates.upstream;

import dev.menura.certificates.path.Anchor;
import dev.menura.certificates.path.Anchors;
import dev.menura.certificates.path.MalformedException;
import dev.menura.certificates.path.Profile;
import dev.menura.certificates.path.X509;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
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

  private static final Held PUBLIC = new Held(Profile.WEBPKI_STRICT, true);
  private static final Held PRIVATE = new Held(Profile.PRIVATE_CA, false);

  private final Map<X509Certificate, Held> held;

  private Roots(Map<X509Certificate, Held> held) {
    this.held = Collections.unmodifiableMap(new LinkedHashMap<>(held));
  }

  /// @param vetted whether a root programme admitted the root
  private record Held(Profile profile, boolean vetted) {
    /// The stricter of two profiles; one root programme is enough.
    Held and(Held other) {
      Profile stricter = profile.compareTo(other.profile) < 0 ? profile : other.profile;
      return new Held(stricter, vetted || other.vetted);
    }
  }

  private static Roots of(Collection<X509Certificate> certificates, Held how) {
    var held = new LinkedHashMap<X509Certificate, Held>();
    certificates.forEach(certificate -> held.put(certificate, how));
    return new Roots(held);
  }

  /// Roots that the operator names, and nothing else. Chains below them are held to
  /// [Profile#PRIVATE_CA].
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
    return of(all, PRIVATE);
  }

  /// The roots that the operating system trusts; where no bundle of its is found, those of Java.
  /// Chains below them are held to [Profile#WEBPKI_STRICT].
  public static Roots system() {
    return system(SYSTEM_BUNDLES);
  }

  static Roots system(List<Path> bundles) {
    for (Path bundle : bundles) {
      if (Files.isReadable(bundle)) {
        try {
          String text = Files.readString(bundle, StandardCharsets.ISO_8859_1);
          return of(Pem.readCertificates(text, e -> skipped(bundle, e)), PUBLIC);
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
      return of(all, PUBLIC);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("Java's roots cannot be read: " + file, e);
    }
  }

  /// These and those. What is in both keeps the stricter profile.
  public Roots and(Roots others) {
    var all = new LinkedHashMap<>(held);
    others.held.forEach((certificate, how) -> all.merge(certificate, how, Held::and));
    return new Roots(all);
  }

  /// These without any that has the key of one of those: the gateway's own authorities vouch for no
  /// origin.
  public Roots without(Collection<X509Certificate> own) {
    var keys = own.stream().map(X509Certificate::getPublicKey).collect(Collectors.toSet());
    var others = new LinkedHashMap<>(held);
    others.keySet().removeIf(certificate -> keys.contains(certificate.getPublicKey()));
    return new Roots(others);
  }

  /// These, with chains held to one profile whatever root they lead to.
  public Roots heldTo(Profile profile) {
    var all = new LinkedHashMap<X509Certificate, Held>();
    held.forEach((certificate, how) -> all.put(certificate, new Held(profile, how.vetted())));
    return new Roots(all);
  }

  public Set<X509Certificate> certificates() {
    return held.keySet();
  }

  /// What the search for ways ends at. A root that is not in DER is left out.
  Anchors anchors() {
    var anchors = new ArrayList<Anchor>();
    held.forEach((certificate, how) -> {
      try {
        var read = X509.parse(certificate.getEncoded());
        anchors.add(new Anchor(read, how.profile(), how.vetted()));
      } catch (MalformedException | CertificateEncodingException e) {
        LOG.atWarn()
            .addKeyValue("root", certificate.getSubjectX500Principal().getName())
            .addKeyValue("reason", e.getMessage())
            .log("malformed root left out");
      }
    });
    return new Anchors(anchors);
  }
}
