package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CertificateAuthorityTest {
  private final TestClock clock = new TestClock();

  @TempDir Path data;

  private Path directory() {
    return data.resolve("ca");
  }

  private Path key() {
    return directory().resolve("ca-key.pem");
  }

  private CertificateAuthority open() throws AuthorityException {
    return CertificateAuthority.open(directory(), Crypto.preferred(), clock, new SecureRandom());
  }

  private String refusal() {
    var thrown = org.assertj.core.api.Assertions.catchThrowable(this::open);
    assertThat(thrown).isInstanceOf(AuthorityException.class);
    return String.valueOf(thrown.getMessage());
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(
        Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS));
  }

  private static void chmod(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  @Test
  void isMadeAtTheFirstStartAndStays() throws Exception {
    X509Certificate first = open().certificate();

    assertThat(open().certificate()).isEqualTo(first);
    assertThat(mode(directory())).isEqualTo("rwx------");
    assertThat(mode(key())).isEqualTo("rw-------");
    assertThat(mode(directory().resolve("ca.pem"))).isEqualTo("rw-r--r--");
    assertThat(Files.readString(key())).startsWith("-----BEGIN PRIVATE KEY-----\n");
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).containsExactly(directory());
    }
  }

  @Test
  void mayOnlyIssueLeaves() throws Exception {
    X509Certificate certificate = open().certificate();
    boolean[] usage = certificate.getKeyUsage();

    assertThat(certificate.getBasicConstraints()).isZero();
    assertThat(IntStream.range(0, usage.length).filter(i -> usage[i]).boxed())
        .containsExactly(5, 6);
    assertThat(certificate.getCriticalExtensionOIDs())
        .containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    assertThat(certificate.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    assertThat(certificate.getSubjectX500Principal().getName())
        .matches("CN=Menura CA [0-9a-f]{8},O=Menura");
    assertThat(certificate.getSerialNumber()).isGreaterThan(BigInteger.ONE.shiftLeft(96));
    assertThat(certificate.getNotBefore().toInstant()).isBefore(clock.instant());
    assertThat(Duration.between(clock.instant(), certificate.getNotAfter().toInstant()))
        .isGreaterThan(Duration.ofDays(4 * 365));
  }

  @Test
  void k8IsADifferentOneInEachInstallation() throws Exception {
    var other =
        CertificateAuthority.open(
            data.resolve("other"), Crypto.preferred(), clock, new SecureRandom());

    assertThat(open().certificate().getPublicKey())
        .isNotEqualTo(other.certificate().getPublicKey());
  }

  @Test
  void isMadeInAnEmptyDirectoryToo() throws Exception {
    Files.createDirectory(directory());
    chmod(directory(), "rwx------");

    assertThat(open().certificate()).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"rw-r--r--", "rw-r-----", "rw--w----", "rw----r--", "rwx--x---"})
  void k7RefusesAKeyThatOthersMayTouchAndSaysHowToMendIt(String mode) throws Exception {
    open();
    chmod(key(), mode);

    assertThat(refusal())
        .startsWith(key() + ": expected mode 0600 or stricter, found 0")
        .endsWith("; to mend it: chmod 600 " + key());
    chmod(key(), "rw-------");
    assertThat(open()).isNotNull();
  }

  @Test
  void takesAKeyThatIsStricter() throws Exception {
    open();
    chmod(key(), "r--------");

    assertThat(open()).isNotNull();
  }

  @Test
  void k7RefusesADirectoryThatOthersMayEnter() throws Exception {
    open();
    chmod(directory(), "rwxr-xr-x");

    assertThat(refusal())
        .isEqualTo(
            directory()
                + ": expected mode 0700 or stricter, found 0755, which lets other users in;"
                + " to mend it: chmod 700 "
                + directory());
  }

  @Test
  void k7RefusesSymbolicLinks() throws Exception {
    open();
    Path elsewhere = data.resolve("elsewhere.pem");
    Files.move(key(), elsewhere);
    Files.createSymbolicLink(key(), elsewhere);
    assertThat(refusal()).contains("expected a regular file, found a symbolic link");

    Path moved = data.resolve("moved");
    Files.move(directory(), moved);
    Files.createSymbolicLink(directory(), moved);
    assertThat(refusal()).contains("expected a directory, found a symbolic link");
  }

  @Test
  void k7RefusesAKeyThatBelongsToSomebodyElse() throws Exception {
    open();
    org.junit.jupiter.api.Assumptions.assumeTrue(
        (Integer) Files.getAttribute(key(), "unix:uid") == 0, "only root can give a file away");
    Files.setAttribute(key(), "unix:uid", 12345);

    assertThat(refusal()).contains("found user 12345; to mend it: chown 0 " + key());
  }

  @Test
  void refusesAnIncompletePairAndMakesNoneInItsPlace() throws Exception {
    open();
    Files.delete(key());

    assertThat(refusal()).startsWith(key() + ": expected the authority's file, found none");
    assertThat(key()).doesNotExist();
  }

  @Test
  void refusesTheKeyOfAnotherCertificateWithoutShowingIt() throws Exception {
    open();
    String other = TestRoot.create("Other").leaf("a.test").keyPem();
    Files.writeString(key(), other);

    assertThat(refusal())
        .endsWith("found another key")
        .doesNotContain(other.lines().toList().get(1));
  }

  @Test
  void refusesFilesThatHoldSomethingElse() throws Exception {
    open();
    Path certificate = directory().resolve("ca.pem");
    String good = Files.readString(certificate);

    Files.writeString(certificate, "nothing");
    assertThat(refusal()).endsWith("expected one certificate, found 0");
    Files.writeString(certificate, TestRoot.create("Root").leaf("a.test").chainPem());
    assertThat(refusal()).contains("expected the certificate of an authority");
    Files.writeString(certificate, "x".repeat(65 * 1024));
    assertThat(refusal()).contains("expected at most 65536 bytes");
    Files.writeString(certificate, good);
    Files.writeString(key(), "nothing");
    assertThat(refusal()).contains("expected one PKCS#8 private key");
  }

  @Test
  void refusesAnExpiredAuthority() throws Exception {
    open();
    clock.advance(Duration.ofDays(5 * 365 + 1));

    assertThat(refusal()).contains("found one that expired on").contains("mv " + directory());
  }

  @Test
  void isOneAuthorityForAllThatStartAtTheSameTime() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var starts =
          IntStream.range(0, 8).mapToObj(_ -> threads.submit(() -> open().fingerprint())).toList();
      Set<String> seen =
          starts.stream()
              .map(start -> {
                try {
                  return start.get();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              })
              .collect(Collectors.toSet());
      assertThat(seen).hasSize(1);
    }
    try (Stream<Path> left = Files.list(data)) {
      assertThat(left).containsExactly(directory());
    }
  }

  @Test
  void cannotBeMadeWhereNothingCanBeWritten() throws Exception {
    Files.writeString(data.resolve("file"), "");

    assertThatThrownBy(() ->
            CertificateAuthority.open(
                data.resolve("file/ca"), Crypto.preferred(), clock, new SecureRandom()))
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("cannot be read or written");
  }

  @Test
  void neverSaysItsKey() throws Exception {
    var authority = open();
    String scalar = Files.readString(key()).lines().toList().get(1);

    assertThat(authority.toString()).startsWith("CertificateAuthority[CN=Menura CA ");
    assertThat(authority.toString() + authority.pem()).doesNotContain(scalar);
    assertThat(Pem.readCertificates(authority.pem())).isEqualTo(List.of(authority.certificate()));
  }
}
