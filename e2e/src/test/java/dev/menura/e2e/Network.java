package dev.menura.e2e;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;

/// Three machines in network namespaces (`network_namespaces(7)`) that a test makes itself: a
/// client, a gateway, and one for origins. The client's way to the origins leads through the
/// gateway, which forwards.
///
/// The addresses are those for documentation (RFC 5737, RFC 3849), which stand for the public
/// Internet here.
final class Network implements AutoCloseable {
  static final String GATEWAY_FOR_CLIENTS = "198.51.100.1";
  static final String ORIGIN = "203.0.113.10";
  static final String OTHER_ORIGIN = "203.0.113.11";
  static final String ORIGIN_6 = "2001:db8:2::10";

  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final int SECONDS_MAX = 60;

  private final List<String> made = new ArrayList<>();
  private final String prefix =
      "menura-test-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
  final Machine client = new Machine(prefix + "-client");
  final Machine gateway = new Machine(prefix + "-gateway");
  final Machine origins = new Machine(prefix + "-origins");

  private Network() {}

  /// Makes the namespaces. Where this user may not, the test is skipped.
  static Network create() {
    Missing.skipUnlessFound("ip", "iproute2");
    Missing.skipUnlessFound("nft", "nftables");
    Missing.skipUnlessFound("iptables", "iptables");
    Missing.skipUnlessFound("setpriv", "util-linux");
    if (new UnixSystem().getUid() != 0) {
      Assumptions.abort("only root may make network namespaces (ip netns)");
    }
    var network = new Network();
    var trial = run(List.of("ip", "netns", "add", network.client.name));
    if (trial.exit() != 0) {
      Missing.skip("network namespaces cannot be made here: " + trial.text());
    }
    network.made.add(network.client.name);
    try {
      network.build();
      return network;
    } catch (RuntimeException | Error e) {
      network.close();
      throw e;
    }
  }

  private void build() {
    for (Machine machine : List.of(gateway, origins)) {
      required("ip", "netns", "add", machine.name);
      made.add(machine.name);
    }
    link(client, "uplink", gateway, "inside");
    link(gateway, "outside", origins, "uplink");
    client.address("uplink", "198.51.100.2/24", "2001:db8:1::2/64");
    gateway.address("inside", GATEWAY_FOR_CLIENTS + "/24", "2001:db8:1::1/64");
    gateway.address("outside", "203.0.113.1/24", "2001:db8:2::1/64");
    origins.address("uplink", ORIGIN + "/24", ORIGIN_6 + "/64");
    origins.required("ip", "address", "add", OTHER_ORIGIN + "/24", "dev", "uplink");
    client.route("198.51.100.1", "2001:db8:1::1");
    // So that what nobody answers for is dialled all the same.
    gateway.route(ORIGIN, ORIGIN_6);
    origins.route("203.0.113.1", "2001:db8:2::1");
    gateway.required(
        "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
  }

  private static void link(Machine one, String oneEnd, Machine other, String otherEnd) {
    required(
        "ip", "link", "add", oneEnd, "netns", one.name, "type", "veth", "peer", "name", otherEnd,
        "netns", other.name);
  }

  /// What a command said, and how it ended.
  record Answer(int exit, String text) {}

  /// One of the namespaces.
  static final class Machine implements Surroundings {
    private final String name;

    private Machine(String name) {
      this.name = name;
    }

    @Override
    public List<String> prefix(Path folder) {
      return prefix();
    }

    List<String> prefix() {
      return List.of("ip", "netns", "exec", name);
    }

    /// As [#prefix], for a process of another user than root.
    List<String> prefixOfAnotherUser() {
      var all = new ArrayList<>(prefix());
      all.addAll(List.of("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"));
      return all;
    }

    Answer run(String... command) {
      var all = new ArrayList<>(prefix());
      all.addAll(List.of(command));
      return Network.run(all);
    }

    /// Runs a command that has to succeed.
    String required(String... command) {
      var answer = run(command);
      if (answer.exit() != 0) {
        throw new AssertionError(String.join(" ", command) + " failed: " + answer.text());
      }
      return answer.text();
    }

    private void address(String device, String ipv4, String ipv6) {
      required("ip", "link", "set", "lo", "up");
      required("ip", "link", "set", "dev", device, "up");
      required("ip", "address", "add", ipv4, "dev", device);
      // Without duplicate address detection, which takes a second.
      required("ip", "address", "add", ipv6, "dev", device, "nodad");
    }

    private void route(String ipv4, String ipv6) {
      required("ip", "route", "add", "default", "via", ipv4);
      required("ip", "-6", "route", "add", "default", "via", ipv6);
    }
  }

  private static void required(String... command) {
    var answer = run(List.of(command));
    if (answer.exit() != 0) {
      throw new AssertionError(String.join(" ", command) + " failed: " + answer.text());
    }
  }

  private static Answer run(List<String> command) {
    try {
      var output = Files.createTempFile("network", ".out");
      try {
        var process =
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().close();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("did not end: " + command);
        }
        return new Answer(
            process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    made.reversed().forEach(name -> run(List.of("ip", "netns", "delete", name)));
    made.clear();
  }
}
