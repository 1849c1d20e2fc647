package dev.menura.extproc.gate;

import java.net.InetAddress;
import java.util.Optional;

/// What is asked, beside the policy, of the place that a connection goes to.
interface Destination {
  /// One that the first gate has resolved and checked.
  Destination CHECKED =
      new Destination() {
        @Override
        public Optional<Refusal> refusal() {
          return Optional.empty();
        }

        @Override
        public boolean isNamed() {
          return true;
        }
      };

  /// Why nothing may be dialled there, empty where it may.
  Optional<Refusal> refusal();

  /// Whether the connection's host resolves to it. May block.
  boolean isNamed();

  /// One that the client has dialled by itself.
  ///
  /// @param host the name that it gives, or the address
  static Destination of(Dialled dialled, String host, Addresses addresses) {
    return new Destination() {
      @Override
      public Optional<Refusal> refusal() {
        return switch (addresses.dialled(dialled.address(), dialled.port())) {
          case Addresses.Answer.Refused(String detail) -> Optional.of(Refusal.address(detail));
          case Addresses.Answer.Checked _ -> Optional.empty();
          case Addresses.Answer.Unresolved(String detail) -> Optional.of(Refusal.address(detail));
          case Addresses.Answer.Elsewhere(String detail) -> Optional.of(Refusal.address(detail));
        };
      }

      @Override
      public boolean isNamed() {
        return isLiteral(dialled.address(), host) || addresses.has(host, dialled.address());
      }
    };
  }

  private static boolean isLiteral(InetAddress address, String host) {
    return address.getHostAddress().equals(host);
  }
}
