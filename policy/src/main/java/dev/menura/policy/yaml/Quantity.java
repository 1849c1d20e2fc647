package dev.menura.policy.yaml;

import dev.menura.policy.text.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Numbers with units: sizes as `64KiB` and durations as `10s`.
public final class Quantity {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,18})([A-Za-z]*)");

  private static final Map<String, Long> SIZES = new LinkedHashMap<>();
  private static final Map<String, Long> DURATIONS_MS = new LinkedHashMap<>();

  static {
    SIZES.put("", 1L);
    SIZES.put("B", 1L);
    SIZES.put("KiB", 1L << 10);
    SIZES.put("MiB", 1L << 20);
    SIZES.put("GiB", 1L << 30);
    DURATIONS_MS.put("ms", 1L);
    DURATIONS_MS.put("s", 1_000L);
    DURATIONS_MS.put("m", 60_000L);
    DURATIONS_MS.put("h", 3_600_000L);
    DURATIONS_MS.put("d", 86_400_000L);
  }

  private Quantity() {}

  /// A number of bytes within bounds.
  public static Type<Long> size(long min, long max) {
    String expected = "a size from " + shownSize(min) + " to " + shownSize(max) + ", such as 64KiB";
    return Types.scalar(
        expected,
        Json.object("type", List.of("string", "integer"), "pattern", "^[0-9]+(B|[KMG]iB)?$"),
        text -> parse(text, SIZES).filter(n -> n >= min && n <= max));
  }

  /// A duration within bounds.
  public static Type<Duration> duration(Duration min, Duration max) {
    String expected =
        "a duration from " + shownDuration(min) + " to " + shownDuration(max) + ", such as 10s";
    return Types.scalar(
        expected,
        Json.object("type", "string", "pattern", "^[0-9]+(ms|s|m|h|d)$"),
        text ->
            parse(text, DURATIONS_MS)
                .filter(n -> n >= min.toMillis() && n <= max.toMillis())
                .map(Duration::ofMillis));
  }

  /// A size as a document would say it.
  public static String shownSize(long bytes) {
    return shown(bytes, SIZES);
  }

  /// A duration as a document would say it.
  public static String shownDuration(Duration duration) {
    return shown(duration.toMillis(), DURATIONS_MS);
  }

  static Optional<Long> whole(String text) {
    return parse(text, Map.of("", 1L));
  }

  private static Optional<Long> parse(String text, Map<String, Long> units) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Long unit = units.get(matcher.group(2));
    long number = Long.parseLong(matcher.group(1));
    if (unit == null || number > Long.MAX_VALUE / unit) {
      return Optional.empty();
    }
    return Optional.of(number * unit);
  }

  private static String shown(long number, Map<String, Long> units) {
    String best = "";
    long unit = 0;
    for (Map.Entry<String, Long> each : units.entrySet()) {
      if (number % each.getValue() == 0 && each.getValue() >= unit && number >= each.getValue()) {
        best = each.getKey();
        unit = each.getValue();
      }
    }
    return unit == 0 ? number + units.keySet().iterator().next() : number / unit + best;
  }
}
