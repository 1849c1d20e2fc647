package dev.menura.sidecar.events;

import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.event.GatewayEvent.Common;
import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import dev.menura.extproc.event.GatewayEvent.ExchangeEvent;
import dev.menura.extproc.event.GatewayEvent.Finding;
import dev.menura.extproc.event.GatewayEvent.Tls;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class SampleEvents {
  private static final Instant TIME = Instant.parse("2026-11-23T09:15:02.04Z");

  private SampleEvents() {}

  static Common common(String id, @Nullable String rule, @Nullable String reason) {
    return new Common(
        TIME, id, "10.0.0.7", "shop.test", 443, rule, "0123456789ab", "block", null, null, reason);
  }

  static GatewayEvent connection(String id) {
    return new ConnectionEvent(
        common(id, null, "sni-host-mismatch"),
        "192.0.2.1:443",
        new Tls("other.test", "t13d1516h2_8daaf6152771_e5627efa2ab1", "TLSv1.3", "CN=Root", null));
  }

  static GatewayEvent exchange(String path) {
    return new ExchangeEvent(
        common("c1/r1", "cards", null),
        "POST",
        path,
        403,
        Map.of("watch", "true", "later", "unknown"),
        List.of(new Finding("request", "credit-card", 3, List.of("4111********1111"))));
  }
}
