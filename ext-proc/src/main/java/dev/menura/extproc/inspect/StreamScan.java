package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.Coding.MalformedBody;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The scan of one body: its codings one behind the other, and behind the last one the detectors.
final class StreamScan implements BodyScan {
  /// How many bytes of output a ratio is not asked of.
  static final long RATIO_FREE_BYTES = 1 << 20;

  /// How many bytes of a coded body are decoded from one mark to the next.
  private static final int SLICE_BYTES = 4 * 1024;

  /// The size of the buffer behind each coding, and of that for bytes that are not in an array.
  private static final int BUFFER_BYTES = 16 * 1024;

  private static final KeyedHash HASH = KeyedHash.random(new SecureRandom());

  /// One coding of the body, with what is known of its input and output.
  private static final class Stage {
    final Coding coding;
    final Ledger ledger = new Ledger();
    final byte[] buffer = new byte[BUFFER_BYTES];
    long taken;
    long given;

    Stage(Coding coding) {
      this.coding = coding;
    }
  }

  /// One detector over the decoded body.
  private static final class Watch {
    final Findings findings = new Findings(HASH);
    final Detector detector;

    /// How many bytes of the body as sent can be let go, as far as this kind goes.
    long cleared;

    /// Whether that is final, since the first finding starts behind it.
    boolean barred;

    Watch(Detectors.Kind kind) {
      detector = kind.start().apply(findings);
    }

    boolean found() {
      return findings.first() != Findings.NOWHERE;
    }
  }

  private final Limits limits;
  private final List<Stage> stages = new ArrayList<>();
  private final Map<String, Watch> watches = new TreeMap<>();
  private byte @Nullable [] scratch;

  /// How many bytes were written, and how many of them inspected.
  private long written;

  private long inspected;
  private boolean ended;
  private boolean closed;
  private @Nullable Stop stop;

  StreamScan(Set<String> kinds, String contentEncoding, Limits limits) {
    this.limits = limits;
    for (String kind : kinds) {
      watches.put(kind, new Watch(Detectors.kind(kind)));
    }
    Optional<List<Supplier<Coding>>> codings = Codings.of(contentEncoding);
    if (codings.isEmpty()) {
      stop = Stop.UNKNOWN_CODING;
    } else {
      codings.get().forEach(coding -> stages.add(new Stage(coding.get())));
    }
  }

  @Override
  public void write(ByteBuffer chunk, boolean last) {
    if (ended || closed) {
      throw new IllegalStateException(closed ? "closed" : "the body has ended");
    }
    ended = last;
    written += chunk.remaining();
    if (stop == null) {
      inspect(chunk.duplicate());
    }
    if (stop == null && last) {
      finish();
    }
    if (stop != null || last) {
      release();
    }
  }

  @Override
  public long clearable(Set<String> kinds) {
    long clearable = written;
    for (String kind : kinds) {
      clearable = Math.min(clearable, watch(kind).cleared);
    }
    return clearable;
  }

  @Override
  public long count(String kind) {
    return watch(kind).findings.count();
  }

  @Override
  public boolean complete() {
    return ended && stop == null;
  }

  @Override
  public Optional<Stop> stopped() {
    return Optional.ofNullable(stop);
  }

  @Override
  public List<Found> found() {
    List<Found> found = new ArrayList<>();
    watches.forEach((kind, watch) -> {
      if (watch.found()) {
        found.add(new Found(kind, watch.findings.count(), watch.findings.evidence()));
      }
    });
    return found;
  }

  @Override
  public void close() {
    closed = true;
    release();
  }

  private Watch watch(String kind) {
    @Nullable Watch watch = watches.get(kind);
    if (watch == null) {
      throw new IllegalArgumentException("this scan does not look for " + kind);
    }
    return watch;
  }

