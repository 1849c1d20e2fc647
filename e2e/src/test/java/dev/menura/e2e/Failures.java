package dev.menura.e2e;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;

/// Keeps what tells why a test failed: of every gateway that the test had up, Envoy's
/// configuration, statistics and log, the sidecar's log, and the events. They are put below
/// `target/failures/`.
///
/// A test may close its gateway before it is known to have failed. What the gateway could tell is
/// then kept in memory until the test is over.
final class Failures
    implements AfterTestExecutionCallback,
        AfterAllCallback,
        LifecycleMethodExecutionExceptionHandler {
  private static final Set<Lab> UP = ConcurrentHashMap.newKeySet();
  private static final Queue<Map<String, String>> CLOSED = new ConcurrentLinkedQueue<>();
  private static final SidecarLog SIDECAR_LOG = SidecarLog.keep();
  private static final Set<GatewayProcess> PROCESSES = ConcurrentHashMap.newKeySet();

  static void watch(Lab lab) {
    UP.add(lab);
  }

  static void closing(Lab lab) {
    UP.remove(lab);
    CLOSED.add(evidence(lab));
  }

  static void watch(GatewayProcess process) {
    PROCESSES.add(process);
  }

  static void forget(GatewayProcess process) {
    PROCESSES.remove(process);
  }

  @Override
  public void afterTestExecution(ExtensionContext context) throws IOException {
    if (context.getExecutionException().isPresent()) {
      keep(context);
    }
    CLOSED.clear();
    SIDECAR_LOG.clear();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    CLOSED.clear();
  }

  @Override
  public void handleBeforeAllMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    keep(context);
    throw failure;
  }

  @Override
  public void handleBeforeEachMethodExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    keep(context);
    throw failure;
  }

  private static void keep(ExtensionContext context) throws IOException {
    var folder =
        Path.of(
            "target",
            "failures",
            context.getRequiredTestClass().getSimpleName()
                + "."
                + context.getTestMethod().map(Method::getName).orElse("start"));
    Files.createDirectories(folder);
    var all = new ArrayList<>(CLOSED);
    UP.forEach(lab -> all.add(evidence(lab)));
    for (int i = 0; i < all.size(); i++) {
      var gateway = i == 0 ? folder : Files.createDirectories(folder.resolve("gateway-" + (i + 1)));
      for (var file : all.get(i).entrySet()) {
        Files.writeString(gateway.resolve(file.getKey()), file.getValue());
      }
    }
    Files.writeString(folder.resolve("sidecar.log"), SIDECAR_LOG.text());
    for (GatewayProcess process : PROCESSES) {
      process.keepEvidence(folder);
    }
  }

  /// What a gateway can tell, by file name.
  private static Map<String, String> evidence(Lab lab) {
    var files = new LinkedHashMap<String, String>();
    for (String page : new String[] {"config_dump", "stats", "listeners", "clusters"}) {
      files.put("envoy-" + page + ".txt", text(() -> lab.admin().get("/" + page)));
    }
    files.put("envoy.log", text(() -> Files.readString(lab.data.resolve("envoy.log"))));
    var events = new StringBuilder();
    lab.events.forEach(event -> events.append(event).append('\n'));
    files.put("events.txt", events.toString());
    return files;
  }

  private interface Source {
    String read() throws IOException;
  }

  private static String text(Source source) {
    try {
      return source.read();
    } catch (IOException e) {
      return "not to be had: " + e;
    }
  }
}
