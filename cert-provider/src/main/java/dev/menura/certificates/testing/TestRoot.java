package dev.menura.certificates.testing;

import dev.menura.certificates.testing.Certificates.Signer;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;

/// An authority made on the spot: a root, or an intermediate below one.
public final class TestRoot {
  private final KeyPair key;
  private final X509Certificate certificate;

  /// What a leaf sends beside itself: this certificate and those above it, without the root.
  private final List<X509Certificate> intermediates;

  private final Clock clock;

  private TestRoot(
      KeyPair key, X509Certificate certificate, List<X509Certificate> intermediates, Clock clock) {
    this.key = key;
    this.certificate = certificate;
    this.intermediates = intermediates;
    this.clock = clock;
  }

  /// A P-256 root, valid now.
  public static TestRoot create(String commonName) {
    return create(CertificateShape.forAuthority(commonName), Clock.systemUTC());
  }

  public static TestRoot create(CertificateShape shape, Clock clock) {
    KeyPair key = Certificates.newKey(shape.key);
    var signer = new Signer(Certificates.name(shape), key);
    var certificate = Certificates.issue(shape, key, signer, true, clock);
    return new TestRoot(key, certificate, List.of(), clock);
  }

  public TestRoot intermediate(String commonName) {
    return intermediate(CertificateShape.forAuthority(commonName));
  }

  public TestRoot intermediate(CertificateShape shape) {
    KeyPair below = Certificates.newKey(shape.key);
    return below(shape, below);
  }

  /// The same authority, name and key, certified by another one: a cross-signed certificate.
  public TestRoot crossSignedBy(TestRoot other) {
    var shape = CertificateShape.forAuthority("unused").subject(signer().name().toString());
    return other.below(shape, key);
  }

  private TestRoot below(CertificateShape shape, KeyPair below) {
    var issued = Certificates.issue(shape, below, signer(), true, clock);
    return new TestRoot(
        below, issued, Stream.concat(Stream.of(issued), intermediates.stream()).toList(), clock);
  }

  /// A sound server certificate for these names.
  public TestCertificate leaf(String... names) {
    return leaf(CertificateShape.forNames(names));
  }

  /// A certificate of this shape, with the intermediates that lead to the root.
  public TestCertificate leaf(CertificateShape shape) {
    KeyPair leafKey = Certificates.newKey(shape.key);
    var leaf = Certificates.issue(shape, leafKey, signer(), false, clock);
    return new TestCertificate(
        Stream.concat(Stream.of(leaf), intermediates.stream()).toList(), leafKey.getPrivate());
  }

  /// A certificate of this shape that no authority vouches for.
  public static TestCertificate selfSigned(CertificateShape shape, Clock clock) {
    KeyPair key = Certificates.newKey(shape.key);
    var signer = new Signer(Certificates.name(shape), key);
    return new TestCertificate(
        List.of(Certificates.issue(shape, key, signer, false, clock)), key.getPrivate());
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public String pem() {
    return Pem.certificate(certificate);
  }

  /// A list (RFC 5280 5) that revokes one certificate of this authority, valid for a day.
  public byte[] listRevoking(X509Certificate revoked) {
    return Certificates.listRevoking(revoked, signer(), clock);
  }

  /// A context for clients that trust this authority and nothing else.
  public SSLContext clientContext() {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry("root", certificate);
      var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      var context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make a TLS context", e);
    }
  }

  private Signer signer() {
    return new Signer(
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()), key);
  }
}
