package dev.menura.certificates.upstream;

import dev.menura.certificates.upstream.CapturingTrust.Captured;
import dev.menura.certificates.upstream.Look.Reason;
import dev.menura.certificates.x509.OriginName;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.StandardConstants;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Connects to an origin, takes its certificate chain in a TLS handshake, and closes. Nothing is
/// ever sent over the connection.
final class Probe {
  private final Duration deadline;
  private final int bytesMax;

  Probe(Duration deadline, int bytesMax) {
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

  /// A server name as it is; Java's own class refuses names with an underscore.
  private static final class HostName extends SNIServerName {
    HostName(String name) {
      super(StandardConstants.SNI_HOST_NAME, name.getBytes(StandardCharsets.US_ASCII));
    }
  }

  Result probe(OriginName name, InetSocketAddress address) {
    var clock = new Deadline(deadline);
    var trust = new CapturingTrust();
    SSLEngine engine = engine(name, trust);
    try (var socket = new Socket()) {
      socket.setTcpNoDelay(true);
      socket.connect(address, clock.remainingMs());
      new Handshake(engine, socket, clock, bytesMax).run();
    } catch (Handshake.NotTls e) {
      return new Result.Failed(Reason.NOT_TLS, "the origin answered with something else than TLS");
    } catch (Handshake.TooLarge e) {
      return new Result.Failed(
          Reason.TOO_LARGE, "the origin sent more than a TLS handshake may take");
    } catch (SSLException e) {
      return failed(trust, e);
    } catch (SocketTimeoutException e) {
      return new Result.Failed(
          Reason.TIMEOUT, "the origin did not answer within " + deadline.toMillis() + " ms");
    } catch (NoRouteToHostException e) {
      return new Result.Failed(Reason.REFUSED, "no route leads to the origin");
    } catch (ConnectException e) {
      return new Result.Failed(Reason.REFUSED, "the origin refused the connection");
    } catch (SocketException e) {
      return closed(trust, "the origin reset the connection during the handshake");
    } catch (IOException e) {
      return closed(trust, "the origin closed the connection during the handshake");
    }
    Captured captured = trust.captured();
    return captured == null
        ? new Result.Failed(Reason.TLS_ALERT, "the origin presented no certificate")
        : new Result.Chain(captured, "", false);
  }

  private static Result failed(CapturingTrust trust, SSLException e) {
    String message = String.valueOf(e.getMessage());
    // The two limits of JSSE on a certificate message: its size, and the number of certificates.
    if (message.contains("exceeds the maximum allowed")) {
      return new Result.Failed(
          Reason.TOO_LARGE, "the origin sent a larger certificate chain than is accepted");
    }
    boolean byPeer = message.contains("Received fatal alert");
    String detail =
        byPeer
            ? "the origin ended the TLS handshake: " + alert(message)
            : "no TLS handshake was possible: " + alert(message);
    Captured captured = trust.captured();
    return captured == null
        ? new Result.Failed(Reason.TLS_ALERT, detail)
        : new Result.Chain(captured, detail, byPeer);
  }

  private static Result closed(CapturingTrust trust, String detail) {
    Captured captured = trust.captured();
    return captured == null
        ? new Result.Failed(Reason.RESET, detail)
        : new Result.Chain(captured, detail, true);
  }

  /// JSSE writes `(alert_name) text`; the alert's name is of a closed set, the text may be the
  /// peer's.
  private static String alert(String message) {
    int end = message.indexOf(')');
    return message.startsWith("(") && end > 0 ? message.substring(1, end) : "handshake_failure";
  }

  private static SSLEngine engine(OriginName name, X509ExtendedTrustManager trust) {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      SSLEngine engine = context.createSSLEngine();
      engine.setUseClientMode(true);
      engine.setEnabledProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
      var parameters = engine.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"h2", "http/1.1"});
      if (!name.isAddress()) {
        parameters.setServerNames(List.of(new HostName(name.text())));
      }
      engine.setSSLParameters(parameters);
      return engine;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no TLS", e);
    }
  }
}
