package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.MessageFrames.StoppedException;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The scan of a stream that consists of messages, each of which is searched by itself.
final class MessageScan implements BodyScan {
  /// Where a piece of the running message begins: in all messages, and in what was sent.
  private record Mark(long decoded, long sent) {}

  private static final int MARKS_FORGOTTEN_AT = 64;

  private final long inspectedBytesMax;
  private final Watches watches;
  private final MessageFrames frames;
  private final boolean barred;
  private final Map<String, Long> bars = new HashMap<>();
  private final Deque<Mark> marks = new ArrayDeque<>();
  private long written;
  private long whole;
  private long decoded;
  private long messageBytes;
  private boolean ended;
  private boolean closed;
  private @Nullable Stop stop;

  /// @param barred whether what is found bars all that follows, as [#clearable] says, which a
  ///   stream without end cannot wait for
  MessageScan(Set<String> kinds, MessageFrames.Start start, boolean barred, Limits limits) {
    inspectedBytesMax = limits.inspectedBytes();
    watches = new Watches(kinds);
    frames = start.of(new Contents());
    this.barred = barred;
  }

  @Override
  public void write(ByteBuffer chunk, boolean last) {
    if (ended || closed) {
      throw new IllegalStateException(closed ? "closed" : "the stream has ended");
    }
    ended = last;
    if (stop == null) {
      try {
        frames.read(chunk.duplicate());
      } catch (StoppedException e) {
        stop = e.stop();
      }
    }
    if (stop == null) {
      written += chunk.remaining();
      if (last && frames.inMessage()) {
        breaksOff();
      }
      forget();
    }
    if (stop != null || last) {
      frames.close();
    }
  }

  @Override
  public void trailers(Map<String, String> fields) {
    watches.searchFields(fields);
  }

  /// As far as everything is read, bytes of a value that goes on are kept back, and those of a
  /// message that is unpacked.
  @Override
  public long clearable(Set<String> kinds) {
    long open = decoded;
    long bar = Long.MAX_VALUE;
    for (String kind : kinds) {
      open = Math.min(open, watches.of(kind).open());
      bar = Math.min(bar, bars.getOrDefault(kind, Long.MAX_VALUE));
    }
    long read = open == decoded ? written : sentFor(open);
    long coded = kinds.isEmpty() ? MessageFrames.PLAIN : frames.codedFrom();
    return Math.min(Math.min(bar, coded), Math.min(written, read));
  }

  @Override
  public long whole() {
    return whole;
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
    marks.clear();
    frames.close();
  }

  /// The stream ends in the middle of a message.
  private void breaksOff() {
    if (frames.codedFrom() != MessageFrames.PLAIN) {
      stop = Stop.MALFORMED_CODING;
    } else {
      watches.end();
      bar();
    }
  }

  private void mark(long sent) {
    if (marks.isEmpty() || sentFor(decoded) != sent) {
      marks.addLast(new Mark(decoded, sent));
    }
    if (marks.size() > MARKS_FORGOTTEN_AT) {
      forget();
    }
  }

  /// How much of what was sent comes before this byte of the running message.
  private long sentFor(long offset) {
    var latest = marks.descendingIterator();
    while (latest.hasNext()) {
      Mark mark = latest.next();
      if (mark.decoded() <= offset) {
        return mark.sent() + offset - mark.decoded();
      }
    }
    return whole;
  }

  /// Drops the marks that nobody can ask about any more: a value that goes on keeps back some tens
  /// of bytes, so that few are left.
  private void forget() {
    long open = decoded;
    for (Watch watch : watches.all()) {
      open = Math.min(open, watch.open());
    }
    while (marks.size() > 1) {
      Mark first = marks.removeFirst();
      if (marks.getFirst().decoded() > open) {
        marks.addFirst(first);
        return;
      }
    }
  }

  /// Takes note of where the first finding of each kind starts.
  private void bar() {
    if (!barred) {
      return;
    }
    watches.forEach((kind, watch) -> {
      if (watch.found() && !bars.containsKey(kind)) {
        bars.put(kind, Math.min(frames.codedFrom(), sentFor(watch.first())));
      }
    });
  }

  /// What the frames hold.
  private final class Contents implements MessageFrames.Messages {
    @Override
    public boolean data(byte[] bytes, int from, int length, long at) {
      int allowed = (int) Math.min(length, inspectedBytesMax - messageBytes);
      mark(at);
      watches.feed(bytes, from, from + allowed);
      messageBytes += allowed;
      decoded += allowed;
      bar();
      if (allowed < length) {
        stop = Stop.INSPECTED_BYTES;
      }
      return stop == null;
    }

    @Override
    public void messageEnds(long at) {
      watches.end();
      bar();
      messageBytes = 0;
      marks.clear();
      whole = at;
    }

    @Override
    public void aside(byte[] bytes, int length, long at) {
      watches.searchAside(bytes, 0, length);
      if (!frames.inMessage()) {
        whole = at;
      }
    }
  }
}
