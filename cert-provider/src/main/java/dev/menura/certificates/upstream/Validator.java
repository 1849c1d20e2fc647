package dev.menura.certificates.upstream;

import dev.menura.certificates.upstream.PathSearch.DeadEnd;
import dev.menura.certificates.x509.AlternativeNames;
import dev.menura.certificates.x509.OriginName;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.jspecify.annotations.Nullable;

/// Says whether a chain is valid for a name (RFC 5280, RFC 9525): it leads to a trusted root, is in
/// its dates, is for that name and for servers, and is not weak. Revocation is not looked at. The
/// work is bounded, whatever was sent.
public final class Validator {
  private static final int CHAIN_LENGTH_MAX = 10;
  private static final int CHAIN_BYTES_MAX = 64 * 1024;
  private static final int PATHS_MAX = 8;

  private final Roots roots;
  private final X509Certificate ownAuthority;
  private final Clock clock;

  /// @param ownAuthority the gateway's own; an origin that presents what it issued is always
  ///   refused
  public Validator(Roots roots, X509Certificate ownAuthority, Clock clock) {
    this.roots = roots.without(ownAuthority.getPublicKey());
    this.ownAuthority = ownAuthority;
    this.clock = clock;
  }

  /// @param chain as it was sent, leaf first, never empty
  public Verdict validate(OriginName name, List<X509Certificate> chain) {
    if (chain.size() > CHAIN_LENGTH_MAX) {
      return new Verdict(
          Problem.MALFORMED,
          "the chain has " + chain.size() + " certificates, more than " + CHAIN_LENGTH_MAX);
    }
    int bytes = bytes(chain);
    if (bytes > CHAIN_BYTES_MAX) {
      return new Verdict(
          Problem.MALFORMED, "the chain takes " + bytes + " bytes, more than " + CHAIN_BYTES_MAX);
    }
    Optional<Verdict> own = own(chain);
    if (own.isPresent()) {
      return own.get();
    }
    X509Certificate leaf = chain.getFirst();
    boolean matches;
    try {
      checkSubject(leaf);
      matches = AlternativeNames.of(leaf).match(name);
    } catch (CertificateException e) {
      return new Verdict(
          Problem.MALFORMED,
          "the certificate " + CertificateNames.of(leaf) + " is malformed: " + e.getMessage());
    }
    Verdict path = bestPath(leaf, chain);
    boolean graver = path.problem().compareTo(Problem.WRONG_HOST) < 0;
    return matches || graver
        ? path
        : new Verdict(
            Problem.WRONG_HOST,
            "the certificate " + CertificateNames.of(leaf) + " is not for " + name);
  }

  private static int bytes(List<X509Certificate> chain) {
    int bytes = 0;
    for (X509Certificate certificate : chain) {
      try {
        bytes += certificate.getEncoded().length;
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException("a parsed certificate has no encoding", e);
      }
    }
    return bytes;
  }

  private Verdict bestPath(X509Certificate leaf, List<X509Certificate> chain) {
    Instant now = clock.instant();
    var search = new PathSearch(roots, chain);
    var best = new Best();
    search.anyFrom(leaf, path -> best.offer(PathRules.check(path, now)));
    Verdict found = best.verdict;
    return found != null ? found : explain(search.deadEnd(leaf));
  }

  /// The least grave verdict of the ways that were tried.
  private static final class Best {
    private @Nullable Verdict verdict;
    private int tried;

    /// Whether to stop here.
    boolean offer(Verdict next) {
      if (verdict == null || next.problem().compareTo(verdict.problem()) > 0) {
        verdict = next;
      }
      return next.isValid() || ++tried >= PATHS_MAX;
    }
  }

  private static Verdict explain(DeadEnd end) {
    X509Certificate last = end.last();
    String name = CertificateNames.of(last);
    if (PathSearch.isSelfSigned(last)) {
      return end.certificates().size() == 1
          ? new Verdict(
              Problem.SELF_SIGNED, "the certificate " + name + " is signed by itself alone")
          : new Verdict(
              Problem.UNTRUSTED_ROOT, "the chain ends at " + name + ", which is not trusted");
    }
    String issuer = CertificateNames.issuerOf(last);
    if (end.forged()) {
      return new Verdict(
          Problem.UNTRUSTED,
          "the certificate "
              + name
              + " names "
              + issuer
              + " as its issuer, whose key did not sign it");
    }
    return end.certificates().size() == 1
        ? new Verdict(
            Problem.INCOMPLETE_CHAIN,
            "the issuer "
                + issuer
                + " of "
                + name
                + " is not trusted, nor was its certificate sent")
        : new Verdict(
            Problem.UNTRUSTED_ROOT,
            "the chain ends at the issuer " + issuer + " of " + name + ", which is not trusted");
  }

  private Optional<Verdict> own(List<X509Certificate> chain) {
    for (X509Certificate certificate : chain) {
      if (certificate.getPublicKey().equals(ownAuthority.getPublicKey())
          || isIssuedByOwn(certificate)) {
        return Optional.of(
            new Verdict(
                Problem.OWN_CA,
                "the certificate "
                    + CertificateNames.of(certificate)
                    + " comes from this gateway's own authority"));
      }
    }
    return Optional.empty();
  }

  private boolean isIssuedByOwn(X509Certificate certificate) {
    if (!certificate.getIssuerX500Principal().equals(ownAuthority.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(ownAuthority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void checkSubject(X509Certificate certificate) throws CertificateException {
    try {
      var subject = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
      for (RDN part : subject.getRDNs()) {
        for (AttributeTypeAndValue attribute : part.getTypesAndValues()) {
          if (attribute.getValue() instanceof ASN1String text
              && text.getString().chars().anyMatch(Character::isISOControl)) {
            throw new CertificateException("its subject holds a control character");
          }
        }
      }
    } catch (IllegalArgumentException e) {
      throw new CertificateException("its subject cannot be read", e);
    }
  }
}
