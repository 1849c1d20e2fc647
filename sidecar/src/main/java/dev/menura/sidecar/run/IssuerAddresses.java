package dev.menura.sidecar.run;

import dev.menura.certificates.upstream.AllowedAddresses;
import dev.menura.extproc.gate.Addresses;
import java.net.InetAddress;
import java.util.List;

/// Where the certificate provider may go when a certificate points at its issuer: where a client
/// could go too.
record IssuerAddresses(Addresses addresses) implements AllowedAddresses {
  @Override
  public List<InetAddress> of(String host, int port) {
    return switch (addresses.of(host, port)) {
      case Addresses.Answer.Checked(List<InetAddress> checked) -> checked;
      case Addresses.Answer.Refused _,
          Addresses.Answer.Unresolved _,
          Addresses.Answer.Elsewhere _ ->
          List.of();
    };
  }
}
