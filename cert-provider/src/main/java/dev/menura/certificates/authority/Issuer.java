package dev.menura.certificates.authority;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;

/// Signs certificates with one private key. Immutable, so that many threads can sign at once.
final class Issuer {
  private final SignatureSource key;
  private final String algorithm;
  private final AlgorithmIdentifier identifier;

  /// With a key in memory.
  Issuer(Crypto crypto, PrivateKey key, PublicKey publicKey) {
    this(inMemory(crypto, crypto.adopt(key)), publicKey);
  }

  Issuer(SignatureSource key, PublicKey publicKey) {
    this.key = key;
    this.algorithm = algorithm(publicKey);
    this.identifier = new DefaultSignatureAlgorithmIdentifierFinder().find(algorithm);
  }

  private static SignatureSource inMemory(Crypto crypto, PrivateKey key) {
    return (algorithm, content) -> {
      Signature signature = crypto.signature(algorithm);
      signature.initSign(key);
      signature.update(content);
      return signature.sign();
    };
  }

  private static String algorithm(PublicKey key) {
    if (key instanceof ECPublicKey ec) {
      return ec.getParams().getCurve().getField().getFieldSize() > 256
          ? "SHA384withECDSA"
          : "SHA256withECDSA";
    }
    return "SHA256withRSA";
  }

  String algorithm() {
    return algorithm;
  }

  /// The algorithm as certificates name it.
  AlgorithmIdentifier identifier() {
    return identifier;
  }

  byte[] sign(byte[] content) {
    try {
      return key.sign(algorithm, content);
    } catch (GeneralSecurityException e) {
      throw new CannotSignException("cannot sign: " + e.getMessage(), e);
    }
  }

  /// Whether it signs with the private key of this public key.
  boolean isFor(PublicKey publicKey) {
    byte[] probe = "menura".getBytes(StandardCharsets.US_ASCII);
    try {
      var verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(probe);
      return verifier.verify(sign(probe));
    } catch (GeneralSecurityException | IllegalStateException e) {
      return false;
    }
  }

  /// For one certificate.
  ContentSigner signer() {
    return new ContentSigner() {
      private final ByteArrayOutputStream content = new ByteArrayOutputStream(1024);

      @Override
      public AlgorithmIdentifier getAlgorithmIdentifier() {
        return identifier;
      }

      @Override
      public OutputStream getOutputStream() {
        return content;
      }

      @Override
      public byte[] getSignature() {
        return sign(content.toByteArray());
      }
    };
  }
}
