package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(Failures.class)
class FirstRequestTest {
  @TempDir private Path folder;

  @Test
  void decryptsAnAllowedRequest() {
    try (var lab = Lab.start(folder, "- {name: all, when: 'true', then: allow}");
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      var answer = Curl.through(lab, origin.url("shop.test", "/hello"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.body()).startsWith("hello from shop.test");
      assertThat(answer.issuer()).contains("Menura CA");
    }
  }
}
