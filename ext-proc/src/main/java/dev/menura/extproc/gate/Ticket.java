package dev.menura.extproc.gate;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.menura.gate.v1.Connection;
import java.util.Base64;
import java.util.Optional;

/// The textual form of a [Connection] in which it travels through Envoy as filter state.
public final class Ticket {
  /// Longer tickets are refused. A usual one has 300 characters.
  static final int CHARS_MAX = 16 * 1024;

  private Ticket() {}

  public static String encode(Connection connection) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(connection.toByteArray());
  }

  /// The connection, or empty where the text is not one that [#encode] wrote.
  public static Optional<Connection> decode(String text) {
    if (text.isEmpty() || text.length() > CHARS_MAX) {
      return Optional.empty();
    }
    try {
      return Optional.of(Connection.parseFrom(Base64.getUrlDecoder().decode(text)));
    } catch (IllegalArgumentException | InvalidProtocolBufferException e) {
      return Optional.empty();
    }
  }
}
