package dev.menura.certificates.authority;

import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.x509.OriginName;
import java.security.PublicKey;
import java.util.List;

/// Signs the certificates of leaves, for keys that somebody else has made: the half of minting that
/// needs the authority's key. Thread-safe.
public interface LeafSigner {
  /// The subject key identifier of the authority that signs now, in hexadecimal.
  String keyIdentifier();

  /// A certificate that says what the original says: its subject, its names, its usage; valid
  /// within its dates, those of the authority and the limit.
  ///
  /// @param key the leaf's
  /// @throws IllegalStateException where the original has a problem, or is not for the name or not
  ///   valid now: such a certificate is never mimicked
  LeafCertificate mimic(OriginName name, Seen seen, Adaptation adaptation, PublicKey key);

  /// A certificate that clients trust, for an origin whose problem a rule lets through. It says the
  /// subject of the original and the one name that was asked for; it is valid within the original's
  /// dates where those hold now.
  ///
  /// @throws IllegalStateException where there is no problem, or one that no rule can let through
  LeafCertificate excepted(OriginName name, Seen seen, PublicKey key);

  /// A certificate for this name whose subject says that it is the block page's.
  LeafCertificate blockPage(OriginName name, PublicKey key);

  /// A certificate for the proxy itself, under these names, of which there is at least one.
  LeafCertificate proxy(List<OriginName> names, PublicKey key);
}
