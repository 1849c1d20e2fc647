package dev.menura.extproc.accesslog;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;

/// The fields of a protobuf message, as they come: what is not wanted is passed over without a
/// look. Fields that come again are handed over again, also those of a message that comes in parts,
/// so that what is kept of them is what protobuf says.
final class Fields {
  /// The wire types that are read.
  static final int NUMBER = 0;

  static final int BYTES = 2;

  private static final int WIRE_TYPE_BITS = 3;

  private Fields() {}

  /// Takes one field.
  @FunctionalInterface
  interface Taker {
    /// @param tag the field's number and wire type, see [#tag]
    /// @return false where it is not wanted and nothing of it was read
    boolean take(int tag, CodedInputStream in) throws IOException;
  }

  static int tag(int number, int wireType) {
    return number << WIRE_TYPE_BITS | wireType;
  }

  /// Reads what is left of a message.
  static void read(CodedInputStream in, Taker taker) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (!taker.take(tag, in) && !in.skipField(tag)) {
        throw new InvalidProtocolBufferException("a group ends that has not begun");
      }
    }
  }

  /// Reads a message within a message, whose tag was read.
  static void nested(CodedInputStream in, Taker taker) throws IOException {
    int length = in.readRawVarint32();
    int outer = in.pushLimit(length);
    read(in, taker);
    if (in.getBytesUntilLimit() != 0) {
      throw new InvalidProtocolBufferException("a message ends before its length says");
    }
    in.popLimit(outer);
  }
}
