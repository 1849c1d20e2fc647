package dev.menura.extproc.inspect;

import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The scan of one body: its codings, and behind them the detectors.
final class StreamScan implements BodyScan {
  /// How many bytes of a coded body are decoded from one mark to the next.
  private static final int SLICE_BYTES = 4 * 1024;

  /// The size of the buffer for bytes that are not in an array.
  private static final int BUFFER_BYTES = 16 * 1024;

  /// How far a body is cleared as far as one kind goes.
  private static final class Clearing {
    final Watch watch;

    /// How many bytes of the body as sent can be let go.
    long cleared;

    /// Whether that is final, since the first finding starts behind it.
    boolean barred;

    Clearing(Watch watch) {
      this.watch = watch;
    }
  }

  private final long inspectedBytesMax;
  private final Watches watches;
  private final Map<String, Clearing> clearings = new HashMap<>();
  private final CodingStack codings;
  private byte @Nullable [] scratch;

  /// How many bytes were written, and how many of them inspected.
  private long written;

  private long inspected;
  private boolean ended;
  private boolean closed;
  private @Nullable Stop stop;

  StreamScan(Set<String> kinds, String contentEncoding, Limits limits) {
    inspectedBytesMax = limits.inspectedBytes();
    watches = new Watches(kinds);
    kinds.forEach(kind -> clearings.put(kind, new Clearing(watches.of(kind))));
    Optional<List<Supplier<Coding>>> known = Codings.of(contentEncoding);
    codings = new CodingStack(known.orElse(List.of()), limits, this::look);
    stop = known.isEmpty() ? Stop.UNKNOWN_CODING : null;
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
      clearable = Math.min(clearable, clearing(kind).cleared);
    }
    return clearable;
  }

  @Override
  public long whole() {
    return complete() ? written : 0;
  }

  @Override
  public void trailers(Map<String, String> fields) {
    watches.searchFields(fields);
  }

  @Override
  public long count(String kind) {
    return watches.of(kind).count();
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
    return watches.found();
  }

  @Override
  public void close() {
    closed = true;
    release();
  }

  private Clearing clearing(String kind) {
    @Nullable Clearing clearing = clearings.get(kind);
    if (clearing == null) {
      throw new IllegalArgumentException("this scan does not look for " + kind);
    }
    return clearing;
  }

  private void inspect(ByteBuffer chunk) {
    long allowed = inspectedBytesMax - inspected;
    boolean tooLong = chunk.remaining() > allowed;
    if (tooLong) {
      chunk.limit(chunk.position() + (int) allowed);
    }
    int step =
        !codings.isEmpty() ? SLICE_BYTES : chunk.hasArray() ? Integer.MAX_VALUE : BUFFER_BYTES;
    while (chunk.hasRemaining() && stop == null) {
      ByteBuffer piece = inArray(chunk, Math.min(step, chunk.remaining()));
      inspected += piece.remaining();
      stop = codings.decode(piece).orElse(null);
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

  private void look(ByteBuffer decoded) {
    int from = decoded.arrayOffset() + decoded.position();
    watches.feed(decoded.array(), from, from + decoded.remaining());
  }

  /// The body has ended, and with it the last value, also where a coding has not come to its end.
  private void finish() {
    stop = codings.atEnd() ? null : Stop.MALFORMED_CODING;
    watches.end();
    if (stop == null) {
      settle();
    }
  }

  /// Works out anew how far the body is cleared. What a detector has found stays the bound for its
  /// kind, so the codings need to remember only what the others can still ask about.
  private void settle() {
    long lowest = Long.MAX_VALUE;
    for (Clearing clearing : clearings.values()) {
      if (clearing.barred) {
        continue;
      }
      long decoded = Math.min(clearing.watch.open(), clearing.watch.first());
      clearing.cleared = codings.sentFor(decoded);
      clearing.barred = clearing.watch.found();
      lowest = clearing.barred ? lowest : Math.min(lowest, decoded);
    }
    codings.forget(lowest);
  }

  private void release() {
    codings.close();
    scratch = null;
  }
}
