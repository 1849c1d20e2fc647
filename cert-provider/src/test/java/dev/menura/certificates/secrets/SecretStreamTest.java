package dev.menura.certificates.secrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SecretStreamTest {
  private final SecretStream stream = new SecretStream("envoy-1");

  @Test
  void takesWhatIsNotAcceptedAsRejectedWhereTheReplySaysSo() {
    stream.sent(Map.of("a.test", "1", "b.test", "1"), List.of());

    assertThat(stream.settle(Map.of("b.test", "1"), true)).containsExactly("a.test");
    assertThat(stream.settle(Map.of("b.test", "1"), true)).isEmpty();
  }

  @Test
  void waitsForAnotherReplyWhereItMayStillHaveBeenOnItsWay() {
    stream.sent(Map.of("a.test", "1", "b.test", "1"), List.of());
    assertThat(stream.settle(Map.of("b.test", "1"), false)).isEmpty();
    assertThat(stream.settle(Map.of("a.test", "1", "b.test", "1"), false)).isEmpty();
    assertThat(stream.settle(Map.of(), true)).isEmpty();

    stream.sent(Map.of("c.test", "1"), List.of());
    assertThat(stream.settle(Map.of(), false)).isEmpty();
    assertThat(stream.settle(Map.of(), false)).containsExactly("c.test");
  }

  @Test
  void doesNotMindAVersionThatAnotherOneHasReplaced() {
    stream.sent(Map.of("a.test", "1"), List.of());
    stream.sent(Map.of(), List.of("a.test"));

    assertThat(stream.settle(Map.of(), true)).isEmpty();
  }
}
