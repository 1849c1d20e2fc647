package dev.menura.sidecar.run;

import dev.menura.extproc.gate.SystemAddresses;
import dev.menura.policy.Gateway;
import java.net.InetAddress;
import java.util.List;

/// What the `Gateway` document says of addresses, for the gate.
record OperatorsAddresses(Gateway.Upstream upstream, OwnListeners own)
    implements SystemAddresses.Rules {
  @Override
  public List<InetAddress> mapped(String host) {
    return upstream.hosts().of(host).orElse(List.of());
  }

  @Override
  public boolean allowed(InetAddress address) {
    return upstream.addressRules().allowed(address);
  }

  @Override
  public boolean own(InetAddress address, int port) {
    return own.contains(address, port);
  }
}
