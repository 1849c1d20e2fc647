package dev.menura.extproc.gate;

import java.util.Optional;

/// A request to the proxy, as the first gate sees it.
///
/// @param tunnel true for CONNECT, false for a plain request in absolute form
/// @param scheme the scheme of a plain request
/// @param authority the target as the client wrote it
/// @param clientIp the client's address without its port
/// @param clientAddress the client's address with its port, which names its connection
/// @param accept the `accept` header, empty where there is none
/// @param credentials what the client presents to say who it is
/// @param reached the proxy's own address as the client has dialled it; empty where the client
///   knows of no proxy
public record ConnectQuestion(
    boolean tunnel,
    String scheme,
    String authority,
    String clientIp,
    String clientAddress,
    String accept,
    Credentials credentials,
    Optional<Dialled> reached) {

  /// From a client that presents nothing.
  public ConnectQuestion(
      boolean tunnel,
      String scheme,
      String authority,
      String clientIp,
      String clientAddress,
      String accept) {
    this(
        tunnel,
        scheme,
        authority,
        clientIp,
        clientAddress,
        accept,
        Credentials.NONE,
        Optional.empty());
  }
}
