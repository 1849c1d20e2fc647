package dev.menura.sidecar.demo;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import dev.menura.certificates.x509.Pem;
import dev.menura.policy.Gateway;
import dev.menura.policy.Listen.Way;
import dev.menura.sidecar.run.GatewayOptions;
import dev.menura.sidecar.run.RunningGateway;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A gateway with local origins behind it, in a temporary data directory of its own.
public final class Demo implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Demo.class);
  private static final int READY_SECONDS = 60;

  private final Path data;
  private final DemoOrigins origins;
  private final DemoPolicy policy;
  private final RunningGateway gateway;
  private final PrintWriter out;
  private final PrintWriter err;
  private final boolean colours;
  private boolean keepFiles;
  private boolean closed;

  /// The gateway did not get ready.
  public static final class NotReady extends Exception {
    private static final long serialVersionUID = 1;

    NotReady(String message) {
      super(message);
    }
  }

  private Demo(
      Path data,
      DemoOrigins origins,
      DemoPolicy policy,
      RunningGateway gateway,
      PrintWriter out,
      PrintWriter err,
      boolean colours) {
    this.data = data;
    this.origins = origins;
    this.policy = policy;
    this.gateway = gateway;
    this.out = out;
    this.err = err;
    this.colours = colours;
  }

  /// Starts origins and gateway, and waits until traffic can flow.
  ///
  /// @param colours whether the output is a terminal that shows colours
  public static Demo start(Path envoy, PrintWriter out, PrintWriter err, boolean colours)
      throws Exception {
    Path data = Files.createTempDirectory("menura-demo-");
    DemoOrigins origins = new DemoOrigins();
    try {
      DemoPolicy policy = DemoPolicy.write(data.resolve("policy"), origins.rootPem());
      RunningGateway gateway =
          RunningGateway.start(
              new GatewayOptions(
                  policy.folder(),
                  data,
                  Map.of(Way.EXPLICIT, new Gateway.Listener("127.0.0.1", 0)),
                  Optional.empty(),
                  Optional.of(envoy),
                  Optional.empty()));
      Demo demo = new Demo(data, origins, policy, gateway, out, err, colours);
      if (!gateway.awaitReady(READY_SECONDS)) {
        demo.keepFiles = true;
        String problem = gateway.problem();
        demo.close();
        throw new NotReady(
            "not ready after "
                + READY_SECONDS
                + " s: "
                + problem
                + "; logs: "
                + data.resolve("logs"));
      }
      return demo;
    } catch (Exception e) {
      origins.close();
      throw e;
    }
  }

  /// Prints the rows as a table; true where every row came out as it should.
  public boolean table() throws Exception {
    err.println("Requests through " + gateway.proxy() + " …");
    List<DemoRow> rows = run();
    out.print(new DemoTable(colours).of(rows));
    long well = rows.stream().filter(DemoRow::asExpected).count();
    out.println(well + " of " + rows.size() + " rows came out as they should");
    out.flush();
    return judged(rows);
  }

  /// As [#table], as JSON.
  public boolean json() throws Exception {
    List<DemoRow> rows = run();
    JsonArray all = new JsonArray();
    rows.forEach(row -> all.add(row.json()));
    out.println(new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(all));
    out.flush();
    return judged(rows);
  }

  private boolean judged(List<DemoRow> rows) {
    boolean asExpected = rows.stream().allMatch(DemoRow::asExpected);
    if (!asExpected) {
      keepFiles = true;
      err.println("Logs and events are kept in " + data);
      err.flush();
    }
    return asExpected;
  }

  private List<DemoRow> run() throws Exception {
    EventReader events = new EventReader(data.resolve("events.jsonl"));
    List<DemoRow> rows = new ArrayList<>();
    new DemoScenario(origins, policy, proxy(), authority(), events).run(rows::add);
    return rows;
  }

  /// Sends much traffic of every kind through the gateway, for a JVM that is to learn its ways.
  public void rehearse() throws Exception {
    new DemoRehearsal(origins, proxy(), List.of(authority(), origins.root())).run();
  }

  private X509Certificate authority() throws IOException, CertificateException {
    return Pem.readCertificates(Files.readString(gateway.ca())).getFirst();
  }

  private InetSocketAddress proxy() {
    String address = gateway.proxy();
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /// Says how to try it by hand.
  public void invite() {
    out.println();
    out.println("The gateway stays up; Ctrl-C ends it. Try it:");
    out.println(
        "  curl -x http://"
            + gateway.proxy()
            + " --cacert "
            + gateway.ca()
            + " "
            + origins.shop.url("/"));
    out.println(
        "  curl -x http://"
            + gateway.proxy()
            + " --cacert "
            + gateway.ca()
            + " "
            + origins.bets.url("/"));
    out.println(
        "Browser: set the HTTP and HTTPS proxy to " + gateway.proxy() + ", and trust the CA");
    out.println("CA:      " + gateway.ca());
    out.println("Policy:  " + policy.folder() + " (edit it; a change is in force within a second)");
    out.println("Events:  " + data.resolve("events.jsonl"));
    out.println("Admin:   http://" + gateway.adminAddress() + "/metrics");
    out.flush();
  }

  public void awaitClose() throws InterruptedException {
    gateway.awaitClose();
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    gateway.close();
    try {
      origins.close();
      if (!keepFiles) {
        delete();
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.atWarn().addKeyValue("folder", data).setCause(e).log("demo's files not removed");
    }
  }

  private void delete() throws IOException {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
