package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.FrameReader.MalformedFrames;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The scan of what one peer of a WebSocket sends. Each message is searched by itself, and so is
/// the content of each control frame.
final class SocketScan implements BodyScan {
  /// Where a piece of the running message begins: in the message, and in what was sent.
  private record Mark(long inMessage, long sent) {}

  private static final int MARKS_FORGOTTEN_AT = 64;

  private final long inspectedBytesMax;
  private final Watches watches;
  private final FrameReader frames;
  private final Deque<Mark> marks = new ArrayDeque<>();
  private long written;
  private long whole;
  private long messageBytes;
  private boolean ended;
  private boolean closed;
  private @Nullable Stop stop;

  /// @param masked as [FrameReader] takes it
  SocketScan(Set<String> kinds, boolean masked, Limits limits) {
    inspectedBytesMax = limits.inspectedBytes();
    watches = new Watches(kinds);
    frames = new FrameReader(masked, new Contents());
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
      } catch (MalformedFrames e) {
        stop = Stop.MALFORMED_FRAMES;
      }
    }
    if (stop == null) {
      written += chunk.remaining();
      if (last && frames.inMessage()) {
        watches.end();
      }
      forget();
    }
  }

  @Override
  public void trailers(Map<String, String> fields) {
    watches.searchFields(fields);
  }

  /// As far as everything is read, bytes of a value that goes on are kept back, and nothing else:
  /// what was found in a stream without end has been counted, and does not bar what follows.
  @Override
  public long clearable(Set<String> kinds) {
    long open = messageBytes;
    for (String kind : kinds) {
      open = Math.min(open, watches.of(kind).open());
    }
    return open == messageBytes || ended ? written : Math.min(written, sentFor(open));
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
  }

  private void mark(long sent) {
    if (marks.isEmpty() || sentFor(messageBytes) != sent) {
      marks.addLast(new Mark(messageBytes, sent));
    }
    if (marks.size() > MARKS_FORGOTTEN_AT) {
      forget();
    }
  }

  /// How much of what was sent comes before this byte of the running message.
  private long sentFor(long inMessage) {
    var latest = marks.descendingIterator();
    while (latest.hasNext()) {
      Mark mark = latest.next();
      if (mark.inMessage() <= inMessage) {
        return mark.sent() + inMessage - mark.inMessage();
      }
    }
    return whole;
  }

  /// Drops the marks that nobody can ask about any more: a value that goes on keeps back some tens
  /// of bytes, so that few are left.
  private void forget() {
    long open = messageBytes;
    for (Watch watch : watches.all()) {
      open = Math.min(open, watch.open());
    }
    while (marks.size() > 1) {
      Mark first = marks.removeFirst();
      if (marks.getFirst().inMessage() > open) {
        marks.addFirst(first);
        return;
      }
    }
  }

  /// What the frames hold.
  private final class Contents implements FrameReader.Messages {
    @Override
    public void data(byte[] bytes, int length, long at) {
      if (stop != null) {
        return;
      }
      int allowed = (int) Math.min(length, inspectedBytesMax - messageBytes);
      mark(at);
      watches.feed(bytes, 0, allowed);
      messageBytes += allowed;
      if (allowed < length) {
        stop = Stop.INSPECTED_BYTES;
      }
    }

    @Override
    public void messageEnds(long at) {
      if (stop != null) {
        return;
      }
      watches.end();
      watches.restart();
      messageBytes = 0;
      marks.clear();
      whole = at;
    }

    @Override
    public void control(byte[] bytes, int length, long at) {
      if (stop != null) {
        return;
      }
      watches.searchAside(bytes, 0, length);
      if (!frames.inMessage()) {
        whole = at;
      }
    }
  }
}
