package dev.menura.sidecar.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.upstream.Problem;
import dev.menura.policy.CertificateProblem;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class CertificateProblemTest {
  @Test
  void everyWordThatTheProviderUsesIsOneThatPoliciesKnow() {
    assertThat(CertificateProblem.words())
        .containsAll(
            Arrays.stream(Problem.values())
                .filter(problem -> problem != Problem.NONE)
                .map(Problem::word)
                .toList());
  }
}
