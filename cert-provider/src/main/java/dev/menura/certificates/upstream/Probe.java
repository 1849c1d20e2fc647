package dev.menura.certificates.upstream;

import dev.menura.certificates.upstream.Look.Reason;
import dev.menura.certificates.x509.OriginName;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.TlsException;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsFatalAlertReceived;

/// Connects to an origin, takes its certificate chain in a TLS handshake, and closes. Nothing is
/// ever sent over the connection.
final class Probe {
  private static final String FIPS = "; only algorithms that FIPS 140 approves are offered";

  private final TlsOffer offer;
  private final Duration deadline;
  private final int bytesMax;
  private final SecureRandom random = new SecureRandom();

  Probe(Duration deadline, int bytesMax) {
    this(TlsOffer.STANDARD, deadline, bytesMax);
  }

  Probe(TlsOffer offer, Duration deadline, int bytesMax) {
    this.offer = offer;
    this.deadline = deadline;
    this.bytesMax = bytesMax;
  }

  /// What came of it.
  sealed interface Result {
    /// A chain came.
    ///
    /// @param failure empty where the handshake was finished; else why the server or we gave it up
    ///   after the chain
    /// @param byPeer whether the server gave it up
    record Chain(Captured captured, String failure, boolean byPeer) implements Result {}

    record Failed(Reason reason, String detail) implements Result {}
  }

  Result probe(OriginName name, InetSocketAddress address) {
    var clock = new Deadline(deadline);
    return switch (probe(name, address, clock)) {
      case Result.Failed failed
          when failed.reason() == Reason.TLS_ALERT || failed.reason() == Reason.RESET ->
          new Diagnosis(offer, bytesMax)
              .of(name, address, clock)
              .<Result>map(found -> new Result.Failed(found.reason(), found.detail()))
              .orElseGet(() -> undiagnosed(failed));
      case Result result -> result;
    };
  }

  private Result undiagnosed(Result.Failed failed) {
    return offer.algorithms() == TlsOffer.Algorithms.FIPS && failed.reason() == Reason.TLS_ALERT
        ? new Result.Failed(failed.reason(), failed.detail() + FIPS)
        : failed;
  }

  private Result probe(OriginName name, InetSocketAddress address, Deadline clock) {
    var client = new PeekClient(new RawCrypto(random), name, offer, bytesMax);
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(address, clock.remainingMs());
      new Handshake(client, socket, clock, bytesMax).run();
    } catch (Handshake.NotTls e) {
      return new Result.Failed(Reason.NOT_TLS, "the origin answered with something else than TLS");
    } catch (Handshake.TooLarge e) {
      return tooLarge();
    } catch (TlsFatalAlertReceived e) {
      return ended(
          client, "the origin ended the TLS handshake: " + word(e.getAlertDescription()), true);
    } catch (TlsFatalAlert e) {
      return String.valueOf(e.getMessage()).contains("exceeds the maximum")
          ? tooLarge()
          : ended(client, "no TLS handshake was possible: " + word(e.getAlertDescription()), false);
    } catch (SocketTimeoutException e) {
      return new Result.Failed(
          Reason.TIMEOUT, "the origin did not answer within " + deadline.toMillis() + " ms");
    } catch (NoRouteToHostException e) {
      return new Result.Failed(Reason.REFUSED, "no route leads to the origin");
    } catch (ConnectException e) {
      return new Result.Failed(Reason.REFUSED, "the origin refused the connection");
    } catch (TlsException e) {
      return ended(client, "no TLS handshake was possible: handshake_failure", false);
    } catch (SocketException e) {
      return closed(client, "the origin reset the connection during the handshake");
    } catch (IOException e) {
      return closed(client, "the origin closed the connection during the handshake");
    }
    if (client.isBelowHttp2()) {
      return new Result.Failed(
          Reason.TLS_PARAMETERS,
          "the origin speaks HTTP/2 with a cipher suite that HTTP/2 forbids (RFC 9113 9.2.2)");
    }
    return client
        .captured()
        .<Result>map(captured -> new Result.Chain(captured, "", false))
        .orElseGet(
            () -> new Result.Failed(Reason.TLS_ALERT, "the origin presented no certificate"));
  }

  private static Result tooLarge() {
    return new Result.Failed(
        Reason.TOO_LARGE, "the origin sent more than a TLS handshake may take");
  }

  private static Result ended(PeekClient client, String detail, boolean byPeer) {
    return client
        .captured()
        .<Result>map(captured -> new Result.Chain(captured, detail, byPeer))
        .orElseGet(() -> new Result.Failed(Reason.TLS_ALERT, detail));
  }

  private static Result closed(PeekClient client, String detail) {
    return client
        .captured()
        .<Result>map(captured -> new Result.Chain(captured, detail, true))
        .orElseGet(() -> new Result.Failed(Reason.RESET, detail));
  }

  /// The alert's name, of a closed set.
  private static String word(short alert) {
    return AlertDescription.getName(alert);
  }
}
