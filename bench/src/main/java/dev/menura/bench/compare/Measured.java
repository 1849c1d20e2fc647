package dev.menura.bench.compare;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What one run of the load program has measured.
///
/// @param cpuMicros CPU time for each request, of all the contender's processes
/// @param kinds what the errors said, and how often
/// @param closed kept connections that ended before the client wanted
/// @param beginNanos when the measured time began, in nanoseconds since 1970
/// @param timeline each second apart, where that was asked for
record Measured(
    long requests,
    double perSecond,
    double cpuMicros,
    double p50Ms,
    double p99Ms,
    double firstByteP50Ms,
    double firstByteP99Ms,
    long errors,
    Map<String, Long> kinds,
    long closed,
    long beginNanos,
    List<Second> timeline) {
  Measured {
    kinds = Map.copyOf(kinds);
    timeline = List.copyOf(timeline);
  }

  /// A second of a run, by the intended times of its requests.
  record Second(long requests, long errors, double p99Ms, double maxMs) {}

  static Measured of(JsonObject said) {
    long requests = said.get("requests").getAsLong();
    var kinds = new TreeMap<String, Long>();
    if (said.has("errorKinds")) {
      said.getAsJsonObject("errorKinds")
          .asMap()
          .forEach((kind, times) -> kinds.put(kind, times.getAsLong()));
    }
    var timeline = new ArrayList<Second>();
    if (said.has("timeline")) {
      for (var each : said.getAsJsonArray("timeline")) {
        var second = each.getAsJsonObject();
        timeline.add(
            new Second(
                second.get("requests").getAsLong(),
                second.get("errors").getAsLong(),
                second.get("p99Ms").getAsDouble(),
                second.get("maxMs").getAsDouble()));
      }
    }
    return new Measured(
        requests,
        requests / said.get("seconds").getAsDouble(),
        requests == 0 ? Double.NaN : said.get("cpuSeconds").getAsDouble() * 1e6 / requests,
        said.get("p50Ms").getAsDouble(),
        said.get("p99Ms").getAsDouble(),
        said.get("firstByteP50Ms").getAsDouble(),
        said.get("firstByteP99Ms").getAsDouble(),
        said.get("errors").getAsLong(),
        kinds,
        said.get("closed").getAsLong(),
        said.get("beginNanos").getAsLong(),
        timeline);
  }
}
