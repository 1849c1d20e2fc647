package dev.menura.sidecar.run;

import dev.menura.extproc.exchange.OwnSite;
import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;
import dev.menura.sidecar.admin.AdminServer;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Optional;
import java.util.function.Supplier;

/// The addresses of this machine that a gateway listens on, and what an operator is told where one
/// of them is taken.
final class Bindings {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final int ADMIN_PORT = 8686;

  private Bindings() {}

  /// Envoy would only log that it cannot bind, and the gateway would wait for it in vain.
  static void requireFree(Listen listen) throws CannotStart {
    for (var way : listen.addresses().entrySet()) {
      requireFree(way.getKey(), way.getValue());
    }
  }

  private static void requireFree(Way way, Gateway.Listener listener) throws CannotStart {
    if (listener.port() == 0) {
      return;
    }
    try {
      bind(way, new InetSocketAddress(listener.host(), listener.port()));
    } catch (IOException e) {
      throw new CannotStart(
          "the proxy cannot listen on "
              + listener
              + " ("
              + e.getMessage()
              + "); name another address "
              + where(way));
    }
  }

  private static void bind(Way way, InetSocketAddress address) throws IOException {
    switch (way) {
      case EXPLICIT, EXPLICIT_TLS, TRANSPARENT -> {
        try (var socket = new ServerSocket()) {
          socket.setReuseAddress(true);
          socket.bind(address);
        }
      }
      case EXPLICIT_H3 -> {
        try (var socket = new DatagramSocket(null)) {
          socket.bind(address);
        }
      }
    }
  }

  private static String where(Way way) {
    return switch (way) {
      case EXPLICIT -> "with --listen HOST:PORT";
      case TRANSPARENT -> "with --transparent HOST:PORT";
      case EXPLICIT_TLS, EXPLICIT_H3 -> "under 'listen." + way.word() + "' of the Gateway document";
    };
  }

  /// Starts the admin server.
  ///
  /// @param named where it is to listen; empty for 127.0.0.1:8686, or any free port where that is
  ///   taken
  static AdminServer admin(
      Optional<InetSocketAddress> named,
      Supplier<String> metrics,
      Supplier<Optional<String>> notReady,
      Supplier<Optional<String>> degraded,
      Supplier<String> pinned,
      OwnSite site)
      throws IOException, CannotStart {
    var wanted = named.orElse(new InetSocketAddress(LOOPBACK, ADMIN_PORT));
    try {
      return AdminServer.start(wanted, metrics, notReady, degraded, pinned, site);
    } catch (BindException e) {
      if (named.isPresent()) {
        throw new CannotStart(
            "the admin address "
                + wanted
                + " cannot be bound ("
                + e.getMessage()
                + "); name another with --admin");
      }
      return AdminServer.start(
          new InetSocketAddress(LOOPBACK, 0), metrics, notReady, degraded, pinned, site);
    }
  }

  /// An address as `host:port`.
  static String text(InetSocketAddress address) {
    return new Gateway.Listener(address.getAddress().getHostAddress(), address.getPort())
        .toString();
  }
}
