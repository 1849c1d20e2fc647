package dev.menura.bench.compare;

import dev.menura.sidecar.os.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Two machines in network namespaces (`network_namespaces(7)`): one as a pod, with a client and
/// its sidecar, and one where the origin runs.
///
/// The namespaces have no names: each is there as long as a process is in it, and the two that hold
/// them end with their standard input, so nothing is left however the comparison ends. The
/// addresses are those for documentation (RFC 5737).
final class Pod implements AutoCloseable {
  private static final String POD = "203.0.113.1";
  private static final String ORIGIN = "203.0.113.10";
  private static final String LINK = "uplink";

  /// Makes a namespace, says so, and gives way to a program in it.
  private static final List<String> UNSHARED =
      List.of("unshare", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh");

  private static final Map<String, String> PROGRAMS =
      Map.of(
          "unshare",
          "util-linux",
          "nsenter",
          "util-linux",
          "setpriv",
          "util-linux",
          "ip",
          "iproute2",
          "nft",
          "nftables");

  private final Process holder;
  private final Origin origin;

  private Pod(Process holder, Origin origin) {
    this.holder = holder;
    this.origin = origin;
  }

  /// Why there can be none on this machine; empty where that shows only when it is tried.
  static Optional<String> missing() {
    return PROGRAMS.entrySet().stream()
        .filter(program -> Tool.onPath(program.getKey(), System.getenv()).isEmpty())
        .map(program ->
            program.getKey() + " is not installed: apt-get install " + program.getValue())
        .sorted()
        .findFirst();
  }

  static Pod open(Workbench bench) throws BenchFailure, IOException, InterruptedException {
    var log = bench.folder().resolve("pod.log");
    var command = new ArrayList<>(UNSHARED);
    command.addAll(List.of("sh", "-c", "echo made && exec cat"));
    var holder = new ProcessBuilder(command).redirectError(log.toFile()).start();
    if (holder.inputReader().readLine() == null) {
      throw new BenchFailure(
          "no network namespace can be made here, which needs root: "
              + Files.readString(log).strip());
    }
    try {
      var origin =
          Origin.start(UNSHARED, bench.load(), bench.certificate(""), ORIGIN, "0.0.0.0:443");
      var pod = new Pod(holder, origin);
      try {
        pod.link();
        return pod;
      } catch (BenchFailure | RuntimeException e) {
        pod.close();
        throw e;
      }
    } catch (BenchFailure | IOException | RuntimeException e) {
      holder.destroy();
      throw e;
    }
  }

  private void link() throws BenchFailure, InterruptedException {
    run(
        holder,
        "ip",
        "link",
        "add",
        LINK,
        "type",
        "veth",
        "peer",
        "name",
        LINK,
        "netns",
        Long.toString(origin.process().pid()));
    address(holder, POD);
    address(origin.process(), ORIGIN);
  }

  private static void address(Process inside, String address)
      throws BenchFailure, InterruptedException {
    run(inside, "ip", "address", "add", address + "/24", "dev", LINK);
    run(inside, "ip", "link", "set", LINK, "up");
  }

  private static void run(Process inside, String... command)
      throws BenchFailure, InterruptedException {
    var whole = new ArrayList<>(entering(inside));
    whole.addAll(List.of(command));
    Workbench.succeed(whole, "the network of a pod was not made");
  }

  private static List<String> entering(Process inside) {
    return List.of("nsenter", "--net", "--target", Long.toString(inside.pid()));
  }

  /// The machine with the client and the sidecar.
  Place place() {
    return new Place(entering(holder), origin);
  }

  @Override
  public void close() {
    origin.close();
    holder.destroy();
  }
}
