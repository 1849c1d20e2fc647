package dev.menura.extproc.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.accesslog.LoggedRequest;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.event.GatewayEvent.ExchangeEvent;
import dev.menura.policy.Facts;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SettledExchangesTest {
  private static final Instant NOW = Instant.parse("2026-11-23T09:15:02Z");

  private final List<GatewayEvent> events = new ArrayList<>();
  private final List<Facts.RequestHead> asked = new ArrayList<>();
  private final SettledExchanges exchanges =
      new SettledExchanges(
          ticket -> Optional.of(verdict("all")).filter(_ -> ticket.equals("settled")),
          (ticket, head) -> {
            asked.add(head);
            return Optional.of(verdict("reads")).filter(_ -> ticket.equals("cleared"));
          },
          events::add,
          new ExchangeMetrics(new SimpleMeterRegistry(), new HeldBytes(1)),
          Clock.fixed(NOW, ZoneOffset.UTC),
          () -> "made-up");

  private static SettledExchanges.Verdict verdict(String rule) {
    return new SettledExchanges.Verdict(
        new ConnectionContext(
            "c1",
            new Facts.Connect("192.0.2.7", "shop.test", 443),
            Facts.Hello.NONE,
            Facts.UpstreamCertificate.NONE,
            new ConnectionContext.Standing.Trusted()),
        rule,
        "v1");
  }

  private ExchangeEvent onlyEvent() {
    assertThat(events).hasSize(1);
    return (ExchangeEvent) events.getFirst();
  }

  private static LoggedRequest request(String ticket, int status, String details) {
    return new LoggedRequest(
        ticket, "GET", "https", "shop.test", "/a//b?secret", "r1", status, details);
  }

  @Test
  void areRecordedWithTheVerdictOnTheirConnection() {
    exchanges.accept(request("settled", 200, "via_upstream"));
    assertThat(onlyEvent())
        .isEqualTo(
            new ExchangeEvent(
                new GatewayEvent.Common(
                    NOW,
                    "c1/r1",
                    "192.0.2.7",
                    "shop.test",
                    443,
                    "all",
                    "v1",
                    "allow",
                    null,
                    null,
                    null),
                "GET",
                "/a//b",
                200,
                Map.of(),
                List.of()));
    assertThat(asked).isEmpty();
  }

  @Test
  void areRecordedWithTheRuleThatClearedThem() {
    exchanges.accept(request("cleared", 200, "via_upstream"));
    assertThat(onlyEvent().common().rule()).isEqualTo("reads");
    assertThat(asked)
        .containsExactly(
            new Facts.RequestHead(
                "GET", "/a/b?secret", "https", Map.of(":authority", "shop.test")));
  }

  @Test
  void areBlockedWhereTheyNameAnotherHost() {
    exchanges.accept(request("settled", 421, "lua_response"));
    assertThat(onlyEvent().common().verdict()).isEqualTo("block");
    assertThat(onlyEvent().common().reason()).isEqualTo("host-mismatch");
    assertThat(onlyEvent().common().rule()).isNull();
  }

  @Test
  void areAllowedWhereTheOriginSaysThatTheyAreMisdirected() {
    exchanges.accept(request("settled", 421, "via_upstream"));
    assertThat(onlyEvent().common().verdict()).isEqualTo("allow");
  }

  @Test
  void areNotRecordedWhereAnExchangeHasDoneSo() {
    exchanges.accept(request("settled", 200, ExtProcMessages.DETAILS));
    assertThat(events).isEmpty();
  }

  @Test
  void areNotRecordedWhereNobodyGaveAVerdict() {
    exchanges.accept(request("other", 200, "via_upstream"));
    assertThat(events).isEmpty();
  }

  @Test
  void areNotRecordedWhereNoRequestCame() {
    exchanges.accept(new LoggedRequest("settled", "", "", "", "", "r1", 400, ""));
    assertThat(events).isEmpty();
  }
}
