package dev.menura.certificates.authority;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who computes signatures and keys: Amazon's Corretto Crypto Provider where it runs, else Java.
/// What comes out is the same.
public final class Crypto {
  private static final Logger LOG = LoggerFactory.getLogger(Crypto.class);

  /// Java's own providers.
  public static final Crypto JAVA = new Crypto(null);

  private final @Nullable Provider provider;

  private Crypto(@Nullable Provider provider) {
    this.provider = provider;
  }

  /// The fastest one that works on this machine.
  public static Crypto preferred() {
    return corretto().orElse(JAVA);
  }

  /// Empty where the library is absent, is for another platform or fails its self-tests.
  public static Optional<Crypto> corretto() {
    try {
      var corretto = AmazonCorrettoCryptoProvider.INSTANCE;
      corretto.assertHealthy();
      return Optional.of(new Crypto(corretto));
    } catch (RuntimeException | LinkageError e) {
      LOG.atDebug().setCause(e).log("fast cryptography is not available");
      return Optional.empty();
    }
  }

  /// The name of the provider, for logs.
  public String name() {
    return provider == null ? "java" : provider.getName();
  }

  Signature signature(String algorithm) throws GeneralSecurityException {
    return provider == null
        ? Signature.getInstance(algorithm)
        : Signature.getInstance(algorithm, provider);
  }

  /// The same key as an object of the provider's own, which spares a conversion for each signature.
  PrivateKey adopt(PrivateKey key) {
    try {
      return provider == null
          ? key
          : KeyFactory.getInstance(key.getAlgorithm(), provider)
              .generatePrivate(new PKCS8EncodedKeySpec(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      // Without the cause: its text could hold a part of the key.
      throw new IllegalStateException("the provider refuses the authority's key");
    }
  }

  KeyPair ellipticCurve(String curve, SecureRandom random) {
    try {
      KeyPairGenerator generator = generator("EC");
      generator.initialize(new ECGenParameterSpec(curve), random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make a key on " + curve, e);
    }
  }

  KeyPair rsa(int bits, SecureRandom random) {
    try {
      KeyPairGenerator generator = generator("RSA");
      generator.initialize(bits, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot make an RSA key of " + bits + " bits", e);
    }
  }

  private KeyPairGenerator generator(String algorithm) throws GeneralSecurityException {
    return provider == null
        ? KeyPairGenerator.getInstance(algorithm)
        : KeyPairGenerator.getInstance(algorithm, provider);
  }
}
