package dev.menura.certificates.authority;

import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/// What the certificates of an authority may vouch for. It stands in the authority's own
/// certificate, so that whoever validates a path holds it to that.
///
/// @param purpose whom it vouches for
/// @param names which names
public record Remit(Purpose purpose, NameScope names) {
  /// Servers of any name.
  public static final Remit SERVERS = new Remit(Purpose.SERVERS, NameScope.ALL);

  /// Whom an authority vouches for, never for both.
  public enum Purpose {
    /// Servers, towards the gateway's clients.
    SERVERS("CA"),
    /// Clients, towards origins.
    CLIENTS("clients CA");

    private final String title;

    Purpose(String title) {
      this.title = title;
    }

    /// The extended key usage (RFC 5280 4.2.1.12), of the authority and of its leaves.
    ExtendedKeyUsage usage() {
      return new ExtendedKeyUsage(
          switch (this) {
            case SERVERS -> KeyPurposeId.id_kp_serverAuth;
            case CLIENTS -> KeyPurposeId.id_kp_clientAuth;
          });
    }

    /// What the authority calls itself.
    String title() {
      return title;
    }
  }
}
