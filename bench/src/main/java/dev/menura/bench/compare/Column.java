package dev.menura.bench.compare;

import java.util.Locale;

/// A figure that rows can have.
enum Column {
  PER_SECOND("per-second", "req/s", 1),
  OF_E("of-e", "of E", 1),
  CPU("cpu-micros", "CPU µs", 1),
  CPU_OF_E("cpu-of-e", "CPU of E", 1),
  FIRST_BYTE("first-byte-p50-ms", "first byte ms", 1),
  FIRST_BYTE_OF_E("first-byte-of-e", "of E's", 1),
  P50("p50-ms", "p50 ms", 3),
  P99("p99-ms", "p99 ms", 2),
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
