package dev.menura.certificates.authority;

import java.nio.file.Path;
import java.time.Duration;

/// How the authority of a gateway is kept.
///
/// @param directory its own directory; it is made where it is missing
/// @param keys where its private keys are
/// @param signedBy whose signature its certificate bears
/// @param scope which names certificates that we make ourselves, or ask for, may vouch for
/// @param renewBefore how long before its end a certificate is said to need renewal
public record AuthoritySettings(
    Path directory, KeyPlace keys, SignedBy signedBy, NameScope scope, Duration renewBefore) {
  /// Whose signature the authority's certificate bears.
  public enum SignedBy {
    /// Its own: it is a root, made at the first start.
    ITSELF,
    /// That of a root that is kept elsewhere: the certificate is asked for and imported.
    OFFLINE_ROOT
  }

  private static final Duration RENEW_BEFORE = Duration.ofDays(30);

  /// A root of our own making, its key in a file that is not encrypted.
  public static AuthoritySettings in(Path directory) {
    return new AuthoritySettings(
        directory, KeyPlace.PLAIN_FILES, SignedBy.ITSELF, NameScope.ALL, RENEW_BEFORE);
  }

  /// The file with the certificates that clients are to trust.
  public Path certificateFile() {
    return new AuthorityFiles(directory).certificate();
  }
}
