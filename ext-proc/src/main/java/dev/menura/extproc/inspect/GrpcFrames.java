package dev.menura.extproc.inspect;

import dev.menura.extproc.inspect.BodyScan.Stop;
import dev.menura.policy.Limits;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads the messages of a gRPC call (its protocol over HTTP/2, "Length-Prefixed-Message"), and
/// those of gRPC-Web, whose trailers are one more message. Undoes their compression.
final class GrpcFrames implements MessageFrames {
  private static final int HEAD_BYTES = 5;
  private static final int COMPRESSED = 1;
  private static final int WEB_TRAILERS = 0x80;
  private static final int BUFFER_BYTES = 4 * 1024;

  private final Optional<List<Supplier<Coding>>> codings;
  private final Limits limits;
  private final Messages messages;
  private final byte[] head = new byte[HEAD_BYTES];
  private final byte[] buffer = new byte[BUFFER_BYTES];

  private long at;
  private long began;
  private int headRead;
  private long left;
  private boolean full;
  private @Nullable CodingStack coding;

  /// @param encoding the value of the `grpc-encoding` header, empty where there is none
  GrpcFrames(String encoding, Limits limits, Messages messages) {
    this.codings = Codings.of(encoding);
    this.limits = limits;
    this.messages = messages;
  }

  @Override
  public boolean inMessage() {
    return headRead > 0;
  }

  @Override
  public long codedFrom() {
    return coding == null ? PLAIN : began;
  }

  @Override
  public void read(ByteBuffer in) throws StoppedException {
    while (in.hasRemaining() && !full) {
      if (headRead < HEAD_BYTES) {
        head[headRead++] = in.get();
        at++;
        if (headRead == HEAD_BYTES) {
          begin();
        }
      } else {
        payload(in);
      }
      if (headRead == HEAD_BYTES && left == 0 && !full) {
        end();
      }
    }
  }

  private void begin() throws StoppedException {
    int flags = head[0] & 0xff;
    if ((flags & ~(COMPRESSED | WEB_TRAILERS)) != 0) {
      throw new StoppedException(Stop.MALFORMED_FRAMES, "not a message of gRPC");
    }
    left = ByteBuffer.wrap(head).getInt(1) & 0xffff_ffffL;
    began = at;
    if ((flags & COMPRESSED) != 0) {
      coding = new CodingStack(known(), limits, this::decoded);
    }
  }

  /// Packed in an encoding that is not said is an error of the protocol, and a guess of ours could
  /// differ from the receiver's.
  private List<Supplier<Coding>> known() throws StoppedException {
    if (codings.isEmpty() || codings.get().isEmpty()) {
      throw new StoppedException(Stop.UNKNOWN_CODING, "an encoding that is not known");
    }
    return codings.get();
  }

  private void payload(ByteBuffer in) throws StoppedException {
    int n = (int) Math.min(Math.min(in.remaining(), BUFFER_BYTES), left);
    in.get(buffer, 0, n);
    if (coding == null) {
      full = !messages.data(buffer, 0, n, at);
    } else {
      refuse(coding.decode(ByteBuffer.wrap(buffer, 0, n)));
    }
    at += n;
    left -= n;
  }

  private void decoded(ByteBuffer bytes) {
    full |=
        !messages.data(
            bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining(), at);
  }

  private static void refuse(Optional<Stop> stop) throws StoppedException {
    if (stop.isPresent()) {
      throw new StoppedException(stop.get(), "a message that cannot be unpacked");
    }
  }

  private void end() throws StoppedException {
    if (coding != null && !coding.atEnd()) {
      throw new StoppedException(Stop.MALFORMED_CODING, "a message whose packing has no end");
    }
    headRead = 0;
    messages.messageEnds(at);
    close();
  }

  @Override
  public void close() {
    if (coding != null) {
      coding.close();
      coding = null;
    }
  }
}
