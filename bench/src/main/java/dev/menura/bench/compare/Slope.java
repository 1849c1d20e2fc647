package dev.menura.bench.compare;

import java.util.List;

/// The line through samples by least squares, and how sure its slope is.
///
/// Samples that follow each other are alike, so that they say less than as many independent ones:
/// the interval is widened by the correlation of neighbouring residuals.
///
/// @param value what is gained in a unit of time
/// @param halfWidth of the 95 % confidence interval
record Slope(double value, double halfWidth) {
  private static final int SAMPLES_MIN = 5;

  /// A sample.
  record Point(double time, double value) {}

  static Slope of(List<Point> points) {
    int n = points.size();
    if (n < SAMPLES_MIN) {
      return new Slope(Double.NaN, Double.NaN);
    }
    double meanTime = points.stream().mapToDouble(Point::time).average().orElseThrow();
    double meanValue = points.stream().mapToDouble(Point::value).average().orElseThrow();
    double spread = 0;
    double product = 0;
    for (var point : points) {
      spread += (point.time() - meanTime) * (point.time() - meanTime);
      product += (point.time() - meanTime) * (point.value() - meanValue);
    }
    double slope = product / spread;
    double[] residuals =
        points.stream()
            .mapToDouble(p -> p.value() - meanValue - slope * (p.time() - meanTime))
            .toArray();
    double squares = 0;
    double neighbours = 0;
    for (int i = 0; i < n; i++) {
      squares += residuals[i] * residuals[i];
      neighbours += i == 0 ? 0 : residuals[i] * residuals[i - 1];
    }
    double correlation = squares == 0 ? 0 : Math.clamp(neighbours / squares, 0, 0.95);
    double independent = Math.max(SAMPLES_MIN, n * (1 - correlation) / (1 + correlation));
    double error = Math.sqrt(squares / (independent - 2) / (spread * independent / n));
    return new Slope(slope, student(independent - 2) * error);
  }

  /// Whether zero is within the interval.
  boolean indistinguishableFromZero() {
    return Math.abs(value) <= halfWidth;
  }

  /// The 97.5 % quantile of Student's distribution (Abramowitz and Stegun 26.7.5).
  private static double student(double freedom) {
    double z = 1.959964;
    double z3 = z * z * z;
    double z5 = z3 * z * z;
    double z7 = z5 * z * z;
    return z
        + (z3 + z) / (4 * freedom)
        + (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom * freedom)
        + (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom * freedom * freedom);
  }
}
