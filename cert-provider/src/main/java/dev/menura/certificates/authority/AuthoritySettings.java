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
/// @param purpose whom it vouches for
public record AuthoritySettings(
    Path directory,
    KeyPlace keys,
    SignedBy signedBy,
    NameScope scope,
    Duration renewBefore,
    Remit.Purpose purpose) {
  private static final String FOR_CLIENTS = "-clients";

  /// Of an authority for servers.
  public AuthoritySettings(
      Path directory, KeyPlace keys, SignedBy signedBy, NameScope scope, Duration renewBefore) {
    this(directory, keys, signedBy, scope, renewBefore, Remit.Purpose.SERVERS);
  }

  /// Of the authority that vouches for clients towards origins: a root of its own, in a directory
  /// beside this one, its key kept where this one's is, as another one.
  public AuthoritySettings forClients() {
    return new AuthoritySettings(
        directory.resolveSibling(directory.getFileName() + FOR_CLIENTS),
        switch (keys) {
          case KeyPlace.InFiles files -> files;
          case KeyPlace.InToken(var library, var token, var label, var pin) ->
              new KeyPlace.InToken(library, token, label + FOR_CLIENTS, pin);
        },
        SignedBy.ITSELF,
        NameScope.ALL,
        renewBefore,
        Remit.Purpose.CLIENTS);
  }

  Remit remit() {
    return new Remit(purpose, scope);
  }

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
