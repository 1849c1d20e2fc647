package dev.menura.controlplane;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.core.v3.SubstitutionFormatString;

/// Short forms of the wrappers that Envoy's configuration is full of.
final class Typed {
  private Typed() {}

  static Any any(Message message) {
    return Any.pack(message);
  }

  /// A message that has fields which the API's Java classes lack: the known part as a message, the
  /// newer fields as JSON values. The known part must not hold an `Any`.
  static Any newer(Message known, Struct added) {
    var struct = struct(known).toBuilder().putAllFields(added.getFieldsMap());
    return Any.pack(
        TypedStruct.newBuilder()
            .setTypeUrl("type.googleapis.com/" + known.getDescriptorForType().getFullName())
            .setValue(struct)
            .build());
  }

  /// A message as the JSON object that it is written as.
  static Struct struct(Message message) {
    var struct = Struct.newBuilder();
    try {
      JsonFormat.parser().merge(JsonFormat.printer().print(message), struct);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalArgumentException("not representable as a struct: " + message, e);
    }
    return struct.build();
  }

  static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }

  static Value number(double number) {
    return Value.newBuilder().setNumberValue(number).build();
  }

  static io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig extension(
      String name, Message config) {
    return io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig.newBuilder()
        .setName(name)
        .setTypedConfig(Any.pack(config))
        .build();
  }

  /// The same in the xDS project's namespace, which matchers use.
  static TypedExtensionConfig xdsExtension(String name, Message config) {
    return TypedExtensionConfig.newBuilder().setName(name).setTypedConfig(Any.pack(config)).build();
  }

  static Duration seconds(long seconds) {
    return Duration.newBuilder().setSeconds(seconds).build();
  }

  static UInt32Value uint(int value) {
    return UInt32Value.of(value);
  }

  static SubstitutionFormatString format(String format) {
    return SubstitutionFormatString.newBuilder()
        .setTextFormatSource(DataSource.newBuilder().setInlineString(format))
        .build();
  }
}
