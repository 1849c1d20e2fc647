package dev.menura.sidecar.events;

import dev.menura.extproc.event.GatewayEvent;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Lines of the event log that are gathered to be written at once. Not thread-safe.
public final class EventLines {
  /// Room that is kept for the next lines.
  private static final int KEPT_CHARS_MAX = 1 << 18;

  private final Timestamps times = new Timestamps();
  private StringBuilder text = new StringBuilder();

  /// The events as a list in JSON, each as it stands in the event log, with a line end.
  public static String array(List<? extends GatewayEvent> events) {
    var times = new Timestamps();
    var text = new StringBuilder("[");
    for (var event : events) {
      text.append(text.length() > 1 ? ",\n" : "");
      EventLine.append(event, times, text);
    }
    return text.append("]\n").toString();
  }

  public void add(GatewayEvent event) {
    EventLine.append(event, times, text);
    text.append('\n');
  }

  /// The lines, each with its line end, in UTF-8. None are left.
  public byte[] take() {
    byte[] lines = text.toString().getBytes(StandardCharsets.UTF_8);
    text.setLength(0);
    if (text.capacity() > KEPT_CHARS_MAX) {
      text = new StringBuilder();
    }
    return lines;
  }
}
