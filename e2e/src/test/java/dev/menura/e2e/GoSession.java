package dev.menura.e2e;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A client of its own process, in Go, that makes many requests through a gateway.
final class GoSession implements AutoCloseable {
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final JsonLines process;

  private GoSession(Lab lab, String... flags) {
    var command =
        new ArrayList<>(
            List.of(
                GoTools.program().toString(),
                "session",
                "-proxy",
                lab.proxy(),
                "-cacert",
                lab.ca().toString()));
    command.addAll(List.of(flags));
    process = JsonLines.to(this::heard, command);
  }

  static GoSession through(Lab lab) {
    return new GoSession(lab);
  }

  /// All tunnels are streams of one HTTP/2 connection to the proxy.
  static GoSession throughOneConnection(Lab lab) {
    return new GoSession(lab, "-proxy-h2");
  }

  /// A request that is still to be opened.
  Call call(String method, String url) {
    var call = new Call(process, "c" + ids.incrementAndGet(), method, url);
    calls.put(call.id(), call);
    return call;
  }

  private void heard(JsonObject line) {
    var id = line.get("id");
    var call = id == null ? null : calls.get(id.getAsString());
    if (call != null) {
      call.heard(line);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
