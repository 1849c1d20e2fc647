package dev.menura.certificates.path;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.RSASSAPSSparams;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.jspecify.annotations.Nullable;

/// Checks who signed a certificate, and remembers it. Thread-safe.
public final class Signatures {
  private static final int REMEMBERED_MAX = 20_000;
  private static final String PSS = "1.2.840.113549.1.1.10";

  /// The algorithms of RFC 3279, 4055, 5758 and 8410, by object identifier.
  private static final Map<String, Algorithm> ALGORITHMS =
      Map.ofEntries(
          rsa("1.2.840.113549.1.1.2", "MD2", true),
          rsa("1.2.840.113549.1.1.4", "MD5", true),
          rsa("1.2.840.113549.1.1.5", "SHA1", true),
          rsa("1.2.840.113549.1.1.14", "SHA224", true),
          rsa("1.2.840.113549.1.1.11", "SHA256", false),
          rsa("1.2.840.113549.1.1.12", "SHA384", false),
          rsa("1.2.840.113549.1.1.13", "SHA512", false),
          ec("1.2.840.10045.4.1", "SHA1", true),
          ec("1.2.840.10045.4.3.1", "SHA224", true),
          ec("1.2.840.10045.4.3.2", "SHA256", false),
          ec("1.2.840.10045.4.3.3", "SHA384", false),
          ec("1.2.840.10045.4.3.4", "SHA512", false),
          Map.entry("1.3.101.112", new Algorithm("Ed25519", SubjectKey.Kind.ED25519, false)),
          Map.entry("1.3.101.113", new Algorithm("Ed448", SubjectKey.Kind.ED448, false)));

  private final Cache<Pair, Boolean> remembered =
      Caffeine.newBuilder().executor(Runnable::run).maximumSize(REMEMBERED_MAX).build();

  /// @param name as Java has it
  record Algorithm(String name, SubjectKey.Kind key, boolean weak) {}

  private record Pair(String certificate, String key) {}

  private static Map.Entry<String, Algorithm> rsa(String oid, String digest, boolean weak) {
    return Map.entry(oid, new Algorithm(digest + "withRSA", SubjectKey.Kind.RSA, weak));
  }

  private static Map.Entry<String, Algorithm> ec(String oid, String digest, boolean weak) {
    return Map.entry(oid, new Algorithm(digest + "withECDSA", SubjectKey.Kind.EC, weak));
  }

  /// What is wrong with the algorithm that a certificate was signed with; empty where nothing is.
  static String weakness(X509 certificate) {
    AlgorithmIdentifier id = AlgorithmIdentifier.getInstance(certificate.signatureAlgorithm());
    String oid = id.getAlgorithm().getId();
    if (oid.equals(PSS)) {
      return pss(id).isPresent() ? "" : "RSASSA-PSS with parameters that are not accepted";
    }
    Algorithm found = ALGORITHMS.get(oid);
    if (found == null) {
      return "an algorithm that is not accepted";
    }
    return found.weak() ? found.name() : "";
  }

  /// Whether this key signed the certificate. Weak keys have signed nothing.
  boolean verify(X509 certificate, SubjectKey key, Budget budget) throws Budget.Spent {
    var pair = new Pair(certificate.fingerprint(), key.spkiSha256());
    Boolean known = remembered.getIfPresent(pair);
    if (known == null) {
      budget.sign();
      known =
          key.java()
              .filter(java ->
                  verify(
                      certificate.signatureAlgorithm(),
                      certificate.signed(),
                      certificate.signature(),
                      key.kind(),
                      java))
              .isPresent();
      remembered.put(pair, known);
    }
    return known;
  }

  /// Whether a key made a signature over some bytes; weak algorithms are checked too.
  private static boolean verify(
      byte[] algorithm, byte[] signed, byte[] bytes, SubjectKey.Kind kind, PublicKey key) {
    try {
      Signature signature = signature(algorithm, kind);
      if (signature == null) {
        return false;
      }
      signature.initVerify(key);
      signature.update(signed);
      return signature.verify(bytes);
    } catch (GeneralSecurityException e) {
      // No such algorithm, or no such signature: either way it proves nothing.
      return false;
    }
  }

  /// Null where the algorithm is unknown, or not one for such keys.
  private static @Nullable Signature signature(byte[] algorithm, SubjectKey.Kind kind)
      throws GeneralSecurityException {
    AlgorithmIdentifier id = AlgorithmIdentifier.getInstance(algorithm);
    String oid = id.getAlgorithm().getId();
    if (oid.equals(PSS)) {
      Optional<PSSParameterSpec> parameters = pss(id);
      if (kind != SubjectKey.Kind.RSA || parameters.isEmpty()) {
        return null;
      }
      Signature signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(parameters.get());
      return signature;
    }
    Algorithm found = ALGORITHMS.get(oid);
    if (found == null || found.key() != kind || !hasUsualParameters(id, found)) {
      return null;
    }
    return Signature.getInstance(found.name());
  }

  /// RFC 3279 2.2.1 has a null beside RSA's algorithms; others have nothing.
  private static boolean hasUsualParameters(AlgorithmIdentifier id, Algorithm algorithm) {
    return id.getParameters() == null
        || (algorithm.key() == SubjectKey.Kind.RSA && DERNull.INSTANCE.equals(id.getParameters()));
  }

  /// RFC 4055 3.1, with the digests and salts that CA/Browser Forum BR 7.1.3.2.1 accepts.
  private static Optional<PSSParameterSpec> pss(AlgorithmIdentifier id) {
    try {
      RSASSAPSSparams parameters = RSASSAPSSparams.getInstance(id.getParameters());
      if (parameters == null) {
        return Optional.empty();
      }
      String digest =
          switch (parameters.getHashAlgorithm().getAlgorithm().getId()) {
            case "2.16.840.1.101.3.4.2.1" -> "SHA-256";
            case "2.16.840.1.101.3.4.2.2" -> "SHA-384";
            case "2.16.840.1.101.3.4.2.3" -> "SHA-512";
            default -> "";
          };
      AlgorithmIdentifier inner =
          AlgorithmIdentifier.getInstance(parameters.getMaskGenAlgorithm().getParameters());
      boolean same =
          inner != null
              && inner.getAlgorithm().equals(parameters.getHashAlgorithm().getAlgorithm());
      if (digest.isEmpty() || !same) {
        return Optional.empty();
      }
      return Optional.of(
          new PSSParameterSpec(
              digest,
              "MGF1",
              new MGF1ParameterSpec(digest),
              parameters.getSaltLength().intValueExact(),
              1));
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  /// Whether a key made a signature over some bytes, with an algorithm that is not weak: for
  /// answers about revocation.
  public static boolean isSound(byte[] algorithm, byte[] signed, byte[] bytes, SubjectKey key) {
    AlgorithmIdentifier id = AlgorithmIdentifier.getInstance(algorithm);
    Algorithm found = ALGORITHMS.get(id.getAlgorithm().getId());
    boolean weak = found != null && found.weak();
    return !weak
        && key.java()
            .filter(java -> verify(algorithm, signed, bytes, key.kind(), java))
            .isPresent();
  }

  /// Whether the issuer's key signed the certificate. Checks one signature at the most.
  public boolean isIssuedBy(X509 certificate, X509 issuer) {
    try {
      return certificate.issuerName().equals(issuer.subjectName())
          && verify(certificate, issuer.key(), new Budget(Budget.Limits.DEFAULT));
    } catch (Budget.Spent e) {
      throw new IllegalStateException("a budget that does not cover one signature", e);
    }
  }
}
