package dev.menura.e2e;

import java.util.List;
import java.util.Map;

/// An origin as clients of a gateway name it.
///
/// @param authority `host:port`
record Target(Lab lab, String authority) {
  Target(Lab lab, String host, int port) {
    this(lab, host + ":" + port);
  }

  RawClient tunnel() {
    return RawClient.tunnel(lab, authority);
  }

  /// A tunnel with TLS inside, whose server name is the host.
  RawClient tls(String alpn) {
    return RawClient.tls(lab, authority, alpn);
  }

  /// The fields of a request over HTTP/2.
  List<Map.Entry<String, String>> fields(String method, String path) {
    return RawHttp2.request(method, authority, path);
  }

  /// Somebody else's requests for it, each of which has to be answered.
  Others others() {
    return Others.served(lab, authority);
  }

  /// The authority, as it stands in messages.
  @Override
  public String toString() {
    return authority;
  }
}
