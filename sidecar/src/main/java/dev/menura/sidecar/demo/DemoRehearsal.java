package dev.menura.sidecar.demo;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Much of the same through the demo's gateway: requests whose bodies are inspected, requests that
/// nobody asks about, new connections, new names. A JVM that keeps what it learns of its methods in
/// an archive (JEP 515) then knows the ways that traffic takes, and compiles them at once.
final class DemoRehearsal {
  private static final int CLIENTS = 16;

  // Of each client.
  private static final int INSPECTED = 400;
  private static final int UNASKED = 250;
  private static final int CONNECTIONS = 40;
  private static final int NAMES = 15;

  private static final String BODY = "{\"note\": \"nothing to see\", \"numbers\": [1, 2, 3]}\n";

  private final DemoOrigins origins;
  private final InetSocketAddress proxy;
  private final List<X509Certificate> roots;

  /// @param roots whom the clients trust
  DemoRehearsal(DemoOrigins origins, InetSocketAddress proxy, List<X509Certificate> roots) {
    this.origins = origins;
    this.proxy = proxy;
    this.roots = roots;
  }

  void run() throws InterruptedException, ExecutionException {
    var tasks = new ArrayList<Callable<Void>>();
    for (int client = 0; client < CLIENTS; client++) {
      int number = client;
      tasks.add(() -> names(number));
      tasks.add(() -> requests(number));
    }
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Void> done : threads.invokeAll(tasks)) {
        done.get();
      }
    }
  }

  private Void names(int number)
      throws GeneralSecurityException, IOException, InterruptedException {
    int port = origins.names.port();
    for (int i = 0; i < NAMES; i++) {
      visit("https://name-" + number + "-" + i + ".names.demo.test:" + port + "/");
    }
    for (int i = 0; i < CONNECTIONS; i++) {
      visit(origins.shop.url("/"));
    }
    return null;
  }

  private Void requests(int number)
      throws GeneralSecurityException, IOException, InterruptedException {
    try (var client = new DemoClient(proxy, roots)) {
      for (int i = 0; i < INSPECTED; i++) {
        client.post(origins.drop.url("/upload/" + number + "/" + i), BODY);
      }
      for (int i = 0; i < UNASKED; i++) {
        client.get(origins.shop.url("/" + i));
      }
    }
    return null;
  }

  private void visit(String url)
      throws GeneralSecurityException, IOException, InterruptedException {
    try (var client = new DemoClient(proxy, roots)) {
      client.get(url);
    }
  }
}
