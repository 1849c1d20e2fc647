package dev.menura.extproc.gate;

import dev.menura.extproc.exchange.BlockPage;
import dev.menura.gate.v1.Connection;
import java.util.List;

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

  /// Ask the client who it is (RFC 9110 15.5.8).
  ///
  /// @param challenges the values of `proxy-authenticate`, each a header of its own: browsers do
  ///   not split them
  record Challenge(BlockPage.Rendered page, List<String> challenges) implements ConnectAnswer {
    public Challenge {
      challenges = List.copyOf(challenges);
    }
  }
}
