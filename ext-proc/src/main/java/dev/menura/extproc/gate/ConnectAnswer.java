package dev.menura.extproc.gate;

import dev.menura.extproc.exchange.BlockPage;
import dev.menura.gate.v1.Connection;

/// What the first gate says.
public sealed interface ConnectAnswer {
  /// Go on.
  ///
  /// @param mode the value of `menura.mode`
  /// @param target the `host:port` that every request of the tunnel must name
  /// @param pool what keeps this client's upstream connections apart from others'
  /// @param address the `IP:port` to dial for a plain request, empty where nothing is dialled
  record Admit(Connection connection, String mode, String target, String pool, String address)
      implements ConnectAnswer {}

  /// Answer the request with this page.
  record Refuse(BlockPage.Rendered page) implements ConnectAnswer {}
}
