package dev.menura.extproc.inspect;

import java.nio.ByteBuffer;

/// Undoes one content coding (RFC 9110 8.4.1), a piece at a time and in memory of a fixed size. May
/// hold native memory until it is closed.
interface Coding extends AutoCloseable {
  /// Takes bytes from `in` and puts what they decode to into `out`. Returns how many bytes it has
  /// put there; 0 where all that the bytes taken so far decode to has been put out. Then there may
  /// be bytes left in `in`, but some were taken if there were any.
  ///
  /// @param in backed by an array
  int decode(ByteBuffer in, byte[] out) throws MalformedBody;

  /// Whether no decoder could make more of the bytes taken so far than has been put out. Asked only
  /// after [#decode] has returned 0.
  boolean settled();

  /// Whether the body may end here.
  boolean atEnd();

  @Override
  void close();

  /// The bytes are not what the content coding says.
  final class MalformedBody extends Exception {
    private static final long serialVersionUID = 1;

    MalformedBody(String reason) {
      super(reason, null, false, false);
    }
  }
}
