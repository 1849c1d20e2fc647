package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.BodyScan.Stop;
import java.nio.ByteBuffer;

/// Reads a stream that consists of messages, in pieces of any size.
interface MessageFrames extends AutoCloseable {
  /// Takes what comes out, in order.
  interface Messages {
    /// Bytes of the message that runs, as its receiver will see them; the array is used again
    /// afterwards.
    ///
    /// @param at the offset, in what was sent, of the first of these bytes
    /// @return false where nothing more is to be read
    boolean data(byte[] bytes, int from, int length, long at);

    /// The message is whole.
    ///
    /// @param at the offset behind it
    void messageEnds(long at);

    /// Content that belongs to no message and may come in the middle of one.
    ///
    /// @param at the offset behind it
    void aside(byte[] bytes, int length, long at);
  }

  /// What was sent are not messages as they should be, or more than may be read.
  final class StoppedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Stop stop;

    StoppedException(Stop stop, String message) {
      super(message, null, false, false);
      this.stop = stop;
    }

    Stop stop() {
      return stop;
    }
  }

  /// Where the frames of a stream begin to be read.
  @FunctionalInterface
  interface Start {
    MessageFrames of(Messages messages);
  }

  void read(ByteBuffer in) throws StoppedException;

  /// Whether a message has begun that is not whole yet.
  boolean inMessage();

  /// Where the content of the running message begins if it is not sent as it is: which of its bytes
  /// have been read cannot be told then, before it is whole. [#PLAIN] if it is.
  long codedFrom();

  /// The content is sent as it is.
  long PLAIN = Long.MAX_VALUE;

  @Override
  void close();
}
