package dev.menura.sidecar.events;

import dev.menura.extproc.event.EventSink;
import dev.menura.extproc.event.GatewayEvent;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The event sink that keeps events as lines of JSON in a file.
///
/// One thread writes. Events wait for it in a queue of bounded length; where that is full, as after
/// a while on a full disk, further ones are dropped and counted. The thread gathers for a moment
/// what comes and writes it at once, so that busy times cost one write for many lines. Lines that
/// cannot be written are tried again until they can. Traffic never waits.
public final class EventLog implements EventSink, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  /// How many events wait for the writer at the most.
  static final int WAITING_MAX = 8192;

  /// Past this size a file is put aside.
  static final long FILE_BYTES_MAX = 64L << 20;

  /// How many files that were put aside stay.
  static final int FILES_KEPT = 5;

  /// How long an event waits for others, to be written with them.
  private static final Duration GATHER = Duration.ofMillis(5);

  /// How many events are written at once.
  private static final int BATCH_MAX = 512;

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final EventFile file;
  private final EventLines gathered = new EventLines();
  private final BlockingQueue<GatewayEvent> waiting;
  private final Duration retry;
  private final CountDownLatch closing = new CountDownLatch(1);
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer;
  private volatile boolean failing;

  EventLog(EventFile file, int waitingMax, Duration retry) {
    this.file = file;
    this.waiting = new ArrayBlockingQueue<>(waitingMax);
    this.retry = retry;
    this.writer = Thread.ofPlatform().name("event-log").daemon().start(this::writeAll);
  }

  /// Opens the log. A line that a crash tore is taken out of the file.
  public static EventLog at(Path file) {
    return new EventLog(new EventFile(file, FILE_BYTES_MAX, FILES_KEPT), WAITING_MAX, RETRY);
  }

  @Override
  public void record(GatewayEvent event) {
    if (closing.getCount() == 0 || !waiting.offer(event)) {
      dropped.incrementAndGet();
    }
  }

  /// How many events are in the file.
  public long written() {
    return written.get();
  }

  /// How many events were lost: they came while the queue was full, or were left when the log was
  /// closed and could not be written.
  public long dropped() {
    return dropped.get();
  }

  /// True while lines cannot be written.
  public boolean failing() {
    return failing;
  }

  /// Shows the counts as metrics.
  public void bindTo(MeterRegistry metrics) {
    FunctionCounter.builder("menura.events", written, AtomicLong::doubleValue)
        .tag("outcome", "written")
        .description("Events by what became of them")
        .register(metrics);
    FunctionCounter.builder("menura.events", dropped, AtomicLong::doubleValue)
        .tag("outcome", "dropped")
        .description("Events by what became of them")
        .register(metrics);
    Gauge.builder("menura.events.waiting", waiting, BlockingQueue::size)
        .description("Events that wait to be written")
        .register(metrics);
    Gauge.builder("menura.events.failing", () -> failing ? 1 : 0)
        .description("1 while events cannot be written")
        .register(metrics);
  }

  /// Writes what waits, for a bounded time, and closes the file.
  @Override
  public void close() {
    closing.countDown();
    try {
      if (!writer.join(CLOSE_LIMIT)) {
        LOG.atWarn().addKeyValue("waiting", waiting.size()).log("event log not closed in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (dropped.get() > 0) {
      LOG.atError().addKeyValue("dropped", dropped.get()).log("events were lost");
    }
  }

  private void writeAll() {
    try (file) {
      begin();
      var batch = new ArrayList<GatewayEvent>(BATCH_MAX);
      while (true) {
        GatewayEvent first = waiting.poll(250, TimeUnit.MILLISECONDS);
        if (first != null) {
          var _ = closing.await(GATHER.toMillis(), TimeUnit.MILLISECONDS);
          batch.add(first);
          waiting.drainTo(batch, BATCH_MAX - 1);
          write(batch);
          batch.clear();
        } else if (closing.getCount() == 0) {
          return;
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.atWarn().setCause(e).log("event log not closed");
    }
  }

  private void begin() {
    try {
      file.begin();
    } catch (IOException e) {
      failing(e);
    }
  }

  private void write(List<GatewayEvent> batch) throws InterruptedException {
    batch.forEach(gathered::add);
    byte[] lines = gathered.take();
    while (!append(lines, batch.size())) {
      if (closing.await(retry.toMillis(), TimeUnit.MILLISECONDS)) {
        // One last try, for these events and for those behind them.
        if (!append(lines, batch.size())) {
          dropped.addAndGet(batch.size());
        }
        return;
      }
    }
  }

  private boolean append(byte[] lines, int count) {
    try {
      file.append(ByteBuffer.wrap(lines));
    } catch (IOException e) {
      failing(e);
      return false;
    }
    written.addAndGet(count);
    if (failing) {
      failing = false;
      LOG.atInfo().addKeyValue("dropped", dropped.get()).log("events are written again");
    }
    return true;
  }

  private void failing(IOException e) {
    if (!failing) {
      failing = true;
      LOG.atError().addKeyValue("reason", e.getMessage()).log("events cannot be written");
    }
  }
}
