package dev.menura.sidecar.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class EventLogTest {
  private static final Duration RETRY = Duration.ofMillis(1);

  @TempDir private Path folder;
  private Path path;

  @BeforeEach
  void name() {
    path = folder.resolve("events.jsonl");
  }

  private List<String> ids() throws IOException {
    return Files.readAllLines(path).stream()
        .map(line -> JsonParser.parseString(line).getAsJsonObject().get("id").getAsString())
        .toList();
  }

  @Test
  void keepsEventsInTheirOrderUntilClosed() throws Exception {
    try (EventLog log = EventLog.at(path)) {
      for (int i = 0; i < 1000; i++) {
        log.record(SampleEvents.connection("c" + i));
      }
    }
    assertThat(ids()).hasSize(1000).startsWith("c0", "c1").endsWith("c999");
  }

  @Test
  void keepsEachEventOfManyThreadsWhole() throws Exception {
    try (EventLog log = EventLog.at(path)) {
      List<Thread> threads =
          java.util.stream.IntStream.range(0, 8)
              .mapToObj(t ->
                  Thread.ofVirtual()
                      .start(() -> {
                        for (int i = 0; i < 500; i++) {
                          log.record(SampleEvents.connection(t + "-" + i));
                        }
                      }))
              .toList();
      for (Thread thread : threads) {
        thread.join();
      }
    }
    assertThat(ids()).hasSize(4000).doesNotHaveDuplicates();
  }

  /// A file whose first write waits until it is let go.
  private static final class SlowFile extends EventFile {
    final CountDownLatch writing = new CountDownLatch(1);
    final CountDownLatch letGo = new CountDownLatch(1);

    SlowFile(Path path) {
      super(path, Long.MAX_VALUE, 1);
    }

    @Override
    void append(ByteBuffer line) throws IOException {
      writing.countDown();
      try {
        assertThat(letGo.await(20, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      super.append(line);
    }
  }

  @Test
  void dropsAndCountsWhatDoesNotFitIntoTheQueue() throws Exception {
    SlowFile file = new SlowFile(path);
    SimpleMeterRegistry metrics = new SimpleMeterRegistry();
    try (EventLog log = new EventLog(file, 3, RETRY)) {
      log.bindTo(metrics);
      log.record(SampleEvents.connection("writing"));
      assertThat(file.writing.await(20, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 3; i++) {
        log.record(SampleEvents.connection("fits" + i));
      }
      assertThat(log.dropped()).isZero();
      log.record(SampleEvents.connection("too many"));
      assertThat(log.dropped()).isEqualTo(1);
      file.letGo.countDown();
    }
    assertThat(ids()).containsExactly("writing", "fits0", "fits1", "fits2");
    assertThat(metrics.get("menura.events").tag("outcome", "dropped").functionCounter().count())
        .isEqualTo(1);
    assertThat(metrics.get("menura.events").tag("outcome", "written").functionCounter().count())
        .isEqualTo(4);
  }

  /// A small disk that gets room at its fourth try.
  private static final class DiskThatIsCleared extends EventFile {
    private final FileOnSmallDisk disk;
    private int tries;

    DiskThatIsCleared(FileOnSmallDisk disk, Path path) {
      super(path, Long.MAX_VALUE, 1);
      this.disk = disk;
    }

    @Override
    void begin() throws IOException {
      disk.begin();
    }

    @Override
    void append(ByteBuffer line) throws IOException {
      if (++tries == 4) {
        disk.capacity = Long.MAX_VALUE;
      }
      disk.append(line);
    }

    @Override
    public void close() throws IOException {
      disk.close();
    }
  }

  @Test
  void triesAgainUntilTheDiskHasRoomAndLosesNothing() throws Exception {
    EventFile file = new DiskThatIsCleared(new FileOnSmallDisk(path, 10), path);
    CountDownLatch written = new CountDownLatch(1);
    EventLog log = new EventLog(file, 10, RETRY);
    log.record(SampleEvents.connection("first"));
    log.record(SampleEvents.connection("second"));
    while (log.written() < 2) {
      assertThat(written.await(1, TimeUnit.MILLISECONDS)).isFalse();
    }
    assertThat(log.failing()).isFalse();
    log.close();
    assertThat(ids()).containsExactly("first", "second");
    assertThat(log.dropped()).isZero();
  }

  @Test
  void countsWhatIsLeftWhenClosedOnAFullDisk() throws Exception {
    EventLog log = new EventLog(new FileOnSmallDisk(path, 10), 10, Duration.ofMinutes(1));
    log.record(SampleEvents.connection("first"));
    log.record(SampleEvents.connection("second"));
    log.close();
    assertThat(log.dropped()).isEqualTo(2);
    assertThat(log.failing()).isTrue();
    assertThat(path).isEmptyFile();
  }

  @Test
  void takesOutATornLineBeforeAnyEventComes() throws Exception {
    Files.writeString(path, "{}\n{\"time");
    EventLog.at(path).close();
    assertThat(path).hasContent("{}\n");
  }

  @Test
  void countsAnEventThatComesAfterClosing() {
    EventLog log = EventLog.at(path);
    log.close();
    log.record(SampleEvents.connection("late"));
    assertThat(log.dropped()).isEqualTo(1);
    assertThat(path).isEmptyFile();
  }
}
