package dev.menura.certificates.upstream;

import java.net.InetAddress;
import java.util.List;

/// Where the provider may connect when a certificate points at a host. To be the same rule that
/// origins are held to: a certificate must not make the gateway dial what a client may not.
@FunctionalInterface
public interface AllowedAddresses {
  /// Nowhere.
  AllowedAddresses NONE = (_, _) -> List.of();

  /// The addresses of a host that may be dialled, resolved and checked; empty where there is none.
  List<InetAddress> of(String host, int port);
}
