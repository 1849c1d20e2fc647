package dev.menura.policy;

import java.util.List;

/// The certificate of the proxy itself, for clients that reach it over TLS or QUIC.
public sealed interface ProxyCertificate {
  /// Issued by the gateway's own authority.
  ///
  /// @param names the names and addresses by which clients know the proxy; none stands for the
  ///   addresses that the listeners name
  record Issued(List<String> names) implements ProxyCertificate {
    public Issued {
      names = List.copyOf(names);
    }
  }

  /// The operator's own.
  ///
  /// @param chainPem the certificate, and those that lead from it to one that clients know
  /// @param key its key
  record Own(String chainPem, Key key) implements ProxyCertificate {}

  /// A private key in PEM (PKCS#8). It is printed nowhere.
  record Key(String pem) {
    @Override
    public String toString() {
      return "Key";
    }
  }
}
