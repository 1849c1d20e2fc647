package dev.menura.certificates.upstream;

import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Takes the chain that a server presents and judges nothing: the connection is closed after the
/// handshake, and the verdict is the [Validator]'s. One for each connection.
final class CapturingTrust extends X509ExtendedTrustManager {
  private @Nullable Captured captured;

  /// The chain and what had been negotiated when it came.
  record Captured(List<X509Certificate> chain, String tlsVersion, String alpn) {}

  @Nullable Captured captured() {
    return captured;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    String alpn = engine.getHandshakeApplicationProtocol();
    captured =
        new Captured(
            List.of(chain), engine.getHandshakeSession().getProtocol(), alpn == null ? "" : alpn);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("peeks use an SSLEngine");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("peeks use an SSLEngine");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    throw new UnsupportedOperationException("peeks are clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("peeks are clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("peeks are clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
