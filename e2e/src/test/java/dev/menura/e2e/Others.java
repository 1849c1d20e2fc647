package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// Another client, which asks one thing after the other while something is done to the gateway, on
/// a connection of its own each. All that it asks has to be answered.
final class Others implements AutoCloseable {
  private static final int PAUSE_MS = 20;

  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor();
  private final Future<Integer> answered;

  private Others(Lab lab, String target) {
    answered = thread.submit(() -> ask(lab, target));
  }

  /// @param target `host:port` of an origin that answers 200
  static Others served(Lab lab, String target) {
    return new Others(lab, target);
  }

  private int ask(Lab lab, String target) throws InterruptedException {
    int count = 0;
    // Once more when it is over: afterwards they are served too.
    for (boolean last = false; !last; count++) {
      last = over.await(PAUSE_MS, TimeUnit.MILLISECONDS);
      try (var client = RawClient.tls(lab, target, "http/1.1")) {
        assertThat(client.get(target, "/others").status()).isEqualTo(200);
      }
    }
    return count;
  }

  @Override
  public void close() {
    over.countDown();
    try (thread) {
      assertThat(answered.get()).isPositive();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError("another client was not served", e.getCause());
    }
  }
}
