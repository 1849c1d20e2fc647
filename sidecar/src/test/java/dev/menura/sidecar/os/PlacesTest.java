package dev.menura.sidecar.os;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlacesTest {
  private static final Path HOME = Path.of("/home/ann");

  @Test
  void areBelowTheHomeFolder() {
    assertThat(Places.of(Map.of(), HOME))
        .isEqualTo(
            new Places(
                Path.of("/home/ann/.local/state/menura"), Path.of("/home/ann/.cache/menura")));
  }

  @Test
  void followTheVariablesOfXdg() {
    assertThat(Places.of(Map.of("XDG_STATE_HOME", "/s", "XDG_CACHE_HOME", "/c"), HOME))
        .isEqualTo(new Places(Path.of("/s/menura"), Path.of("/c/menura")));
  }

  @Test
  void ignoreEmptyAndRelativeVariables() {
    assertThat(Places.of(Map.of("XDG_STATE_HOME", "", "XDG_CACHE_HOME", "c"), HOME))
        .isEqualTo(Places.of(Map.of(), HOME));
  }
}
