package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.testing.TestRoot;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RootsTest {
  private final TestRoot one = TestRoot.create("One");
  private final TestRoot two = TestRoot.create("Two");

  @TempDir Path directory;

  @Test
  void takesSeveralCertificatesFromOneTextAndForgetsDoubles() throws Exception {
    var roots = Roots.of(List.of("# ours\n" + one.pem() + "\n" + two.pem(), one.pem()));

    assertThat(roots.certificates()).containsExactly(one.certificate(), two.certificate());
    assertThat(roots.without(List.of(one.certificate())).certificates())
        .containsExactly(two.certificate());
  }

  @Test
  void refusesATextWithoutACertificateOrWithABrokenOne() {
    assertThatThrownBy(() -> Roots.of(List.of("nothing")))
        .isInstanceOf(CertificateException.class)
        .hasMessage("expected a PEM certificate, found none");
    String cut = one.pem().substring(0, one.pem().length() / 2);
    assertThatThrownBy(() -> Roots.of(List.of(cut))).isInstanceOf(CertificateException.class);
    String garbled = one.pem().replace("MI", "AA");
    assertThatThrownBy(() -> Roots.of(List.of(garbled))).isInstanceOf(CertificateException.class);
  }

  @Test
  void readsTheFirstBundleThatIsThere() throws Exception {
    Path bundle = Files.writeString(directory.resolve("bundle.pem"), one.pem());
    Path absent = directory.resolve("absent.pem");

    assertThat(Roots.system(List.of(absent, bundle)).certificates())
        .containsExactly(one.certificate());
  }

  @Test
  void skipsARootOfTheSystemThatCannotBeRead() throws Exception {
    String broken = one.pem().replace("MI", "AA");
    Path bundle = Files.writeString(directory.resolve("bundle.pem"), broken + two.pem());

    assertThat(Roots.system(List.of(bundle)).certificates()).containsExactly(two.certificate());
  }

  @Test
  void fallsBackToJavasRootsAndAddsTheOperators() throws Exception {
    Roots java = Roots.system(List.of(directory.resolve("absent.pem")));

    assertThat(java.certificates()).hasSizeGreaterThan(20);
    assertThat(java.and(Roots.of(List.of(one.pem()))).certificates())
        .hasSize(java.certificates().size() + 1)
        .contains(one.certificate());
  }
}
