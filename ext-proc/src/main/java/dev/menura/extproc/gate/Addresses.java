package dev.menura.extproc.gate;

import java.net.InetAddress;
import java.util.List;

/// Turns a target into the addresses that may be dialled for it. Thread-safe; calls may block for a
/// bounded time.
public interface Addresses {
  Answer of(String host, int port);

  /// Judges an address that a client has dialled by itself. Does not block.
  Answer dialled(InetAddress address, int port);

  /// Whether this is one of the addresses of a name, which may itself be an address.
  boolean has(String host, InetAddress address);

  /// What became of a name.
  sealed interface Answer {
    /// @param addresses at least one, each checked against the operator's rules, in the order in
    ///   which to try them
    record Checked(List<InetAddress> addresses) implements Answer {
      public Checked {
        addresses = List.copyOf(addresses);
      }
    }

    /// The name resolves to nothing that may be dialled.
    ///
    /// @param detail names the address and why it is refused
    record Refused(String detail) implements Answer {}

    /// The name could not be resolved.
    record Unresolved(String detail) implements Answer {}

    /// The client has dialled an address that is none of the name's.
    record Elsewhere(String detail) implements Answer {}
  }
}
