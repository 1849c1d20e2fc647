package dev.menura.sidecar.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.custody.Bearing;
import dev.menura.certificates.custody.Custody;
import dev.menura.certificates.custody.CustodyLimits;
import dev.menura.certificates.custody.CustodySettings;
import dev.menura.certificates.custody.RemoteCustodian;
import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.Purpose;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Roots;
import dev.menura.policy.Gateway;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// K12: who reaches the certificates process, and who does not.
class CertificatesServerTest {
  private static final CustodyLimits PATIENT = limits(Duration.ofSeconds(20));
  private static final CustodyLimits HASTY = limits(Duration.ofMillis(1500));

  private final TestRoot wires = TestRoot.create("Wires");

  @TempDir Path folder;
  private Custody custody;

  private static CustodyLimits limits(Duration start) {
    return new CustodyLimits(Duration.ofSeconds(3), start, Duration.ofMillis(100), 8, 8);
  }

  @BeforeEach
  void open() throws AuthorityException, Exception {
    custody =
        Custody.open(
            new CustodySettings(
                AuthoritySettings.in(folder.resolve("ca")),
                MintLimits.DEFAULT,
                Crypto.preferred(),
                CustodyLimits.DEFAULT),
            new Bearing(Roots.of(List.of(wires.pem())), Set.of()),
            Clock.systemUTC(),
            new SecureRandom(),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void close() {
    custody.close();
  }

  private String reached(CertificatesPlace place, CustodyLimits limits)
      throws AuthorityException, CannotStart, IOException {
    try (var remote =
        RemoteCustodian.connect(
            CertificatesChannel.to(place), place.toString(), limits, new SimpleMeterRegistry())) {
      return remote.standing().fingerprint();
    }
  }

  @Test
  void k12TheSocketIsItsUsersAlone() throws Exception {
    Path path = folder.resolve("c.sock");
    var place = new CertificatesPlace.Socket(path);
    try (var _ = CertificatesServer.onSocket(path, Optional.empty(), custody.service())) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo("rw-------");
      assertThat(reached(place, PATIENT)).isEqualTo(custody.standing().fingerprint());
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void k12AConnectionOfAnotherUserIsClosedWhateverTheModeAllows() throws Exception {
    Path path = folder.resolve("c.sock");
    var somebody =
        FileSystems.getDefault().getUserPrincipalLookupService().lookupPrincipalByName("65533");
    try (var _ =
        CertificatesServer.onSocket(path, Set.of(somebody), Optional.empty(), custody.service())) {
      assertThatThrownBy(() -> reached(new CertificatesPlace.Socket(path), HASTY))
          .isInstanceOf(AuthorityException.class)
          .hasMessageContaining("does not answer");
    }
  }

  @Test
  void k12AFolderThatOthersMayWriteToIsNoPlaceForTheSocket() throws Exception {
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path path = folder.resolve("c.sock");
    assertThatThrownBy(() -> CertificatesServer.onSocket(path, Optional.empty(), custody.service()))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("chmod go-w");
    assertThatThrownBy(() -> reached(new CertificatesPlace.Socket(path), HASTY))
        .isInstanceOf(CannotStart.class);
  }

  private Path files(String name, TestCertificate certificate, TestRoot other) throws IOException {
    Path files = Files.createDirectory(folder.resolve(name));
    Files.writeString(files.resolve("tls.crt"), certificate.chainPem());
    Files.writeString(files.resolve("tls.key"), certificate.keyPem());
    Files.writeString(files.resolve("ca.crt"), other.pem());
    return files;
  }

  @Test
  void k12OverTlsBothEndsMustShowACertificateOfTheirAuthority() throws Exception {
    var server = wires.leaf("localhost");
    var client = wires.leaf(CertificateShape.forNames("gateway").purpose(Purpose.CLIENT));
    var stranger = TestRoot.create("Wires");
    var any = new Gateway.Listener("127.0.0.1", 0);
    try (var listening =
        CertificatesServer.overTls(
            new CertificatesPlace.Tls(any, files("server", server, wires)), custody.service())) {
      var address = new Gateway.Listener("localhost", listening.port());
      assertThat(
              reached(new CertificatesPlace.Tls(address, files("client", client, wires)), PATIENT))
          .isEqualTo(custody.standing().fingerprint());
      assertRefused(
          address,
          files(
              "stranger",
              stranger.leaf(CertificateShape.forNames("gateway").purpose(Purpose.CLIENT)),
              wires));
      assertRefused(address, files("other-server", client, stranger));
      var elsewhere = new Gateway.Listener("127.0.0.1", listening.port());
      assertRefused(elsewhere, files("other-name", client, wires));
    }
  }

  private void assertRefused(Gateway.Listener address, Path files) {
    assertThatThrownBy(() -> reached(new CertificatesPlace.Tls(address, files), HASTY))
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("does not answer");
  }

  @Test
  void saysWhichTlsFilesCannotBeUsed() {
    var any = new Gateway.Listener("127.0.0.1", 0);
    assertThatThrownBy(() ->
            CertificatesServer.overTls(
                new CertificatesPlace.Tls(any, folder.resolve("none")), custody.service()))
        .isInstanceOf(CannotStart.class)
        .hasMessageContaining("none cannot be used");
  }
}
