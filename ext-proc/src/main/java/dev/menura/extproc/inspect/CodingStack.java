package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.BodyScan.Stop;
import dev.menura.extproc.inspect.Coding.MalformedBody;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The codings of one body, one behind the other, within the limits of decompression. Where there
/// are none, what is sent is what comes out.
final class CodingStack implements AutoCloseable {
  /// How many bytes of output a ratio is not asked of.
  static final long RATIO_FREE_BYTES = 1 << 20;

  /// The size of the buffer behind each coding.
  private static final int BUFFER_BYTES = 16 * 1024;

  /// Takes what comes out of the last coding. The buffer is backed by an array.
  interface Sink {
    void take(ByteBuffer decoded);
  }

  /// One coding, with what is known of its input and output.
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

  private final List<Stage> stages;
  private final Limits limits;
  private final Sink sink;
  private long sent;
  private @Nullable Stop stop;

  /// @param codings in the order in which they are undone
  CodingStack(List<Supplier<Coding>> codings, Limits limits, Sink sink) {
    this.stages = codings.stream().map(coding -> new Stage(coding.get())).toList();
    this.limits = limits;
    this.sink = sink;
  }

  boolean isEmpty() {
    return stages.isEmpty();
  }

  /// Decodes the next bytes, backed by an array. Returns what stopped that, if anything did; then
  /// nothing more can be decoded.
  Optional<Stop> decode(ByteBuffer in) {
    sent += in.remaining();
    decode(0, in);
    return Optional.ofNullable(stop);
  }

  /// Whether the body may end here: where every coding has come to its end, or has not had a byte.
  boolean atEnd() {
    return stages.stream().allMatch(stage -> stage.taken == 0 || stage.coding.atEnd());
  }

  /// How many of the bytes sent decode, whoever decodes them, to no more than so many bytes.
  long sentFor(long decoded) {
    long offset = decoded;
    for (Stage stage : stages.reversed()) {
      offset = stage.ledger.inputFor(offset);
    }
    return offset;
  }

  /// Nothing below this offset of the decoded bytes is asked about any more.
  void forget(long decoded) {
    long offset = decoded;
    for (Stage stage : stages.reversed()) {
      stage.ledger.forget(offset);
      offset = stage.ledger.inputFor(offset);
    }
  }

  @Override
  public void close() {
    stages.forEach(stage -> stage.coding.close());
  }

  private void decode(int index, ByteBuffer in) {
    if (index == stages.size()) {
      sink.take(in);
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
    if (given > RATIO_FREE_BYTES && (given - 1) / limits.decompressionRatio() >= sent) {
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
}
