package dev.menura.extproc.gate;

import dev.menura.gate.v1.Connection;

/// What the second gate says.
public sealed interface HelloAnswer {
  /// Go on.
  ///
  /// @param connectionClass chooses the filter chain of the `decrypt` listener, and is its name
  /// @param mode the value of `menura.mode`
  /// @param note the value of `menura.note`, empty where there is none
  /// @param address the `IP:port` to dial, empty where nothing is dialled
  record Tunnel(
      Connection connection, String connectionClass, String mode, String note, String address)
      implements HelloAnswer {}

  /// Close the connection.
  ///
  /// @param reason a word, for the log
  record Close(String reason) implements HelloAnswer {}
}
