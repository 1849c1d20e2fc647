package dev.menura.certificates.secrets;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.function.Supplier;

/// The metrics of one class of secrets.
final class SecretMeters {
  private final Counter evicted;
  private final Counter refused;
  private final Counter rejected;

  SecretMeters(String kind, MeterRegistry registry, Supplier<Number> size) {
    var tags = Tags.of("class", kind);
    this.evicted = registry.counter("menura.certificates.names.evicted", tags);
    this.refused = registry.counter("menura.certificates.names.refused", tags);
    this.rejected = registry.counter("menura.certificates.secrets.rejected", tags);
    Gauge.builder("menura.certificates.names", size)
        .description("names whose leaves are kept for Envoy")
        .tags(tags)
        .register(registry);
  }

  void evicted() {
    evicted.increment();
  }

  void refused() {
    refused.increment();
  }

  void rejected() {
    rejected.increment();
  }
}
