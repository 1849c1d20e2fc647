package dev.menura.certificates.custody;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/// Certificates, keys and times as messages carry them.
final class Encoded {
  private static final int RSA_BITS_MIN = 2048;
  private static final int RSA_BITS_MAX = 4096;

  private Encoded() {}

  static List<ByteString> certificates(List<X509Certificate> certificates) {
    return certificates.stream().map(Encoded::certificate).toList();
  }

  static ByteString certificate(X509Certificate certificate) {
    try {
      return ByteString.copyFrom(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }

  static List<X509Certificate> certificates(Iterable<ByteString> encoded)
      throws CertificateException {
    var all = new ArrayList<X509Certificate>();
    for (ByteString each : encoded) {
      all.add(certificate(each));
    }
    return List.copyOf(all);
  }

  static X509Certificate certificate(ByteString der) throws CertificateException {
    var factory = CertificateFactory.getInstance("X.509");
    return (X509Certificate)
        factory.generateCertificate(new ByteArrayInputStream(der.toByteArray()));
  }

  /// The key of a leaf.
  ///
  /// @throws GeneralSecurityException where it is none of the kinds that leaves have
  static PublicKey leafKey(ByteString der) throws GeneralSecurityException {
    SubjectPublicKeyInfo info;
    try {
      info = SubjectPublicKeyInfo.getInstance(der.toByteArray());
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new GeneralSecurityException("not a SubjectPublicKeyInfo", e);
    }
    boolean rsa = info.getAlgorithm().getAlgorithm().equals(PKCSObjectIdentifiers.rsaEncryption);
    PublicKey key =
        KeyFactory.getInstance(rsa ? "RSA" : "EC")
            .generatePublic(new X509EncodedKeySpec(der.toByteArray()));
    boolean known =
        switch (key) {
          case RSAPublicKey each ->
              each.getModulus().bitLength() >= RSA_BITS_MIN
                  && each.getModulus().bitLength() <= RSA_BITS_MAX;
          case ECPublicKey each -> {
            int size = each.getParams().getCurve().getField().getFieldSize();
            yield size == 256 || size == 384;
          }
          default -> false;
        };
    if (!known) {
      throw new GeneralSecurityException("not a key of a kind that leaves have");
    }
    return key;
  }

  static Timestamp time(Instant time) {
    return Timestamp.newBuilder()
        .setSeconds(time.getEpochSecond())
        .setNanos(time.getNano())
        .build();
  }

  static Instant time(Timestamp time) {
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }
}
