package dev.menura.sidecar.policy;

import dev.menura.policy.Documents;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks at the policy's folder a few times a second and hands on each good change. A change counts
/// once two looks in a row agree, so that a file that is still being written is left alone. A bad
/// policy is reported in full and changes nothing.
public final class PolicyWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);
  private static final int LOOK_EVERY_MS = 200;

  private final PolicyFolder folder;
  private final PolicyLoader loader;
  private final Consumer<Documents> changed;
  private final ScheduledExecutorService looks =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("policy-watch").daemon().factory());

  private Set<String> files;
  private String version;
  private String judged;
  private String seen;
  private volatile boolean lastWasBad;

  /// @param current what is in force now
  /// @param changed takes each new policy, on the watch's own thread
  public PolicyWatch(
      PolicyFolder folder, PolicyLoader loader, Documents current, Consumer<Documents> changed)
      throws IOException {
    this.folder = folder;
    this.loader = loader;
    this.changed = changed;
    this.files = current.files();
    this.version = current.version();
    this.judged = folder.fingerprint(files);
    this.seen = judged;
    var _ =
        looks.scheduleWithFixedDelay(
            this::look, LOOK_EVERY_MS, LOOK_EVERY_MS, TimeUnit.MILLISECONDS);
  }

  /// True while the folder holds a policy that was refused.
  public boolean lastWasBad() {
    return lastWasBad;
  }

  private void look() {
    try {
      var now = folder.fingerprint(files);
      boolean settled = now.equals(seen);
      seen = now;
      if (settled && !now.equals(judged)) {
        judged = now;
        load();
      }
    } catch (IOException | RuntimeException e) {
      // The edge of the watch's thread: the next look comes anyway.
      LOG.atError()
          .addKeyValue("folder", folder.folder())
          .setCause(e)
          .log("the policy's folder could not be read; the last good policy stays");
    }
  }

  private void load() throws IOException {
    try {
      var documents = loader.load(folder);
      files = documents.files();
      judged = folder.fingerprint(files);
      seen = judged;
      lastWasBad = false;
      if (!documents.version().equals(version)) {
        version = documents.version();
        changed.accept(documents);
        LOG.atInfo().addKeyValue("policy-version", version).log("policy changed");
      }
    } catch (PolicyException e) {
      lastWasBad = true;
      LOG.atError()
          .addKeyValue("policy-version", version)
          .log(
              "the policy was not loaded; the last good one stays in force\n{}",
              IssueFormat.text(e.issues()));
    }
  }

  @Override
  public void close() {
    looks.shutdownNow();
  }
}
