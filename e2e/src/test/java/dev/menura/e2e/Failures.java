package dev.menura.e2e;

import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.LifecycleMethodExecutionExceptionHandler;

/// Keeps what tells why a test failed: of every gateway that is up, Envoy's configuration,
/// statistics and log, and the events. They are put below `target/failures/`.
final class Failures
    implements AfterTestExecutionCallback, LifecycleMethodExecutionExceptionHandler {
  private static final Set<Lab> UP = ConcurrentHashMap.newKeySet();
  private static final Set<GatewayProcess> PROCESSES = ConcurrentHashMap.newKeySet();

  static void watch(Lab lab) {
    UP.add(lab);
  }

  static void forget(Lab lab) {
    UP.remove(lab);
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
    for (Lab lab : UP) {
      keep(lab, folder);
    }
    for (GatewayProcess process : PROCESSES) {
      process.keepEvidence(folder);
    }
  }

  private static void keep(Lab lab, Path folder) throws IOException {
    for (String page : new String[] {"config_dump", "stats", "listeners", "clusters"}) {
      try {
        Files.writeString(folder.resolve("envoy-" + page + ".txt"), lab.admin().get("/" + page));
      } catch (IOException e) {
        Files.writeString(folder.resolve("envoy-" + page + ".txt"), "not to be had: " + e);
      }
    }
    var log = lab.data.resolve("envoy.log");
    if (Files.exists(log)) {
      Files.copy(log, folder.resolve("envoy.log"), StandardCopyOption.REPLACE_EXISTING);
    }
    var events = new StringBuilder();
    lab.events.forEach(event -> events.append(event).append('\n'));
    Files.writeString(folder.resolve("events.txt"), events);
  }
}
