package dev.menura.sidecar.policy;

import dev.menura.policy.Documents;
import dev.menura.policy.Issue;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Loads a policy again when its files have changed.
///
/// It looks at the files' times and sizes several times a second, which works on every file system,
/// and waits until two looks in a row agree, so that files which are being written, or renamed by
/// an editor, are not read half done.
public final class PolicyWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyWatch.class);

  static final Duration INTERVAL = Duration.ofMillis(200);

  /// Told of each change. Called on the watch's own thread.
  public interface Listener {
    /// The policy is good, and its version is another one.
    void accepted(Documents documents);

    /// The policy is bad; the last good one stays in force.
    void rejected(List<Issue> issues);
  }

  private final PolicyFolder folder;
  private final PolicyLoader loader;
  private final Listener listener;
  private final CountDownLatch closing = new CountDownLatch(1);
  private Map<String, String> loaded = Map.of();
  private @Nullable Map<String, String> changed;
  private String version = "";
  private List<Issue> rejected = List.of();
  private @Nullable Thread thread;

  /// @param folder read by this watch alone
  public PolicyWatch(PolicyFolder folder, PolicyLoader loader, Listener listener) {
    this.folder = folder;
    this.loader = loader;
    this.listener = listener;
  }

  /// Loads the policy for the first time. Call it once, before [#start].
  public Documents load() throws PolicyException {
    // Looked at before they are read: what changes meanwhile is seen as a change. Files that only
    // this reading brings up count as changed too, so that they are read once more.
    Map<String, String> before = folder.state();
    folder.forget();
    try {
      Documents documents = loader.load(folder);
      version = documents.version();
      rejected = List.of();
      return documents;
    } finally {
      before.keySet().retainAll(folder.state().keySet());
      loaded = before;
    }
  }

  /// Begins to watch.
  public void start() {
    thread = Thread.ofPlatform().name("policy-watch").daemon().start(this::watch);
  }

  @Override
  public void close() {
    closing.countDown();
    Thread watching = thread;
    if (watching != null) {
      try {
        watching.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void watch() {
    try {
      while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS)) {
        try {
          look();
        } catch (RuntimeException e) {
          LOG.atError().setCause(e).log("policy not looked at");
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// One look at the files.
  void look() {
    Map<String, String> state = folder.state();
    if (state.equals(loaded)) {
      changed = null;
    } else if (state.equals(changed)) {
      changed = null;
      reload();
    } else {
      changed = state;
    }
  }

  private void reload() {
    String before = version;
    try {
      Documents documents = load();
      if (!documents.version().equals(before)) {
        listener.accepted(documents);
      }
    } catch (PolicyException e) {
      if (!e.issues().equals(rejected)) {
        rejected = e.issues();
        listener.rejected(e.issues());
      }
      // Going back to the policy in force is news, too.
      version = "";
    }
  }
}
