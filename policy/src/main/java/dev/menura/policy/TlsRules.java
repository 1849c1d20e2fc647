package dev.menura.policy;

/// How TLS is spoken with clients and origins: `tls` in the `Gateway` document.
///
/// @param clientVersions which versions clients are offered in place of an origin
/// @param clientMinimum the lowest version that clients are offered
/// @param upstreamMinimum the lowest version that origins are spoken to in
/// @param restriction which algorithms are left
public record TlsRules(
    ClientVersions clientVersions,
    Version clientMinimum,
    Version upstreamMinimum,
    Restriction restriction) {
  /// What holds where nothing is said.
  public static final TlsRules STANDARD =
      new TlsRules(ClientVersions.AS_ORIGIN, Version.TLS_1_2, Version.TLS_1_2, Restriction.NONE);

  /// Which TLS versions clients are offered in place of an origin.
  public enum ClientVersions {
    /// None higher than the origin's own.
    AS_ORIGIN,
    /// All that are supported, whatever the origin speaks.
    ALL
  }

  /// A version of TLS that is sound.
  public enum Version {
    TLS_1_2("1.2"),
    TLS_1_3("1.3");

    private final String word;

    Version(String word) {
      this.word = word;
    }

    /// The word in the document.
    public String word() {
      return word;
    }
  }

  /// Which algorithms are left of those that are sound.
  public enum Restriction {
    /// All of them.
    NONE("none"),
    /// Those that FIPS 140 approves and NIST SP 800-52r2 names: AES-GCM, P-256 and P-384, RSA and
    /// ECDSA.
    FIPS("fips");

    private final String word;

    Restriction(String word) {
      this.word = word;
    }

    /// The word in the document.
    public String word() {
      return word;
    }
  }
}
