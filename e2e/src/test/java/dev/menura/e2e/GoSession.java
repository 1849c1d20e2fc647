package dev.menura.e2e;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/// A client of its own process, in Go, that makes many requests through a gateway.
final class GoSession implements AutoCloseable {
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final JsonLines process;

  private GoSession(Lab lab) {
    process =
        JsonLines.to(
            this::heard,
            List.of(
                GoTools.program().toString(),
                "session",
                "-proxy",
                lab.proxy(),
                "-cacert",
                lab.ca().toString()));
  }

  static GoSession through(Lab lab) {
    return new GoSession(lab);
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
