package dev.menura.certificates.upstream;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Finds the ways from a leaf to trusted roots, over whatever else the origin sent, in any order.
/// The number of signatures that are checked is bounded, so that certificates that cross-sign each
/// other in every way cost no more than others.
final class PathSearch {
  private static final int DEPTH_MAX = 8;
  private static final int SIGNATURES_MAX = 40;

  private final Roots roots;
  private final Set<X509Certificate> sent;
  private int signatures;

  PathSearch(Roots roots, List<X509Certificate> sent) {
    this.roots = roots;
    this.sent = new LinkedHashSet<>(sent);
  }

  /// A way to a root.
  ///
  /// @param certificates from the leaf up, without the root; empty where the leaf itself is trusted
  record Path(List<X509Certificate> certificates, X509Certificate root) {}

  /// Where the ways end when none reaches a root.
  ///
  /// @param last the highest certificate that the leaf leads to
  /// @param forged whether a certificate named as issuer was at hand whose key did not match
  record DeadEnd(List<X509Certificate> certificates, X509Certificate last, boolean forged) {}

  /// Offers each way that is found until one is taken.
  ///
  /// @return whether one was taken
  boolean anyFrom(X509Certificate leaf, Predicate<Path> take) {
    if (roots.contain(leaf)) {
      return take.test(new Path(List.of(), leaf));
    }
    var way = new ArrayList<X509Certificate>();
    way.add(leaf);
    return climb(way, take);
  }

  private boolean climb(List<X509Certificate> way, Predicate<Path> take) {
    X509Certificate top = way.getLast();
    for (X509Certificate root : roots.named(top.getIssuerX500Principal())) {
      if (isSignedBy(top, root) && take.test(new Path(List.copyOf(way), root))) {
        return true;
      }
    }
    if (way.size() >= DEPTH_MAX) {
      return false;
    }
    for (X509Certificate issuer : sent) {
      if (issuer.getSubjectX500Principal().equals(top.getIssuerX500Principal())
          && !way.contains(issuer)
          && isSignedBy(top, issuer)) {
        way.addLast(issuer);
        boolean taken = climb(way, take);
        way.removeLast();
        if (taken) {
          return true;
        }
      }
    }
    return false;
  }

  /// Follows the first way up, to say why it leads nowhere.
  DeadEnd deadEnd(X509Certificate leaf) {
    signatures = 0;
    var way = new ArrayList<X509Certificate>(List.of(leaf));
    boolean forged = false;
    for (boolean grown = true; grown && way.size() < DEPTH_MAX; ) {
      grown = false;
      X509Certificate top = way.getLast();
      for (X509Certificate issuer : sent) {
        if (issuer.getSubjectX500Principal().equals(top.getIssuerX500Principal())
            && !way.contains(issuer)) {
          if (isSignedBy(top, issuer)) {
            way.addLast(issuer);
            grown = true;
            break;
          }
          forged = true;
        }
      }
      forged = !grown && (forged || !roots.named(top.getIssuerX500Principal()).isEmpty());
    }
    return new DeadEnd(List.copyOf(way), way.getLast(), forged);
  }

  static boolean isSelfSigned(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
        && verifies(certificate, certificate);
  }

  private boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    return ++signatures <= SIGNATURES_MAX && verifies(certificate, issuer);
  }

  private static boolean verifies(X509Certificate certificate, X509Certificate issuer) {
    if (Weakness.isCostly(issuer.getPublicKey())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      return false;
    }
  }
}
