package dev.menura.certificates.upstream;

import java.io.ByteArrayInputStream;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;

/// The certificates of a server as it sent them, byte by byte: leaf first, perhaps malformed.
final class SentChain {
  private final List<byte[]> certificates;

  SentChain(List<byte[]> certificates) {
    if (certificates.isEmpty()) {
      throw new IllegalArgumentException("a chain holds at least the leaf");
    }
    this.certificates = List.copyOf(certificates);
  }

  static SentChain of(List<X509Certificate> chain) {
    var all = new ArrayList<byte[]>();
    for (X509Certificate certificate : chain) {
      try {
        all.add(certificate.getEncoded());
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a parsed certificate has no encoding", e);
      }
    }
    return new SentChain(all);
  }

  /// As Java reads them, up to the first one that it cannot read.
  List<X509Certificate> readable() {
    var all = new ArrayList<X509Certificate>();
    try {
      var factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : certificates) {
        all.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
    } catch (CertificateException e) {
      // What follows it is of no use: the verdict says that the chain is malformed.
      return List.copyOf(all);
    }
    return List.copyOf(all);
  }

  List<byte[]> certificates() {
    return certificates;
  }
}
