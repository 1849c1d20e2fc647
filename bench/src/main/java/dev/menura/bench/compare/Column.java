package dev.menura.bench.compare;

import java.util.Locale;

/// A figure that rows can have.
enum Column {
  PER_SECOND("per-second", "req/s", 1),
  OF_E("of-e", "of E", 1),
  CPU("cpu-micros", "CPU µs", 1),
  CPU_OF_E("cpu-of-e", "CPU of E", 1),
  OF_EXPLICIT("of-explicit", "of explicit", 1),
  CPU_OF_EXPLICIT("cpu-of-explicit", "CPU of explicit", 1),
  FIRST_BYTE("first-byte-p50-ms", "first byte ms", 1),
  FIRST_BYTE_OF_E("first-byte-of-e", "of E's", 1),
  P50("p50-ms", "p50 ms", 3),
  P99("p99-ms", "p99 ms", 2),
  P99_BEFORE("p99-before-ms", "p99 before ms", 2),
  P99_DURING("p99-during-ms", "p99 of that second", 2),
  P99_MEANWHILE("p99-meanwhile-ms", "p99 meanwhile", 2),
  P99_RATIO("p99-ratio", "ratio", 1),
  CLOSED("closed", "closed", 1),
  FIRST_START("first-start-ms", "with new data ms", 2),
  READY("ready-ms", "ready ms", 1),
  SERVED("served-ms", "first request served ms", 1),
  TUNNELS("tunnels", "tunnels", 1),
  TUNNEL_KIB("kib-a-tunnel", "KiB a tunnel", 1),
  PSS("pss-mb", "PSS MB", 1),
  PEAK("peak-mb", "peak MB", 2),
  IDLE("idle-mb", "sidecar idle MB", 1),
  NAMES("names", "names", 1),
  NAMED("named-mb", "sidecar with names MB", 1),
  ERRORS("errors", "errors", 1);

  private final String word;
  private final String title;
  private final int rank;

  /// @param rank the highest go first where a terminal is too narrow
  Column(String word, String title, int rank) {
    this.word = word;
    this.title = title;
    this.rank = rank;
  }

  /// How JSON calls it.
  String word() {
    return word;
  }

  String title() {
    return title;
  }

  int rank() {
    return rank;
  }

  /// Three digits that say something.
  static String text(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    double size = Math.abs(value);
    String format;
    if (size == Math.rint(size) || size >= 100) {
      format = "%,.0f";
    } else {
      format = size >= 10 ? "%.1f" : "%.2f";
    }
    return String.format(Locale.ROOT, format, value);
  }
}
