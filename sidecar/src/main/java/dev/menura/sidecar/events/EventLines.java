package dev.menura.sidecar.events;

import dev.menura.extproc.event.GatewayEvent;
import java.util.List;
import java.util.stream.Collectors;

/// Events as a list in JSON, each as it stands in the event log.
public final class EventLines {
  private EventLines() {}

  /// The list, with a line end.
  public static String array(List<? extends GatewayEvent> events) {
    return events.stream()
        .map(event -> EventLine.of(event).strip())
        .collect(Collectors.joining(",\n", "[", "]\n"));
  }
}
