package dev.menura.sidecar.run;

import dev.menura.policy.Gateway;
import java.nio.file.Path;

/// Where a gateway and its certificates process meet.
public sealed interface CertificatesPlace {
  /// A Unix socket.
  record Socket(Path path) implements CertificatesPlace {
    @Override
    public String toString() {
      return "unix:" + path;
    }
  }

  /// TLS, where each end shows the other a certificate.
  ///
  /// @param folder with `tls.crt`, `tls.key` and `ca.crt`, which vouches for the other end
  record Tls(Gateway.Listener address, Path folder) implements CertificatesPlace {
    @Override
    public String toString() {
      return address.toString();
    }
  }
}
