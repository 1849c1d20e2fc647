package dev.menura.certificates.authority;

import dev.menura.certificates.authority.Register.Entry;
import dev.menura.certificates.authority.Register.Role;
import dev.menura.certificates.x509.KeyKind;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// An authority's certificate that somebody else made, with those above it up to a root.
///
/// @param path the issuing one first, the root last
record IssuedPath(List<X509Certificate> path) {
  private static final int LENGTH_MAX = 8;
  private static final int RSA_BITS_MIN = 2048;

  IssuedPath {
    path = List.copyOf(path);
  }

  /// @param given in any order
  /// @param known roots that need not be given
  /// @throws AuthorityException where there is no path, or a certificate of it is not an
  ///   authority's or not valid now
  static IssuedPath of(List<X509Certificate> given, List<X509Certificate> known, Instant now)
      throws AuthorityException {
    List<X509Certificate> pool = Stream.concat(given.stream(), known.stream()).distinct().toList();
    X509Certificate issuing =
        given.stream()
            .filter(
                one -> given.stream().noneMatch(other -> !other.equals(one) && vouches(one, other)))
            .findFirst()
            .orElseThrow(
                () -> new AuthorityException("expected an authority's certificate, found none"));
    var path = new ArrayList<>(List.of(issuing));
    while (!vouches(path.getLast(), path.getLast())) {
      X509Certificate last = path.getLast();
      Optional<X509Certificate> above =
          pool.stream().filter(one -> !path.contains(one) && vouches(one, last)).findFirst();
      if (above.isEmpty() || path.size() == LENGTH_MAX) {
        throw new AuthorityException(
            "expected the certificates up to the root in the same file, found none that issued '"
                + last.getSubjectX500Principal().getName()
                + "'");
      }
      path.add(above.get());
    }
    for (X509Certificate certificate : path) {
      check(certificate, now);
    }
    return new IssuedPath(path);
  }

  private static boolean vouches(X509Certificate issuer, X509Certificate subject) {
    if (!issuer.getSubjectX500Principal().equals(subject.getIssuerX500Principal())) {
      return false;
    }
    try {
      subject.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static void check(X509Certificate certificate, Instant now) throws AuthorityException {
    String name = "'" + certificate.getSubjectX500Principal().getName() + "'";
    if (!AuthorityStore.isAuthority(certificate)) {
      throw new AuthorityException(
          name
              + ": expected the certificate of an authority (CA:TRUE, keyCertSign, a subject key"
              + " identifier), found another");
    }
    if (now.isBefore(certificate.getNotBefore().toInstant())
        || now.isAfter(certificate.getNotAfter().toInstant())) {
      throw new AuthorityException(
          name
              + ": expected a certificate that is valid now, found one that is valid from "
              + certificate.getNotBefore().toInstant()
              + " until "
              + certificate.getNotAfter().toInstant());
    }
    if (certificate.getPublicKey() instanceof RSAPublicKey key
        && key.getModulus().bitLength() < RSA_BITS_MIN) {
      throw new AuthorityException(
          name + ": expected a key of at least RSA-2048, found " + KeyKind.describe(key));
    }
  }

  X509Certificate issuing() {
    return path.getFirst();
  }

  Entry entry(Role role, String key) {
    return new Entry(role, key, issuing(), path.subList(0, path.size() - 1), path.getLast());
  }
}
