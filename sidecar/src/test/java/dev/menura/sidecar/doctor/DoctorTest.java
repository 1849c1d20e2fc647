package dev.menura.sidecar.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestRoot;
import dev.menura.sidecar.doctor.Finding.State;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {
  @TempDir private Path data;
  private Clock clock = Clock.systemUTC();
  private Optional<Path> policy = Optional.empty();
  private Optional<Path> envoy = Optional.empty();

  private Finding finding(String check) throws InterruptedException {
    List<Finding> all = new Doctor(data, policy, envoy, Map.of(), clock).look();
    return all.stream().filter(found -> found.check().equals(check)).findFirst().orElseThrow();
  }

  @Test
  void saysThatAnEnvoyCannotBeRun() throws Exception {
    envoy = Optional.of(data.resolve("none"));
    assertThat(finding("envoy").state()).isEqualTo(State.BAD);
  }

  @Test
  void saysHowToCloseADataDirectoryThatOthersMayRead() throws Exception {
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-xr-x"));
    assertThat(finding("data directory").mend()).isEqualTo("chmod 700 " + data);
  }

  @Test
  void followsTheAuthorityToItsEnd() throws Exception {
    assertThat(finding("authority").seen()).isEqualTo("is made at the first start");
    Files.createDirectory(data.resolve("ca"));
    Files.writeString(data.resolve("ca/ca.pem"), TestRoot.create("Test").pem());
    assertThat(finding("authority").state()).isEqualTo(State.GOOD);
    clock = Clock.offset(clock, Duration.ofDays(70));
    assertThat(finding("authority").state()).isEqualTo(State.OPTIONAL);
    clock = Clock.offset(clock, Duration.ofDays(30));
    assertThat(finding("authority").state()).isEqualTo(State.BAD);
  }

  @Test
  void pointsToTheCheckerWhereThePolicyIsBad() throws Exception {
    policy = Optional.of(data);
    Files.writeString(data.resolve("policy.yaml"), "kind: [");
    assertThat(finding("policy").state()).isEqualTo(State.BAD);
    assertThat(finding("policy").mend()).isEqualTo("menura check " + data);
  }

  @Test
  void callsWhatOnlyTestsNeedOptional() throws Exception {
    assertThat(finding("go").state()).isEqualTo(State.OPTIONAL);
    assertThat(finding("go").mend()).startsWith("apt-get install");
  }
}
