package dev.menura.sidecar.events;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/// Times as events have them: UTC, with milliseconds (RFC 3339). The second is written once for all
/// times of it that come one after the other. Not thread-safe.
final class Timestamps {
  private static final DateTimeFormatter SECOND =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.").withZone(ZoneOffset.UTC);

  private static final int NANOS_OF_MILLI = 1_000_000;

  private long second = Long.MIN_VALUE;
  private String written = "";

  String text(Instant time) {
    if (time.getEpochSecond() != second) {
      second = time.getEpochSecond();
      written = SECOND.format(time);
    }
    int millis = time.getNano() / NANOS_OF_MILLI;
    return written + digit(millis / 100) + digit(millis / 10) + digit(millis) + 'Z';
  }

  private static char digit(int number) {
    return (char) ('0' + number % 10);
  }
}
