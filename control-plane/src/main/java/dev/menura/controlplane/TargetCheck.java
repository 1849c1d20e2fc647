package dev.menura.controlplane;

import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.Lua;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;

/// The last filter before the router: a request that names another target than its connection was
/// opened to is answered 421 (RFC 9110 7.4), with nothing sent on. The exchange says so first, with
/// a page and an event; this holds where the exchange is skipped, and for what it made of the head.
///
/// It also completes the handshake of a WebSocket that came in over HTTP/2 (RFC 8441 5): there is
/// no key in it, and an origin that speaks HTTP/1.1 insists on one (RFC 6455 4.2.1).
///
/// Envoy has no matcher that compares a header with filter state, hence a script. An error in a
/// script would let the request go on, so every failure counts as a mismatch.
final class TargetCheck {
  static final String NAME = "menura.target";

  private TargetCheck() {}

  /// @param defaultPort the port of a request that names none
  static HttpFilter filter(int defaultPort) {
    return HttpConnections.filter(
        NAME,
        Lua.newBuilder()
            .setDefaultSourceCode(DataSource.newBuilder().setInlineString(script(defaultPort)))
            .build());
  }

  private static String script(int defaultPort) {
    return """
    local function canonical(authority)
      local host, port = string.match(authority, "^(.-):(%%d+)$")
      if not host then
        host, port = authority, "%s"
      end
      if string.sub(host, -1) == "." then
        host = string.sub(host, 1, -2)
      end
      return string.lower(host) .. ":" .. tonumber(port)
    end

    local function matches(handle)
      local target = handle:streamInfo():filterState():get("%s")
      return target ~= nil and canonical(handle:headers():get(":authority")) == target
    end

    local function complete(handle)
      local headers = handle:headers()
      if headers:get("upgrade") and not headers:get("sec-websocket-key")
          and handle:streamInfo():protocol() == "HTTP/2" then
        local key = {}
        for i = 1, 16 do
          key[i] = string.char(math.random(0, 255))
        end
        headers:add("sec-websocket-key", handle:base64Escape(table.concat(key)))
      end
    end

    function envoy_on_request(handle)
      local ok, matched = pcall(matches, handle)
      if not (ok and matched) then
        handle:respond(
          {[":status"] = "421", ["content-type"] = "text/plain"},
          "The request names another host than its connection was opened to.\\n")
        return
      end
      complete(handle)
    end
    """
        .formatted(defaultPort, Wire.TARGET);
  }
}
