package dev.menura.sidecar.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.menura.extproc.exchange.OwnSite;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// A small HTTP server for probes, metrics and the gateway's own pages, on a loopback address only.
///
/// What is not its own is answered by the gateway's site; `/` too, for browsers. /// `/pinned`
/// lists the hosts that are proposed for passthrough, as JSON. `/ready` answers 200 while traffic
/// can flow and 503 with the reason otherwise, `/live` answers 200 while the program runs,
/// `/metrics` is the text format of Prometheus.
public final class AdminServer implements AutoCloseable {
  /// Seconds in which a request must have come in, and its answer be taken.
  static final int REQUEST_SECONDS_MAX = 5;

  static final int CONNECTIONS_MAX = 64;

  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String JSON = "application/json; charset=utf-8";
  private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";
  private static final String INDEX =
      """
      Menura's admin server
        /ready    200 while traffic can flow, 503 and the reason otherwise
        /live     200 while the program runs
        /metrics  metrics for Prometheus
        /pinned   hosts whose clients reject our certificates, as JSON
      and, of a gateway, as under http://menura.local/ through the proxy
        /index.html  what this is, for people
        /ca.pem, /ca.der, /ca.mobileconfig  the certificates that clients are to trust
        /ca-clients.pem  the authority that origins know clients by, where one is in use
        /proxy.pac   the proxy's automatic configuration
      """;

  static {
    // The server reads its limits from here when its first instance is made.
    System.setProperty("sun.net.httpserver.maxReqTime", String.valueOf(REQUEST_SECONDS_MAX));
    System.setProperty("sun.net.httpserver.maxRspTime", String.valueOf(REQUEST_SECONDS_MAX));
    System.setProperty("sun.net.httpserver.maxReqHeaderSize", "16384");
    System.setProperty("sun.net.httpserver.timerMillis", "1000");
    System.setProperty("jdk.httpserver.maxConnections", String.valueOf(CONNECTIONS_MAX));
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Supplier<String> metrics;
  private final Supplier<Optional<String>> notReady;
  private final Supplier<String> pinned;

  private final Supplier<Optional<String>> degraded;

  private final OwnSite site;

  private static OwnSite.Page answer(int status, String type, String body) {
    return new OwnSite.Page(
        status,
        Map.of("content-type", type),
        ByteBuffer.wrap(body.getBytes(StandardCharsets.UTF_8)));
  }

  private AdminServer(
      HttpServer server,
      Supplier<String> metrics,
      Supplier<Optional<String>> notReady,
      Supplier<Optional<String>> degraded,
      Supplier<String> pinned,
      OwnSite site) {
    this.site = site;
    this.pinned = pinned;
    this.server = server;
    this.metrics = metrics;
    this.notReady = notReady;
    this.degraded = degraded;
  }

  /// As [#start(InetSocketAddress, Supplier, Supplier, Supplier, Supplier, OwnSite)], where nothing
  /// can be degraded, no host is proposed and there are no pages.
  public static AdminServer start(
      InetSocketAddress address, Supplier<String> metrics, Supplier<Optional<String>> notReady)
      throws IOException {
    return start(address, metrics, notReady, Optional::empty, () -> "[]", OwnSite.NONE);
  }

  /// Binds the address and answers from then on.
  ///
  /// @param metrics all metrics in Prometheus's text format
  /// @param notReady why traffic cannot flow, empty where it can
  /// @param degraded what does not work though traffic flows, empty where all does
  /// @param pinned the proposals of hosts to pass through, in JSON
  /// @param site the gateway's own pages
  /// @throws IOException where the address cannot be bound, or is not a loopback address
  public static AdminServer start(
      InetSocketAddress address,
      Supplier<String> metrics,
      Supplier<Optional<String>> notReady,
      Supplier<Optional<String>> degraded,
      Supplier<String> pinned,
      OwnSite site)
      throws IOException {
    if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
      throw new IOException(
          address.getHostString()
              + " is not a loopback address, and the admin server has no login");
    }
    HttpServer server = HttpServer.create(address, 0);
    AdminServer admin = new AdminServer(server, metrics, notReady, degraded, pinned, site);
    server.setExecutor(admin.threads);
    server.createContext("/", admin::handle);
    server.start();
    return admin;
  }

  /// Where it listens.
  public InetSocketAddress address() {
    return server.getAddress();
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String method = exchange.getRequestMethod();
      OwnSite.Page answer = answer(exchange, method);
      byte[] body = new byte[answer.body().remaining()];
      answer.body().duplicate().get(body);
      answer.headers().forEach(exchange.getResponseHeaders()::set);
      exchange.getResponseHeaders().set("cache-control", "no-store");
      exchange.getResponseHeaders().set("x-content-type-options", "nosniff");
      if (answer.status() == 405) {
        exchange.getResponseHeaders().set("allow", "GET, HEAD");
      }
      boolean head = method.equals("HEAD");
      exchange.sendResponseHeaders(answer.status(), head ? -1 : body.length);
      if (!head) {
        try (OutputStream out = exchange.getResponseBody()) {
          out.write(body);
        }
      }
    }
  }

  private OwnSite.Page answer(HttpExchange exchange, String method) {
    if (!LoopbackHost.accepts(exchange.getRequestHeaders().getFirst("host"))) {
      return answer(403, TEXT, "the admin server is reached by a loopback name only\n");
    }
    if (!method.equals("GET") && !method.equals("HEAD")) {
      return answer(405, TEXT, "only GET and HEAD\n");
    }
    return switch (exchange.getRequestURI().getPath()) {
      case "/" -> {
        var accept = String.valueOf(exchange.getRequestHeaders().getFirst("accept"));
        var page = ofTheSite(exchange, method);
        yield accept.contains("text/html") && page.status() == 200
            ? page
            : answer(200, TEXT, INDEX);
      }
      case "/live" -> answer(200, TEXT, "live\n");
      case "/ready" -> {
        Optional<String> reason = notReady.get();
        yield reason
            .map(why -> answer(503, TEXT, why + "\n"))
            .orElseGet(() ->
                answer(
                    200,
                    TEXT,
                    degraded.get().map(what -> "ready, but " + what).orElse("ready") + "\n"));
      }
      case "/pinned" -> answer(200, JSON, pinned.get());
      case "/metrics" -> answer(200, PROMETHEUS, metrics.get());
      case null, default -> {
        var page = ofTheSite(exchange, method);
        yield page.status() == 404
            ? answer(404, TEXT, "there is no such page; / lists them\n")
            : page;
      }
    };
  }

  private OwnSite.Page ofTheSite(HttpExchange exchange, String method) {
    var path = String.valueOf(exchange.getRequestURI().getRawPath());
    return site.answer(
        new OwnSite.Request(
            method, path, exchange.getLocalAddress().getAddress().getHostAddress()));
  }
}
