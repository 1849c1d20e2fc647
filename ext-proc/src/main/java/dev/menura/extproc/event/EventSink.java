package dev.menura.extproc.event;

/// Where events go. Must be thread-safe, must not block, and must not throw: an event that cannot
/// be kept is counted.
@FunctionalInterface
public interface EventSink {
  void record(GatewayEvent event);
}
