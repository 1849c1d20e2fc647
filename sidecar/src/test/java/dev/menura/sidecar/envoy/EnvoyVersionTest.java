package dev.menura.sidecar.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvoyVersionTest {
  @Test
  void readsWhatTheReleaseSays() {
    assertThat(
            EnvoyVersion.parse(
                "\n/opt/envoy  version: 9e5580933739775e8bce696a57a2e1bc99368f23"
                    + "/1.40.0/Clean/RELEASE/BoringSSL\n\n"))
        .contains(new EnvoyVersion(1, 40, 0));
  }

  @Test
  void readsWhatADevelopmentBuildSays() {
    assertThat(EnvoyVersion.parse("envoy  version: abc/1.41.0-dev/Modified/DEBUG/BoringSSL"))
        .contains(new EnvoyVersion(1, 41, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "curl 7.88.1",
        "version: abc",
        "version: abc/1.40/x",
        "version: abc/1.4.99999/"
      })
  void readsNothingFromOtherOutput(String output) {
    assertThat(EnvoyVersion.parse(output)).isEmpty();
  }

  @Test
  void ordersByNumberAndNotByText() {
    assertThat(new EnvoyVersion(1, 9, 10)).isLessThan(EnvoyVersion.OLDEST);
    assertThat(new EnvoyVersion(1, 36, 99)).isLessThan(EnvoyVersion.OLDEST);
    assertThat(new EnvoyVersion(1, 37, 0)).isEqualByComparingTo(EnvoyVersion.OLDEST);
    assertThat(new EnvoyVersion(2, 0, 0)).isGreaterThan(EnvoyVersion.OLDEST);
  }
}
