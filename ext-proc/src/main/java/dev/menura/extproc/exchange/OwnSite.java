package dev.menura.extproc.exchange;

import java.nio.ByteBuffer;
import java.util.Map;

/// The gateway's own pages, for people and machines that come to it for the first time. Whoever
/// reaches the proxy may read them; they hold no secret.
public interface OwnSite {
  /// The name under which the proxy answers by itself. It is never resolved.
  String HOST = "menura.local";

  /// No pages at all.
  OwnSite NONE = _ -> new Page(404, Map.of(), ByteBuffer.allocate(0));

  /// A request for a page.
  ///
  /// @param method the method as it was sent
  /// @param path the target's path, with its query where it has one
  /// @param reached the gateway's own address as the client has dialled it, without a port; empty
  ///   where the client knows of no proxy
  record Request(String method, String path, String reached) {}

  /// An answer.
  ///
  /// @param headers names in lower case
  record Page(int status, Map<String, String> headers, ByteBuffer body) {
    public Page {
      headers = Map.copyOf(headers);
      body = body.asReadOnlyBuffer();
    }
  }

  /// The answer to a request, whatever it asks for. Thread-safe, and never blocks.
  Page answer(Request request);
}
