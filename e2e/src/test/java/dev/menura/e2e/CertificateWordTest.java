package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// What `certificate` in a rule makes of the certificates that clients are shown.
@ExtendWith(Failures.class)
class CertificateWordTest {
  @TempDir private Path folder;

  @Test
  void aRuleShortensTheValidityOfWhatItsHostsShow() {
    try (var lab =
            Lab.start(
                folder,
                """
                - {name: elsewhere, when: "request.path == '/refused'", then: block}
                - name: a-day
                  when: host.name in ['short.test', '127.0.0.1']
                  then: {certificate: {valid-for: 24h}}
                - {name: all, when: true, then: allow}
                - name: too-late
                  when: host.name == 'long.test'
                  then: {certificate: {valid-for: 1h}}
                """);
        var origin = Origin.tls(folder, lab.root.leaf("short.test", "long.test", "127.0.0.1"))) {
      assertThat(validity(lab, origin, "short.test")).isCloseTo(24 * 60, within(5L));
      assertThat(validity(lab, origin, "127.0.0.1")).isCloseTo(24 * 60, within(5L));
      assertThat(validity(lab, origin, "long.test"))
          .isCloseTo(Duration.ofDays(7).toMinutes(), within(5L));
      lab.rules("- {name: all, when: true, then: [allow, {certificate: {valid-for: 2h}}]}");
      for (String host : List.of("short.test", "long.test", "127.0.0.1")) {
        assertThat(validity(lab, origin, host)).as(host).isCloseTo(120, within(5L));
      }
    }
  }

  /// How many minutes what the client is shown is still valid.
  private static long validity(Lab lab, Origin origin, String host) {
    try (var client = GoClient.to(lab, origin.url(host, "/")).start()) {
      var response = client.await("response");
      assertThat(response.get("status").getAsInt()).isEqualTo(200);
      assertThat(response.get("issuer").getAsString()).contains("Menura CA");
      var until = Instant.ofEpochSecond(response.get("not-after").getAsLong());
      return Duration.between(Instant.now(), until).toMinutes();
    }
  }
}
