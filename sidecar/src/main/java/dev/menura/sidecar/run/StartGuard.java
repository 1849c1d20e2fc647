package dev.menura.sidecar.run;

import dev.menura.sidecar.envoy.EnvoyProcess;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends Envoy where this program is told to end before its start is done: from then on whoever
/// started the gateway ends it. Thread-safe.
final class StartGuard {
  private static final Logger LOG = LoggerFactory.getLogger(StartGuard.class);

  private final Thread hook = new Thread(this::end, "start-broken-off");
  private @Nullable EnvoyProcess envoy;
  private boolean ended;

  private StartGuard() {}

  static StartGuard set() {
    var guard = new StartGuard();
    Runtime.getRuntime().addShutdownHook(guard.hook);
    return guard;
  }

  /// Starts Envoy, unless this program is ending.
  synchronized EnvoyProcess start(EnvoyProcess.Launch launch)
      throws IOException, InterruptedException {
    if (ended) {
      throw new InterruptedException("told to end while starting");
    }
    var started = EnvoyProcess.start(launch);
    envoy = started;
    return started;
  }

  private synchronized void end() {
    ended = true;
    if (envoy != null) {
      envoy.close();
    }
  }

  /// The start is done.
  void lift() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      LOG.atDebug().log("told to end while starting");
    }
  }
}
