package dev.menura.sidecar.admin;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/// `/metrics` (Prometheus), `/ready` and `/live` over HTTP. Answers only requests that name a
/// loopback host, so that a web page cannot reach it under a name of its own (DNS rebinding).
public final class AdminServer implements AutoCloseable {
  private static final Set<String> HOSTS = Set.of("127.0.0.1", "localhost", "[::1]");
  private static final int BACKLOG = 64;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final PrometheusMeterRegistry meters;
  private final Supplier<Optional<String>> notReady;
  private final boolean loopback;

  /// @param notReady why traffic cannot flow, empty where it can
  /// @throws IOException where the address is taken or not one of this machine
  public AdminServer(
      InetSocketAddress address,
      PrometheusMeterRegistry meters,
      Supplier<Optional<String>> notReady)
      throws IOException {
    this.meters = meters;
    this.notReady = notReady;
    this.loopback = address.getAddress().isLoopbackAddress();
    server = HttpServer.create(address, BACKLOG);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  public InetSocketAddress address() {
    return server.getAddress();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      var method = exchange.getRequestMethod();
      if (loopback && !HOSTS.contains(host(exchange))) {
        send(exchange, 421, "This server answers to 127.0.0.1 and localhost only.\n");
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        exchange.getResponseHeaders().set("allow", "GET, HEAD");
        send(exchange, 405, "Only GET and HEAD are answered.\n");
      } else {
        switch (exchange.getRequestURI().getPath()) {
          case "/live" -> send(exchange, 200, "live\n");
          case "/ready" -> {
            var reason = notReady.get();
            send(exchange, reason.isEmpty() ? 200 : 503, reason.orElse("ready") + "\n");
          }
          case "/metrics" -> send(exchange, 200, meters.scrape());
          case "/" -> send(exchange, 200, "Menura\n\n/ready\n/live\n/metrics\n");
          default -> send(exchange, 404, "There is /ready, /live and /metrics.\n");
        }
      }
    }
  }

  private static String host(HttpExchange exchange) {
    var host = Optional.ofNullable(exchange.getRequestHeaders().getFirst("host")).orElse("");
    int port = host.lastIndexOf(':');
    var name = port > host.lastIndexOf(']') ? host.substring(0, port) : host;
    return name.toLowerCase(Locale.ROOT);
  }

  private static void send(HttpExchange exchange, int status, String text) throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("content-type", "text/plain; charset=utf-8");
    exchange.getResponseHeaders().set("x-content-type-options", "nosniff");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
