package dev.menura.extproc.accesslog;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.StringValue;
import com.google.protobuf.WireFormat;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.data.accesslog.v3.AccessLogCommon;
import io.envoyproxy.envoy.data.accesslog.v3.HTTPRequestProperties;
import io.envoyproxy.envoy.service.accesslog.v3.StreamAccessLogsMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The bytes of a message as any encoder might write them, and as none does: fields in any order,
/// again and again, messages in parts, numbers that nobody knows and wire types that do not fit.
final class GeneratedMessage {
  private static final int DEPTH_MAX = 7;
  private static final int UNKNOWN_FIELD = 4_711;
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          ":method",
          "GET",
          "/path?query",
          "ü€😀",
          "x".repeat(200),
          Wire.CONNECTION,
          Wire.NOTE,
          "type.googleapis.com/google.protobuf.StringValue",
          "/google.protobuf.StringValue",
          "google.protobuf.StringValue",
          "type.googleapis.com/google.protobuf.UInt32Value");

  /// The fields that would seldom come by chance, by the messages that they are in.
  private static final Map<String, Integer> USED =
      Map.of(
          AccessLogCommon.getDescriptor().getFullName(), 21,
          HTTPRequestProperties.getDescriptor().getFullName(), 13);

  private final Random random;

  GeneratedMessage(long seed) {
    random = new Random(seed);
  }

  byte[] bytes() {
    var out = new ByteArrayOutputStream();
    // First some of one kind, then some of the other.
    for (int kind = 0; kind < 2; kind++) {
      int number = random.nextBoolean() ? 2 : 3;
      var field = StreamAccessLogsMessage.getDescriptor().findFieldByNumber(number);
      for (int i = random.nextInt(3); i > 0; i--) {
        write(out, to -> known(to, field, 1));
      }
    }
    return out.toByteArray();
  }

  private byte[] message(Descriptor type, int depth) {
    var out = new ByteArrayOutputStream();
    if (type.equals(Any.getDescriptor()) && random.nextInt(4) > 0) {
      return packed();
    }
    var fields = type.getFields();
    for (int i = random.nextInt(2 + 2 * Math.min(fields.size(), 6)); i > 0; i--) {
      switch (random.nextInt(12)) {
        case 0 -> write(out, to -> any(to, UNKNOWN_FIELD + random.nextInt(3)));
        case 1 -> write(out, to -> any(to, UNKNOWN_FIELD));
        default -> {
          var used = USED.get(type.getFullName());
          var field =
              used != null && random.nextBoolean()
                  ? type.findFieldByNumber(used)
                  : fields.get(random.nextInt(fields.size()));
          write(out, to -> known(to, field, depth));
        }
      }
    }
    return out.toByteArray();
  }

  private byte[] packed() {
    var text = Any.pack(StringValue.of(text()));
    var bytes = random.nextInt(4) > 0 ? text.getValue() : noise();
    return Any.newBuilder()
        .setTypeUrl(random.nextInt(4) > 0 ? text.getTypeUrl() : text())
        .setValue(bytes)
        .build()
        .toByteArray();
  }

  private ByteString noise() {
    byte[] noise = new byte[random.nextInt(8)];
    random.nextBytes(noise);
    return ByteString.copyFrom(noise);
  }

  private String text() {
    return TEXTS.get(random.nextInt(TEXTS.size()));
  }

  private String key() {
    return random.nextBoolean() ? text() : random.nextBoolean() ? Wire.CONNECTION : ":method";
  }

  private void known(CodedOutputStream out, FieldDescriptor field, int depth) throws IOException {
    int number = field.getNumber();
    switch (field.getType()) {
      case MESSAGE ->
          out.writeByteArray(
              number, depth > DEPTH_MAX ? new byte[0] : message(field.getMessageType(), depth + 1));
      case STRING -> out.writeString(number, field.getName().equals("key") ? key() : text());
      case BYTES -> out.writeBytes(number, noise());
      case DOUBLE, FIXED64, SFIXED64 -> out.writeFixed64(number, random.nextLong());
      case FLOAT, FIXED32, SFIXED32 -> out.writeFixed32(number, random.nextInt());
      case BOOL -> out.writeBool(number, random.nextBoolean());
      default ->
          out.writeUInt64(number, random.nextInt(4) > 0 ? random.nextInt(600) : random.nextLong());
    }
  }

  /// A field of any wire type.
  private void any(CodedOutputStream out, int number) throws IOException {
    switch (random.nextInt(5)) {
      case 0 -> out.writeUInt64(number, random.nextLong());
      case 1 -> out.writeFixed64(number, random.nextLong());
      case 2 -> out.writeFixed32(number, random.nextInt());
      case 3 -> out.writeBytes(number, noise());
      default -> {
        out.writeTag(number, WireFormat.WIRETYPE_START_GROUP);
        out.writeUInt32(1, 1);
        out.writeTag(number, WireFormat.WIRETYPE_END_GROUP);
      }
    }
  }

  private interface Writing {
    void to(CodedOutputStream out) throws IOException;
  }

  private static void write(ByteArrayOutputStream out, Writing writing) {
    var coded = CodedOutputStream.newInstance(out);
    try {
      writing.to(coded);
      coded.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
