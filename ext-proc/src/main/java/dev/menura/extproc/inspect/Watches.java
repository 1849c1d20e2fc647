package dev.menura.extproc.inspect;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/// The kinds of finding that one scan looks for, each with what was found of it.
final class Watches {
  private final Map<String, Watch> watches = new TreeMap<>();

  Watches(Set<String> kinds) {
    for (String kind : kinds) {
      watches.put(kind, new Watch(Detectors.kind(kind)));
    }
  }

  Collection<Watch> all() {
    return watches.values();
  }

  /// @throws IllegalArgumentException where the scan does not look for this kind
  Watch of(String kind) {
    @Nullable Watch watch = watches.get(kind);
    if (watch == null) {
      throw new IllegalArgumentException("this scan does not look for " + kind);
    }
    return watch;
  }

  void forEach(BiConsumer<String, Watch> action) {
    watches.forEach(action);
  }

  void feed(byte[] bytes, int from, int to) {
    for (Watch watch : watches.values()) {
      watch.feed(bytes, from, to);
    }
  }

  void end() {
    watches.values().forEach(Watch::end);
  }

  void searchAside(byte[] bytes, int from, int to) {
    for (Watch watch : watches.values()) {
      watch.searchAside(bytes, from, to);
    }
  }

  /// Searches fields of trailers, each by itself with its name in front.
  void searchFields(Map<String, String> fields) {
    fields.forEach((name, value) -> {
      byte[] field = (name + ": " + value).getBytes(StandardCharsets.UTF_8);
      searchAside(field, 0, field.length);
    });
  }

  /// What was found, a record for each kind of which there is any.
  List<BodyScan.Found> found() {
    List<BodyScan.Found> found = new ArrayList<>();
    for (Watch watch : watches.values()) {
      if (watch.found()) {
        found.add(watch.report());
      }
    }
    return found;
  }
}
