package dev.menura.certificates.upstream;

import dev.menura.certificates.upstream.Look.Reason;
import dev.menura.certificates.x509.OriginName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Locale;
import java.util.Optional;

/// Finds out why an origin does not finish a handshake. It is asked once more, with everything that
/// TLS up to 1.2 ever had; the first messages of its answer say what it wants. No key is agreed on,
/// and what comes is used for the reason alone.
final class Diagnosis {
  private static final int TLS_1_2 = 0x0303;

  private final TlsOffer offer;
  private final int bytesMax;

  Diagnosis(TlsOffer offer, int bytesMax) {
    this.offer = offer;
    this.bytesMax = bytesMax;
  }

  /// What was found.
  record Finding(Reason reason, String detail) {}

  /// Empty where the answer says nothing that is not accepted, or none comes in time.
  Optional<Finding> of(OriginName name, InetSocketAddress address, Deadline deadline) {
    try (var socket = new Socket()) {
      socket.connect(address, deadline.remainingMs());
      socket.getOutputStream().write(OldHello.of(name));
      return FirstFlight.read(socket, deadline, bytesMax).flatMap(this::judged);
    } catch (IOException e) {
      return Optional.empty(); // The first failure stands.
    }
  }

  private Optional<Finding> judged(FirstFlight answer) {
    if (answer.version() < TLS_1_2) {
      return found(Reason.TLS_VERSION, "the origin offers only " + words(answer.version()));
    }
    if (offer.lowest() == TlsOffer.Lowest.TLS_1_3) {
      return found(
          Reason.TLS_VERSION, "the origin offers TLS 1.2, and TLS 1.3 is the minimum here");
    }
    if (answer.compression() != 0) {
      return found(Reason.TLS_PARAMETERS, "the origin asks for compression in TLS");
    }
    Optional<Weakness> weakness = Weakness.of(answer.suite());
    if (weakness.isPresent()) {
      String group = answer.groupBits() > 0 ? " of " + answer.groupBits() + " bits" : "";
      return found(
          Reason.TLS_PARAMETERS,
          String.format(
              Locale.ROOT,
              "the origin offers only %s%s (cipher suite 0x%04X)",
              weakness.get().words(),
              group,
              answer.suite()));
    }
    if (!answer.securesRenegotiation()) {
      return found(
          Reason.TLS_PARAMETERS, "the origin does not secure renegotiation in TLS (RFC 5746)");
    }
    return Optional.empty();
  }

  private static Optional<Finding> found(Reason reason, String detail) {
    return Optional.of(new Finding(reason, detail));
  }

  private static String words(int version) {
    return switch (version) {
      case 0x0300 -> "SSL 3.0";
      case 0x0301 -> "TLS 1.0";
      case 0x0302 -> "TLS 1.1";
      default -> String.format(Locale.ROOT, "version 0x%04X of TLS", version);
    };
  }
}
