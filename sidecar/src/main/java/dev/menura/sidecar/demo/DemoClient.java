package dev.menura.sidecar.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// A client behind the proxy, which notes in its own TLS handshake who issued the certificate that
/// it was shown. One client makes one connection.
final class DemoClient implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final HttpClient http;
  private final Witness witness;

  /// What one visit came to, as the client saw it.
  ///
  /// @param status the HTTP status, 0 where no answer came
  /// @param issuer the common name of the issuer of the certificate that was shown
  /// @param body what was answered, or why there was no answer
  record Visit(int status, String issuer, String body, long millis) {}

  /// @param roots whom the client trusts
  DemoClient(InetSocketAddress proxy, List<X509Certificate> roots)
      throws GeneralSecurityException, IOException {
    this.witness = new Witness(roots);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {witness}, null);
    this.http =
        HttpClient.newBuilder()
            .proxy(ProxySelector.of(proxy))
            .sslContext(context)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(LIMIT)
            .build();
  }

  Visit get(String url) throws InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)).GET());
  }

  Visit post(String url, String body) throws InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("content-type", "text/plain")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /// Sends messages over a WebSocket, each when the one before it was answered; the visit's body is
  /// what came back last.
  Visit echo(String url, String... messages) throws InterruptedException {
    long start = System.nanoTime();
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    try {
      WebSocket socket =
          http.newWebSocketBuilder()
              .connectTimeout(LIMIT)
              .buildAsync(URI.create(url), new Answers(heard))
              .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      String back = "";
      for (String message : messages) {
        var _ = socket.sendText(message, true);
        back = heard.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        if (back == null) {
          return visit(0, "no answer in time", start);
        }
      }
      socket.abort();
      return visit(101, back, start);
    } catch (ExecutionException | CompletionException e) {
      int status =
          e.getCause() instanceof WebSocketHandshakeException refused
              ? refused.getResponse().statusCode()
              : 0;
      return visit(status, String.valueOf(e.getCause()), start);
    } catch (TimeoutException e) {
      return visit(0, "no answer in time", start);
    }
  }

  private Visit send(HttpRequest.Builder request) throws InterruptedException {
    long start = System.nanoTime();
    try {
      HttpResponse<String> response =
          http.send(
              request.timeout(LIMIT).header("accept", "text/html").build(),
              HttpResponse.BodyHandlers.ofString());
      return visit(response.statusCode(), response.body(), start);
    } catch (IOException e) {
      return visit(0, String.valueOf(e), start);
    }
  }

  private Visit visit(int status, String body, long start) {
    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    return new Visit(status, witness.issuer, body, millis);
  }

  @Override
  public void close() {
    http.shutdownNow();
  }

  private record Answers(BlockingQueue<String> heard) implements WebSocket.Listener {
    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      heard.add(data.toString());
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      heard.add("closed with " + code + ", " + reason);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      heard.add(String.valueOf(error));
    }
  }

  /// Judges as Java does, and notes the issuer before.
  private static final class Witness extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;
    private volatile String issuer = "-";

    Witness(List<X509Certificate> roots) throws GeneralSecurityException, IOException {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      for (int i = 0; i < roots.size(); i++) {
        store.setCertificateEntry("root" + i, roots.get(i));
      }
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(store);
      this.judge = (X509ExtendedTrustManager) factory.getTrustManagers()[0];
    }

    private void note(X509Certificate[] chain) {
      String name = chain[0].getIssuerX500Principal().getName();
      issuer =
          java.util.Arrays.stream(name.split(",", -1))
              .filter(part -> part.startsWith("CN="))
              .map(part -> part.substring(3))
              .findFirst()
              .orElse(name);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      note(chain);
      judge.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, java.net.Socket socket)
        throws CertificateException {
      note(chain);
      judge.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      note(chain);
      judge.checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, java.net.Socket socket)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      throw new CertificateException("this is a client");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return judge.getAcceptedIssuers();
    }
  }
}
