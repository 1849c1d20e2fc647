package dev.menura.extproc.exchange;

import dev.menura.extproc.inspect.BodyScan;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// The counters of all exchanges. Every label is present from the start.
public final class ExchangeMetrics {
  private final Map<String, Counter> verdicts;
  private final Map<Part, Counter> inspected = new EnumMap<>(Part.class);
  private final Map<BodyScan.Stop, Counter> stops = new EnumMap<>(BodyScan.Stop.class);
  private final Counter memory;
  private final Counter violations;
  private final Counter faults;

  public ExchangeMetrics(MeterRegistry registry, HeldBytes held) {
    verdicts =
        List.of("allow", "block", "error").stream()
            .collect(
                Collectors.toMap(
                    verdict -> verdict,
                    verdict ->
                        Counter.builder("menura.exchanges")
                            .description("Exchanges that have ended")
                            .tag("verdict", verdict)
                            .register(registry)));
    for (Part part : Part.values()) {
      inspected.put(
          part,
          Counter.builder("menura.inspected")
              .description("Bytes of bodies, as sent, that were inspected")
              .baseUnit("bytes")
              .tag("part", word(part))
              .register(registry));
    }
    for (BodyScan.Stop stop : BodyScan.Stop.values()) {
      stops.put(
          stop,
          Counter.builder("menura.scan.stops")
              .description("Inspections that ended before their body did")
              .tag("reason", word(stop))
              .register(registry));
    }
    Gauge.builder("menura.held", held, HeldBytes::held)
        .description("Bytes of bodies that wait for a verdict")
        .baseUnit("bytes")
        .register(registry);
    memory =
        Counter.builder("menura.held.refused")
            .description("Exchanges refused because too much waited in all of them together")
            .register(registry);
    violations =
        Counter.builder("menura.protocol.violations")
            .description("Streams on which Envoy sent what it never should")
            .register(registry);
    faults =
        Counter.builder("menura.exchange.faults")
            .description("Exchanges ended by an error of our own")
            .register(registry);
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  void ended(String verdict) {
    Counter counter = verdicts.get(verdict);
    if (counter != null) {
      counter.increment();
    }
  }

  void inspected(Part part, long bytes) {
    Counter counter = inspected.get(part);
    if (counter != null) {
      counter.increment((double) bytes);
    }
  }

  void stopped(BodyScan.Stop stop) {
    Counter counter = stops.get(stop);
    if (counter != null) {
      counter.increment();
    }
  }

  void outOfMemory() {
    memory.increment();
  }

  void violation() {
    violations.increment();
  }

  void fault() {
    faults.increment();
  }
}
