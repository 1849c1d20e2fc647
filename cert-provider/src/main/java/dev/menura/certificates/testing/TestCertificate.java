package dev.menura.certificates.testing;

import dev.menura.certificates.x509.Pem;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedKeyManager;

/// A certificate with its private key and what a server sends along with it.
public final class TestCertificate {
  private final List<X509Certificate> chain;
  private final PrivateKey key;

  TestCertificate(List<X509Certificate> chain, PrivateKey key) {
    this.chain = List.copyOf(chain);
    this.key = key;
  }

  public X509Certificate certificate() {
    return chain.getFirst();
  }

  /// Leaf first, without the root.
  public List<X509Certificate> chain() {
    return chain;
  }

  public PrivateKey privateKey() {
    return key;
  }

  /// The same certificate, sent with other certificates behind it: too few, too many, out of order.
  public TestCertificate sentWith(List<X509Certificate> others) {
    return new TestCertificate(
        Stream.concat(Stream.of(certificate()), others.stream()).toList(), key);
  }

  /// Another chain, presented by a server that has this certificate's key only: an impostor's.
  public TestCertificate presentedAs(List<X509Certificate> other) {
    return new TestCertificate(other, key);
  }

  public String chainPem() {
    return Pem.certificates(chain);
  }

  /// PKCS#8.
  public String keyPem() {
    return Pem.privateKey(key);
  }

  /// A context for a server that always presents this certificate, whatever the client asks for.
  public SSLContext serverContext() {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(new KeyManager[] {keyManager()}, null, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a TLS context", e);
    }
  }

  /// A key manager that always chooses this certificate.
  public X509ExtendedKeyManager keyManager() {
    return new OneKeyManager(chain, key);
  }
}
