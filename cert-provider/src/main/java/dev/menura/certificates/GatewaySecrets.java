package dev.menura.certificates;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.ClientSubject;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import dev.menura.proto.Wire;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;

/// What the gateway needs for TLS in its own name: its certificate towards clients, what it judges
/// theirs by, and the certificates that it presents to origins. Thread-safe.
public final class GatewaySecrets {
  private final SecretWatcher watcher;
  private final ProxySecret proxy;
  private final MimickedClients clients;

  GatewaySecrets(SecretWatcher watcher, ProxySecret proxy, MimickedClients clients) {
    this.watcher = watcher;
    this.proxy = proxy;
    this.clients = clients;
  }

  /// Serves a certificate of the proxy itself under [Wire#PROXY_CERTIFICATE]: one of ours for these
  /// names, which is issued anew in time.
  ///
  /// @throws IllegalArgumentException where there is no name, or one is neither a DNS name nor an
  ///   address
  public void issueForProxy(List<String> names) {
    proxy.issue(names.stream().map(OriginName::of).distinct().toList());
  }

  /// As [#issueForProxy], with the operator's own certificate.
  ///
  /// @param chainPem the proxy's certificate, and what leads from it to one that clients know
  /// @param keyPem its key
  public void presentForProxy(String chainPem, String keyPem) {
    proxy.present(chainPem, keyPem);
  }

  /// Has Envoy judge the certificates that clients present to the proxy by these roots from now on,
  /// which it is served under [Wire#CLIENT_ROOTS].
  ///
  /// @throws IllegalArgumentException where there is none: Envoy would then take any certificate
  public void trustClients(List<X509Certificate> authorities) {
    if (authorities.isEmpty()) {
      throw new IllegalArgumentException("expected a root of clients' certificates");
    }
    watcher.pin(RootsSecret.of(Wire.CLIENT_ROOTS, authorities), Fingerprint.of(authorities));
  }

  /// Serves a certificate that is presented to origins, under [Wire#clientSecret]. Another one of
  /// the same name takes its place.
  public void storeForOrigins(String name, String chainPem, String keyPem) {
    watcher.pin(
        ProxySecret.of(Wire.clientSecret(name), chainPem, keyPem),
        Fingerprint.of((chainPem + keyPem).getBytes(StandardCharsets.US_ASCII)));
  }

  /// Takes a certificate of [#storeForOrigins] back, from every Envoy too.
  public void forgetForOrigins(String name) {
    watcher.unpin(Wire.clientSecret(name));
  }

  /// Issues certificates that say to origins who is asking, from now on. Their authority is made
  /// where there is none.
  ///
  /// @throws AuthorityException where its files cannot be used; for the operator. It is tried again
  ///   at each [#admitClient]
  public void mimicClients() throws AuthorityException {
    clients.enable();
  }

  /// Issues none from now on, and takes those back that there are, from every Envoy too.
  public void forgetClients() {
    clients.disable();
  }

  /// Makes a certificate available that names this client to origins, one for all of them.
  ///
  /// @return the name of its secret
  /// @throws CannotSignException where it cannot be issued now
  public String admitClient(ClientSubject client) {
    return clients.admit(client);
  }

  /// What origins are to be given to know those certificates by; empty where none are issued.
  public List<X509Certificate> clientAuthorities() {
    return clients.published();
  }

  /// Takes back what is not needed any more, and issues anew what ends soon.
  void sweep() {
    proxy.keep();
    clients.sweep();
  }

  /// Issues anew what another authority has issued.
  void renew() {
    proxy.keep();
  }
}