  private void inspect(ByteBuffer chunk) {
    long allowed = limits.inspectedBytes() - inspected;
    boolean tooLong = chunk.remaining() > allowed;
    if (tooLong) {
      chunk.limit(chunk.position() + (int) allowed);
    }
    int step =
        !stages.isEmpty() ? SLICE_BYTES : chunk.hasArray() ? Integer.MAX_VALUE : BUFFER_BYTES;
    while (chunk.hasRemaining() && stop == null) {
      ByteBuffer piece = inArray(chunk, Math.min(step, chunk.remaining()));
      inspected += piece.remaining();
      decode(0, piece);
      if (stop == null) {
        settle();
      }
    }
    if (tooLong && stop == null) {
      stop = Stop.INSPECTED_BYTES;
    }
  }

  /// Takes the next bytes of the chunk; where they are not in an array that can be had, as a copy.
  private ByteBuffer inArray(ByteBuffer chunk, int length) {
    ByteBuffer piece = chunk.slice(chunk.position(), length);
    chunk.position(chunk.position() + length);
    if (piece.hasArray()) {
      return piece;
    }
    if (scratch == null) {
      scratch = new byte[BUFFER_BYTES];
    }
    piece.get(scratch, 0, length);
    return ByteBuffer.wrap(scratch, 0, length);
  }

  /// Sends bytes through the codings from this one on, and what comes out to the detectors.
  private void decode(int index, ByteBuffer in) {
    if (index == stages.size()) {
      int from = in.arrayOffset() + in.position();
      for (Watch watch : watches.values()) {
        watch.detector.feed(in.array(), from, from + in.remaining());
      }
      return;
    }
    Stage stage = stages.get(index);
    try {
      while (stop == null) {
        int before = in.position();
        int count = stage.coding.decode(in, stage.buffer);
        stage.taken += in.position() - before;
        if (count > 0) {
          give(index, stage, count);
        } else {
          if (stage.coding.settled()) {
            stage.ledger.mark(stage.taken, stage.given);
          }
          if (!in.hasRemaining()) {
            return;
          }
        }
      }
    } catch (MalformedBody e) {
      stop = Stop.MALFORMED_CODING;
    }
  }

  /// Passes a coding's output on, as far as the limits let it.
  private void give(int index, Stage stage, int count) {
    long given = stage.given + count;
    if (given > RATIO_FREE_BYTES && (given - 1) / limits.decompressionRatio() >= inspected) {
      stop = Stop.DECOMPRESSION_RATIO;
      return;
    }
    int allowed = (int) Math.min(count, limits.decompressedBytes() - stage.given);
    stage.given += allowed;
    decode(index + 1, ByteBuffer.wrap(stage.buffer, 0, allowed));
    if (allowed < count && stop == null) {
      stop = Stop.DECOMPRESSED_BYTES;
    }
  }

  /// The body has ended: every coding must have come to its end, unless there was not a byte.
  private void finish() {
    for (Stage stage : stages) {
      if (stage.taken > 0 && !stage.coding.atEnd()) {
        stop = Stop.MALFORMED_CODING;
      }
    }
    for (Watch watch : watches.values()) {
      watch.detector.end();
    }
    if (stop == null) {
      settle();
    }
  }

  /// Works out anew how far the body is cleared. What a detector has found stays the bound for its
  /// kind, so the ledgers keep only what the others can still need.
  private void settle() {
    long lowest = Long.MAX_VALUE;
    for (Watch watch : watches.values()) {
      if (watch.barred) {
        continue;
      }
      long decoded = Math.min(watch.detector.open(), watch.findings.first());
      watch.cleared = sent(decoded);
      watch.barred = watch.found();
      lowest = watch.barred ? lowest : Math.min(lowest, decoded);
    }
    for (int i = stages.size() - 1; i >= 0; i--) {
      Ledger ledger = stages.get(i).ledger;
      ledger.forget(lowest);
      lowest = ledger.inputFor(lowest);
    }
  }

  /// How many bytes of the body as sent decode to no more than these bytes.
  private long sent(long decoded) {
    long offset = decoded;
    for (int i = stages.size() - 1; i >= 0; i--) {
      offset = stages.get(i).ledger.inputFor(offset);
    }
    return offset;
  }

  private void release() {
    for (Stage stage : stages) {
      stage.coding.close();
    }
    stages.clear();
    scratch = null;
  }
}
