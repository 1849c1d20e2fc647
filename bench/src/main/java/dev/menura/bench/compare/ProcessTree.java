package dev.menura.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// A process and all below it, as Linux shows them under `/proc`.
record ProcessTree(ProcessHandle root) {
  /// What processes hold at one moment. Memory is in bytes.
  ///
  /// @param shared proportional set size: pages that processes share are counted in parts
  /// @param peak the sum of each process's highest resident size
  record Held(long shared, long peak, long threads, long descriptors) {
    Held plus(Held other) {
      return new Held(
          shared + other.shared,
          peak + other.peak,
          threads + other.threads,
          descriptors + other.descriptors);
    }
  }

  /// What all of them hold.
  Held held() {
    return all().map(ProcessTree::held).reduce(new Held(0, 0, 0, 0), Held::plus);
  }

  /// What the root holds alone.
  Held rootHeld() {
    return held(root);
  }

  private Stream<ProcessHandle> all() {
    return Stream.concat(Stream.of(root), root.descendants());
  }

  /// Nothing where the process has ended.
  private static Held held(ProcessHandle process) {
    var folder = Path.of("/proc", Long.toString(process.pid()));
    var status = lines(folder.resolve("status"));
    return new Held(
        1024 * number(lines(folder.resolve("smaps_rollup")), "Pss:"),
        1024 * number(status, "VmHWM:"),
        number(status, "Threads:"),
        count(folder.resolve("fd")));
  }

  private static long number(List<String> lines, String field) {
    for (String line : lines) {
      if (line.startsWith(field)) {
        return Long.parseLong(line.substring(field.length()).strip().split(" ", 2)[0]);
      }
    }
    return 0;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      return List.of();
    }
  }

  private static long count(Path folder) {
    try (var entries = Files.list(folder)) {
      return entries.count();
    } catch (IOException e) {
      return 0;
    }
  }
}
