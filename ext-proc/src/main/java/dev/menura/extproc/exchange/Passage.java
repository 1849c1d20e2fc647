package dev.menura.extproc.exchange;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// One message on its way through: its head, the bytes of its body that wait, and its end. Keeps
/// the order of what is let go, and copies nothing.
///
/// Offsets count bytes from the start of the body.
final class Passage {
  private enum End {
    OPEN,
    HEAD,
    BODY,
    TRAILERS
  }

  private final Part part;
  private final Consumer<Reply> out;
  private final Deque<ByteBuffer> waiting = new ArrayDeque<>();
  private long held;
  private long released;
  private boolean headReleased;
  private End end = End.OPEN;
  private boolean endReleased;

  Passage(Part part, Consumer<Reply> out) {
    this.part = part;
    this.out = out;
  }

  void head(boolean last) {
    if (last) {
      end = End.HEAD;
    }
  }

  void bytes(ByteBuffer chunk, boolean last) {
    if (chunk.hasRemaining()) {
      waiting.add(chunk);
      held += chunk.remaining();
    }
    if (last) {
      end = End.BODY;
    }
  }

  void trailers() {
    end = End.TRAILERS;
  }

  /// How many bytes of the body wait here.
  long held() {
    return held;
  }

  boolean headReleased() {
    return headReleased;
  }

  /// How many bytes of the body have gone.
  long released() {
    return released;
  }

  /// Whether the end of the message has arrived.
  boolean ended() {
    return end != End.OPEN;
  }

  /// Whether the whole message has gone.
  boolean gone() {
    return endReleased;
  }

  void releaseHead(Supplier<Reply> head) {
    if (headReleased) {
      return;
    }
    headReleased = true;
    out.accept(head.get());
    endReleased = end == End.HEAD;
  }

  /// Lets the bytes in front of this offset go; the head must have gone.
  void releaseTo(long offset) {
    long free = Math.min(offset - released, held);
    List<ByteBuffer> going = new ArrayList<>();
    while (free > 0) {
      ByteBuffer first = waiting.getFirst();
      int n = (int) Math.min(free, first.remaining());
      if (n == first.remaining()) {
        going.add(waiting.removeFirst());
      } else {
        going.add(first.slice(first.position(), n));
        waiting.removeFirst();
        waiting.addFirst(first.slice(first.position() + n, first.remaining() - n));
      }
      free -= n;
      held -= n;
      released += n;
    }
    if (!going.isEmpty()) {
      out.accept(part.release(going, false));
    }
  }

  /// Lets everything go that has arrived, the end of the message included.
  void releaseAll() {
    if (endReleased) {
      return;
    }
    endReleased = ended();
    boolean last = end == End.BODY;
    if (last || !waiting.isEmpty()) {
      out.accept(part.release(new ArrayList<>(waiting), last));
      released += held;
      discard();
    }
    if (end == End.TRAILERS) {
      out.accept(part.trailers());
    }
  }

  /// Forgets what waits.
  void discard() {
    waiting.clear();
    held = 0;
  }
}
