package dev.menura.extproc.inspect;

/// Finds the values of one kind in a stream of decoded bytes and reports them to its [Findings]. It
/// takes time in proportion to the stream and memory of a fixed size, and it never looks back.
interface Detector {
  /// Looks at the next bytes of the stream: from `bytes[from]` up to, not including, `bytes[to]`.
  void feed(byte[] bytes, int from, int to);

  /// The stream ends here. What is fed afterwards is another stream, whose offsets go on from this
  /// one's.
  void end();

  /// The earliest offset in the stream at which a value that is yet to be reported can start; the
  /// number of bytes fed so far where nothing is begun. Never decreases.
  long open();
}
