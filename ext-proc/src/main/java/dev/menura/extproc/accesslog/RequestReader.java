package dev.menura.extproc.accesslog;

import static dev.menura.extproc.accesslog.Fields.BYTES;
import static dev.menura.extproc.accesslog.Fields.NUMBER;
import static dev.menura.extproc.accesslog.Fields.tag;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import dev.menura.proto.Wire;
import java.io.IOException;

/// Reads a [LoggedRequest] from the bytes of an `HTTPAccessLogEntry`. Texts that are used must be
/// UTF-8; nothing is known of those that are not.
final class RequestReader {
  private static final String METHOD = ":method";
  private static final String TEXT_TYPE = "google.protobuf.StringValue";

  // envoy.data.accesslog.v3.HTTPAccessLogEntry
  private static final int COMMON = tag(1, BYTES);
  private static final int REQUEST = tag(3, BYTES);
  private static final int RESPONSE = tag(4, BYTES);
  // AccessLogCommon
  private static final int FILTER_STATE = tag(21, BYTES);
  // HTTPRequestProperties
  private static final int SCHEME = tag(2, BYTES);
  private static final int AUTHORITY = tag(3, BYTES);
  private static final int PATH = tag(5, BYTES);
  private static final int REQUEST_ID = tag(9, BYTES);
  private static final int REQUEST_HEADERS = tag(13, BYTES);
  // HTTPResponseProperties
  private static final int CODE = tag(1, BYTES);
  private static final int DETAILS = tag(6, BYTES);
  // An entry of a map (protobuf's encoding of maps)
  private static final int KEY = tag(1, BYTES);
  private static final int VALUE = tag(2, BYTES);
  // google.protobuf.Any
  private static final int TYPE_URL = tag(1, BYTES);
  private static final int PACKED = tag(2, BYTES);
  // google.protobuf.StringValue and UInt32Value
  private static final int WRAPPED_TEXT = tag(1, BYTES);
  private static final int WRAPPED_NUMBER = tag(1, NUMBER);

  private String ticket = "";
  private String method = "";
  private String scheme = "";
  private String authority = "";
  private String path = "";
  private String requestId = "";
  private int status;
  private String details = "";

  // Of the entry of a map, or of what is in it, that is being read.
  private String key = "";
  private String text = "";
  private String type = "";
  private ByteString packed = ByteString.EMPTY;

  private RequestReader() {}

  /// Reads an entry, whose tag was read.
  static LoggedRequest read(CodedInputStream in) throws IOException {
    var reader = new RequestReader();
    Fields.nested(in, reader::entry);
    return new LoggedRequest(
        reader.ticket,
        reader.method,
        reader.scheme,
        reader.authority,
        reader.path,
        reader.requestId,
        reader.status,
        reader.details);
  }

  private boolean entry(int tag, CodedInputStream in) throws IOException {
    if (tag == COMMON) {
      Fields.nested(in, this::common);
    } else if (tag == REQUEST) {
      Fields.nested(in, this::request);
    } else if (tag == RESPONSE) {
      Fields.nested(in, this::response);
    } else {
      return false;
    }
    return true;
  }

  private boolean common(int tag, CodedInputStream in) throws IOException {
    if (tag != FILTER_STATE) {
      return false;
    }
    key = "";
    type = "";
    packed = ByteString.EMPTY;
    Fields.nested(in, this::object);
    if (key.equals(Wire.CONNECTION)) {
      ticket = isText(type) ? unpacked(packed) : "";
    }
    return true;
  }

  private boolean object(int tag, CodedInputStream in) throws IOException {
    if (tag == KEY) {
      key = in.readStringRequireUtf8();
    } else if (tag == VALUE) {
      Fields.nested(in, this::any);
    } else {
      return false;
    }
    return true;
  }

  private boolean any(int tag, CodedInputStream in) throws IOException {
    if (tag == TYPE_URL) {
      type = in.readStringRequireUtf8();
    } else if (tag == PACKED) {
      packed = in.readBytes();
    } else {
      return false;
    }
    return true;
  }

  /// Whether a type's address is that of a packed text: the name is what follows its last slash.
  private static boolean isText(String address) {
    int name = address.length() - TEXT_TYPE.length();
    return name > 0 && address.charAt(name - 1) == '/' && address.endsWith(TEXT_TYPE);
  }

  /// A packed text, empty where the bytes are none.
  private String unpacked(ByteString bytes) {
    text = "";
    try {
      Fields.read(bytes.newCodedInput(), this::wrappedText);
      return text;
    } catch (IOException e) {
      return "";
    }
  }

  private boolean wrappedText(int tag, CodedInputStream in) throws IOException {
    if (tag != WRAPPED_TEXT) {
      return false;
    }
    text = in.readStringRequireUtf8();
    return true;
  }

  private boolean request(int tag, CodedInputStream in) throws IOException {
    if (tag == SCHEME) {
      scheme = in.readStringRequireUtf8();
    } else if (tag == AUTHORITY) {
      authority = in.readStringRequireUtf8();
    } else if (tag == PATH) {
      path = in.readStringRequireUtf8();
    } else if (tag == REQUEST_ID) {
      requestId = in.readStringRequireUtf8();
    } else if (tag == REQUEST_HEADERS) {
      key = "";
      text = "";
      Fields.nested(in, this::header);
      method = key.equals(METHOD) ? text : method;
    } else {
      return false;
    }
    return true;
  }

  private boolean header(int tag, CodedInputStream in) throws IOException {
    if (tag == KEY) {
      key = in.readStringRequireUtf8();
    } else if (tag == VALUE) {
      text = in.readStringRequireUtf8();
    } else {
      return false;
    }
    return true;
  }

  private boolean response(int tag, CodedInputStream in) throws IOException {
    if (tag == CODE) {
      Fields.nested(in, this::code);
    } else if (tag == DETAILS) {
      details = in.readStringRequireUtf8();
    } else {
      return false;
    }
    return true;
  }

  private boolean code(int tag, CodedInputStream in) throws IOException {
    if (tag != WRAPPED_NUMBER) {
      return false;
    }
    status = in.readUInt32();
    return true;
  }
}
