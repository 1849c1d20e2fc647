package dev.menura.sidecar.run;

import dev.menura.certificates.CertificateProvider;
import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.ProxyCertificate;
import java.util.List;

/// What the proxy presents to clients that reach it over TLS or QUIC.
final class ProxyIdentity {
  private ProxyIdentity() {}

  /// Has the provider serve the certificate that the document speaks of, where a way in needs one.
  ///
  /// @param open the ways in that are open
  /// @param certificate what the document says
  static void present(Listen open, ProxyCertificate certificate, CertificateProvider certificates) {
    List<Gateway.Listener> encrypted = open.encrypted();
    if (encrypted.isEmpty()) {
      return;
    }
    switch (certificate) {
      case ProxyCertificate.Issued(List<String> names) ->
          certificates
              .own()
              .issueForProxy(
                  names.isEmpty()
                      ? encrypted.stream().map(Gateway.Listener::host).toList()
                      : names);
      case ProxyCertificate.Own(String chain, ProxyCertificate.Key key) ->
          certificates.own().presentForProxy(chain, key.pem());
    }
  }
}
