package dev.menura.sidecar.events;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.menura.extproc.event.GatewayEvent;
import dev.menura.extproc.event.GatewayEvent.Common;
import dev.menura.extproc.event.GatewayEvent.ConnectionEvent;
import dev.menura.extproc.event.GatewayEvent.Tls;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EventLineTest {
  private static JsonObject parsed(String line) {
    return JsonParser.parseString(line).getAsJsonObject();
  }

  @Test
  void saysWhatWasDecidedAboutAConnection() {
    assertThat(EventLine.of(SampleEvents.connection("c1")))
        .isEqualTo(
            """
            {"time":"2026-11-23T09:15:02.040Z","id":"c1","type":"connection","client":"10.0.0.7",\
            "host":"shop.test","port":443,"policy-version":"0123456789ab","verdict":"block",\
            "reason":"sni-host-mismatch","address":"192.0.2.1:443","tls":{"sni":"other.test",\
            "ja4":"t13d1516h2_8daaf6152771_e5627efa2ab1","upstream-version":"TLSv1.3","upstream-issuer":"CN=Root"}}
            """);
  }

  @Test
  void saysWhatWasDecidedAboutAnExchange() {
    assertThat(EventLine.of(SampleEvents.exchange("/pay")))
        .isEqualTo(
            """
            {"time":"2026-11-23T09:15:02.040Z","id":"c1/r1","type":"exchange","client":"10.0.0.7",\
            "host":"shop.test","port":443,"rule":"cards","policy-version":"0123456789ab",\
            "verdict":"block","method":"POST","path":"/pay","status":403,\
            "alerts":{"later":"unknown","watch":"true"},"findings":[{"part":"request",\
            "kind":"credit-card","count":3,"evidence":["4111********1111"]}]}
            """);
  }

  @Test
  void saysThatAClientRejectedItsCertificate() {
    assertThat(
            EventLine.of(
                new GatewayEvent.RejectionEvent(
                    SampleEvents.connection("c1").common(),
                    "unknown-ca",
                    new GatewayEvent.Tls("shop.test", null, null, null, null))))
        .contains("\"type\":\"rejection\"", "\"sign\":\"unknown-ca\"");
  }

  @Test
  void saysWhatSpeaksForPassingAHostThrough() {
    var time = Instant.parse("2026-11-23T09:00:00Z");
    var evidence =
        new GatewayEvent.Evidence(
            4,
            3,
            List.of("10.0.0.7"),
            Map.of("unknown-ca", 4),
            time,
            time.plusSeconds(60),
            time.plusSeconds(120),
            List.of("cards"),
            "- name: pinned\n",
            "rest");
    assertThat(
            EventLine.of(
                new GatewayEvent.ProposalEvent(SampleEvents.connection("c1").common(), evidence)))
        .contains("\"type\":\"proposal\"")
        .endsWith(
            """
            "evidence":{"rejections":4,"clients":3,"addresses":["10.0.0.7"],\
            "signs":{"unknown-ca":4},"first":"2026-11-23T09:00:00.000Z",\
            "last":"2026-11-23T09:01:00.000Z"},"exempt-until":"2026-11-23T09:02:00.000Z",\
            "rules-lost":["cards"],"suggestion":"- name: pinned\\n","before":"rest"}
            """);
  }

  @Test
  void namesTheObservedVerdictWhereThereIsOne() {
    String line =
        EventLine.of(
            new ConnectionEvent(
                new Common(
                    Instant.EPOCH, "c", "::1", "h", 1, "all", "v", "allow", "block", "new", null),
                null,
                new Tls(null, null, null, null, "expired")));
    assertThat(parsed(line).get("observed-verdict").getAsString()).isEqualTo("block");
    assertThat(parsed(line).get("observed-rule").getAsString()).isEqualTo("new");
    assertThat(parsed(line).has("address")).isFalse();
    assertThat(parsed(line).getAsJsonObject("tls").get("problem").getAsString())
        .isEqualTo("expired");
  }

  @Test
  void staysOneLineWhateverAPeerSends() {
    String path = "/\"\\\n\r\t\0\u2028\u2029\ud83d\ude00\ud83d</script>";
    String line = EventLine.of(SampleEvents.exchange(path));
    assertThat(line.strip().lines()).hasSize(1);
    assertThat(parsed(line).get("path").getAsString()).isEqualTo(path);
  }

  @Test
  void keepsATextAtItsLimitAndCutsALongerOne() {
    String atLimit = "/" + "a".repeat(EventLine.TEXT_CHARS_MAX - 1);
    assertThat(parsed(EventLine.of(SampleEvents.exchange(atLimit))).get("path").getAsString())
        .isEqualTo(atLimit);
    assertThat(parsed(EventLine.of(SampleEvents.exchange(atLimit + "b"))).get("path").getAsString())
        .isEqualTo(atLimit + "…");
  }

  @Test
  void keepsAListAtItsLimitAndCutsALongerOne() {
    assertThat(written(EventLine.ITEMS_MAX)).isEqualTo(EventLine.ITEMS_MAX);
    assertThat(written(EventLine.ITEMS_MAX + 1)).isEqualTo(EventLine.ITEMS_MAX);
  }

  private static int written(int addresses) {
    var time = Instant.parse("2026-11-23T09:00:00Z");
    var evidence =
        new GatewayEvent.Evidence(
            addresses,
            addresses,
            Collections.nCopies(addresses, "192.0.2.1"),
            Map.of(),
            time,
            time,
            null,
            List.of(),
            "",
            null);
    String line =
        EventLine.of(
            new GatewayEvent.ProposalEvent(SampleEvents.common("c", null, null), evidence));
    return parsed(line).getAsJsonObject("evidence").getAsJsonArray("addresses").size();
  }
}
