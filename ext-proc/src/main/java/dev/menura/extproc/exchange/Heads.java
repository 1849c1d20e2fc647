package dev.menura.extproc.exchange;

import dev.menura.policy.Facts;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The heads of an exchange's messages as facts for the policy.
final class Heads {
  private static final String INTERNAL = "x-menura-";
  private static final Set<String> IDENTITY = Set.of("", "identity");
  private static final String EXTENSIONS = "sec-websocket-extensions";
  private static final List<String> RANGES = List.of("if-range", "range");

  private Heads() {}

  static Facts.RequestHead request(Map<String, String> headers) {
    Map<String, String> named = new HashMap<>(headers);
    // `host` is another name of `:authority`, as in Envoy's own header map.
    named.putIfAbsent("host", headers.getOrDefault(":authority", ""));
    return new Facts.RequestHead(
        headers.getOrDefault(":method", ""),
        canonical(headers.getOrDefault(":path", "")),
        headers.getOrDefault(":scheme", ""),
        named);
  }

  /// Without empty segments in front of the query: many servers take `//a` for `/a`. Envoy has
  /// removed dot segments and needless escapes before (RFC 3986 6.2.2), and forwards that.
  static String canonical(String path) {
    int query = path.indexOf('?');
    int end = query < 0 ? path.length() : query;
    if (path.lastIndexOf("//", end - 1) < 0) {
      return path;
    }
    var merged = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c != '/' || i == 0 || i > end || path.charAt(i - 1) != '/') {
        merged.append(c);
      }
    }
    return merged.toString();
  }

  static Facts.ResponseHead response(Map<String, String> headers) {
    return new Facts.ResponseHead(code(headers.getOrDefault(":status", "")), headers);
  }

  /// The headers that are ours alone to set, which a client has sent all the same.
  static List<String> forged(Map<String, String> headers) {
    return headers.keySet().stream().filter(name -> name.startsWith(INTERNAL)).sorted().toList();
  }

  /// The headers that ask for a part of the content (RFC 9110 13.1.5, 14.2), where they are there.
  static List<String> ranges(Map<String, String> headers) {
    return RANGES.stream().filter(headers::containsKey).toList();
  }

  /// The header that offers extensions of a WebSocket (RFC 6455 9.1), where it is there.
  static List<String> extensions(Map<String, String> headers) {
    return headers.containsKey(EXTENSIONS) ? List.of(EXTENSIONS) : List.of();
  }

  /// Whether the content consists of messages of gRPC, or of gRPC-Web in its binary form.
  static boolean isGrpc(Map<String, String> headers) {
    String type = headers.getOrDefault("content-type", "").toLowerCase(Locale.ROOT);
    return type.startsWith("application/grpc")
        && !type.startsWith("application/grpc-web-text")
        && IDENTITY.contains(contentEncoding(headers).toLowerCase(Locale.ROOT));
  }

  static String grpcEncoding(Map<String, String> headers) {
    return headers.getOrDefault("grpc-encoding", "");
  }

  static String contentEncoding(Map<String, String> headers) {
    return headers.getOrDefault("content-encoding", "");
  }

  /// The three digits of a status; 0 where it is none.
  private static int code(String status) {
    boolean sound = status.length() == 3 && status.charAt(0) != '0';
    int code = 0;
    for (int i = 0; i < 3 && sound; i++) {
      sound = status.charAt(i) >= '0' && status.charAt(i) <= '9';
      code = code * 10 + (status.charAt(i) - '0');
    }
    return sound ? code : 0;
  }
}
