package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonParser;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.ECPrivateKey;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The authority's key in a process of its own, and a whole gateway that never has it.
@ExtendWith(Failures.class)
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CertificatesApartTest {
  private static final String RULES =
      """
      - {name: no-bets, when: "host.name == 'bets.test'", then: block}
      - {name: printer, when: "host.name == 'printer.test'", then: {allow: {problems: [expired]}}}
      - {name: all, when: true, then: allow}
      """;

  /// A user that owns nothing, and another one.
  private static final String CLIENT_USER = "65533";

  private static final String OTHER_USER = "65534";

  @AutoClose private GatewayProcess gateway;
  @AutoClose private Program certificates;
  @AutoClose private Origin shop;
  private Path folder;
  private Path keys;
  private Path socket;

  @BeforeAll
  void start(@TempDir Path temporary) throws IOException {
    folder = temporary;
    keys = temporary.resolve("keys");
    socket = keys.resolve("certificates.sock");
    gateway = GatewayProcess.in(temporary, RULES);
    certificates = startCertificates();
    gateway.start(
        "up",
        "--envoy",
        GatewayProcess.envoyProgram().toString(),
        "--certificates",
        "unix:" + socket);
    gateway.awaitReady();
    shop = Origin.tls(folder, gateway.root.leaf("shop.test", "new.test", "later.test"));
  }

  private Program startCertificates(String... more) {
    var arguments =
        Stream.concat(
            Stream.of(
                "run",
                "--role",
                "certificates",
                "--policy",
                folder.resolve("policy").toString(),
                "--data",
                keys.toString(),
                "--admin",
                "127.0.0.1:0"),
            Stream.of(more));
    var program = Program.menura(folder, arguments.toArray(String[]::new));
    GatewayProcess.await("the certificates process")
        .until(() -> program.said().contains("Certificates: unix:"));
    return program;
  }

  private int status(String host) {
    return gateway.curl(shop.url(host, "/")).status();
  }

  @Test
  @Order(1)
  void aWholeGatewayWorksWithoutTheKey() throws Exception {
    assertThat(status("shop.test")).isEqualTo(200);
    assertThat(status("bets.test")).isEqualTo(403);
    try (var printer =
        Origin.tls(folder, gateway.root.leaf(FlawedOriginTest.expired("printer.test")))) {
      assertThat(gateway.curl(printer.url("printer.test", "/")).status()).isEqualTo(200);
    }
    assertThat(Files.readString(gateway.ca()))
        .isEqualTo(Files.readString(keys.resolve("ca/ca.pem")));
  }

  @Test
  @Order(2)
  void k6TheKeyIsNowhereInTheGatewaysFilesAndInNoneOfItsOpenFiles() throws Exception {
    assertThat(gateway.inData("ca")).doesNotExist();
    for (String page : List.of("/config_dump", "/certs", "/stats")) {
      Files.writeString(
          gateway.inData("logs").resolve(page.substring(1)), gateway.envoyAdmin().get(page));
    }
    try (var scan =
        Program.menura(
            folder,
            "ca",
            "scan",
            "--json",
            "--policy",
            folder.resolve("policy").toString(),
            "--data",
            keys.toString(),
            "--also",
            gateway.inData("").toString())) {
      assertThat(scan.awaitEnd()).as(scan.said()).isZero();
      var found = JsonParser.parseString(scan.said()).getAsJsonObject();
      assertThat(found.get("keys").getAsInt()).isEqualTo(1);
      assertThat(found.get("looked-at").getAsInt()).isGreaterThan(10);
    }
    try (Stream<Path> open = Files.list(Path.of("/proc/" + gateway.pid() + "/fd"))) {
      assertThat(open.map(CertificatesApartTest::target))
          .noneMatch(target -> target.startsWith(keys.toString()));
    }
  }

  @Test
  @Order(2)
  void k6TheKeyIsNotInTheGatewaysMemory() throws Exception {
    String pem = Files.readString(keys.resolve("ca/ca-key.pem"));
    byte[] scalar = ((ECPrivateKey) Pem.readPrivateKey(pem, "EC")).getS().toByteArray();
    byte[] bigEndian = Arrays.copyOfRange(scalar, Math.max(0, scalar.length - 32), scalar.length);
    byte[] littleEndian = new byte[bigEndian.length];
    for (int i = 0; i < bigEndian.length; i++) {
      littleEndian[i] = bigEndian[bigEndian.length - 1 - i];
    }
    byte[] text = pem.lines().skip(1).findFirst().orElseThrow().getBytes(StandardCharsets.US_ASCII);
    List<byte[]> traces = List.of(bigEndian, littleEndian, text);

    assertThat(new ProcessMemory(certificates.pid()).holdsAny(traces)).isTrue();
    assertThat(new ProcessMemory(gateway.pid()).holdsAny(traces)).isFalse();
    assertThat(new ProcessMemory(gateway.envoy().orElseThrow().pid()).holdsAny(traces)).isFalse();
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return "";
    }
  }

  @Test
  @Tag("long")
  @Order(3)
  void theCommandsOfTheAuthoritySayThatItIsElsewhere() {
    for (String command : List.of("show", "rotate", "export")) {
      try (var program =
          Program.menura(folder, "ca", command, "--data", gateway.inData("").toString())) {
        assertThat(program.awaitEnd()).isEqualTo(1);
        assertThat(program.said())
            .contains("kept by the certificates process at unix:" + socket)
            .contains("--data DIR");
      }
    }
  }

  @Test
  @Order(4)
  void k12NoOtherUserIsLetInAtItsSocket() throws Exception {
    requireRoot();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
        .isEqualTo("rw-------");
    Path open = Files.createDirectory(folder.resolve("open"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path shared = open.resolve("c.sock");
    makeReachable(folder);
    Path other = folder.resolve("other-keys");
    try (var program =
        Program.menura(
            folder,
            "run",
            "--role",
            "certificates",
            "--policy",
            folder.resolve("policy").toString(),
            "--data",
            other.toString(),
            "--admin",
            "127.0.0.1:0",
            "--socket",
            shared.toString(),
            "--client-user",
            CLIENT_USER)) {
      GatewayProcess.await("the certificates process")
          .until(() -> program.said().contains("Certificates: unix:"));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(shared)))
          .isEqualTo("rw-------");
      assertThat(connectAs(CLIENT_USER, shared)).isEqualTo("415");
      assertThat(connectAs(OTHER_USER, shared)).isEqualTo("000");
      // With the mode no longer in the way, whose connection it is decides.
      Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString("rw-rw-rw-"));
      assertThat(connectAs(CLIENT_USER, shared)).isEqualTo("415");
      assertThat(connectAs(OTHER_USER, shared)).isEqualTo("000");
      assertThat(program.said()).contains("connection of another user refused");
    }
  }

  private static void requireRoot() {
    if (!"root".equals(System.getProperty("user.name"))) {
      Missing.skip("other users' connections can be tried by root alone");
    }
    Missing.skipUnlessFound("setpriv", "util-linux");
  }

  /// Other users may enter the folders above, but not look into them.
  private static void makeReachable(Path path) throws IOException {
    for (Path each = path; each != null && !each.equals(Path.of("/tmp")); each = each.getParent()) {
      var modes = Files.getPosixFilePermissions(each);
      if (modes.addAll(PosixFilePermissions.fromString("--x--x--x"))) {
        Files.setPosixFilePermissions(each, modes);
      }
    }
  }

  /// @return the HTTP status of an answer; 000 where there is none
  private String connectAs(String user, Path path) {
    try (var curl =
        Program.start(
            folder,
            "setpriv",
            "--reuid=" + user,
            "--regid=" + user,
            "--clear-groups",
            "curl",
            "-s",
            "-o",
            "/dev/null",
            "-w",
            "%{http_code}",
            "--max-time",
            "10",
            "--unix-socket",
            path.toString(),
            "--http2-prior-knowledge",
            "http://certificates/")) {
      curl.awaitEnd();
      return curl.said();
    }
  }

  @Test
  @Order(5)
  void k11KnownNamesGoOnAndNewOnesAreRefusedWhileItIsGone() {
    assertThat(status("shop.test")).isEqualTo(200);
    certificates.kill();
    GatewayProcess.await("the gateway to notice")
        .until(() -> gateway.metric("menura_certificates_custody_connected") == 0);

    assertThat(gateway.admin("/ready").status()).isEqualTo(200);
    assertThat(gateway.admin("/ready").text()).contains("does not answer");
    assertThat(status("shop.test")).isEqualTo(200);
    assertThat(status("new.test")).isZero();
    GatewayProcess.await("the event")
        .until(() ->
            gateway.events().stream()
                .anyMatch(event ->
                    event.toString().contains("new.test")
                        && event.toString().contains("certificate-not-signed")));

    certificates = startCertificates();
    GatewayProcess.await("the gateway to be back")
        .until(() -> gateway.metric("menura_certificates_custody_connected") == 1);
    assertThat(status("new.test")).isEqualTo(200);
    assertThat(gateway.admin("/ready").text()).isEqualTo("ready\n");
  }

  @Test
  @Tag("long")
  @Order(6)
  void k11ARotationThereReachesTheGatewaysClients() throws Exception {
    String before = Files.readString(gateway.ca());
    for (String step : List.of("rotate", "activate")) {
      try (var program = Program.menura(folder, "ca", step, "--data", keys.toString())) {
        assertThat(program.awaitEnd()).as(program.said()).isZero();
      }
    }
    GatewayProcess.await("both to be published")
        .until(() -> Files.readString(gateway.ca()).length() > before.length());
    Path former = Files.writeString(folder.resolve("former.pem"), before);
    assertThat(status("later.test")).isEqualTo(200);
    assertThat(gateway.curl(shop.url("later.test", "/"), "--cacert", former.toString()).status())
        .isEqualTo(200);
  }

  @Test
  @Tag("long")
  @Order(7)
  void aDataDirectoryWithAnAuthorityIsRefused() throws Exception {
    Path own = folder.resolve("own");
    try (var init = Program.menura(folder, "ca", "init", "--data", own.toString())) {
      assertThat(init.awaitEnd()).as(init.said()).isZero();
    }
    try (var program =
        Program.menura(
            folder,
            "run",
            "--policy",
            folder.resolve("policy").toString(),
            "--data",
            own.toString(),
            "--certificates",
            "unix:" + socket)) {
      assertThat(program.awaitEnd()).isEqualTo(1);
      assertThat(program.said()).contains("is not to have");
    }
  }

  @Test
  @Tag("long")
  @Order(7)
  void aPolicyThatHasUsersPresentedIsRefused() throws Exception {
    Path mimicking = Files.createDirectory(folder.resolve("mimicking"));
    Files.writeString(
        mimicking.resolve("policy.yaml"),
        Lab.policy(
            """
            - name: by-user
              when: true
              then: [{present-client-certificate: {mimic: true}}, allow]
            """));
    try (var program =
        Program.menura(
            folder,
            "run",
            "--policy",
            mimicking.toString(),
            "--data",
            folder.resolve("without-key").toString(),
            "--certificates",
            "unix:" + socket)) {
      assertThat(program.awaitEnd()).isEqualTo(2);
      assertThat(program.said())
          .contains("policy.yaml:8:51: error: expected a stored certificate, because");
    }
  }
}
