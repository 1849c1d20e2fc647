package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Where the authority's key is while a whole gateway works, and where it is not.
@ExtendWith(Failures.class)
class AuthorityKeyTest {
  private static final String RULES =
      """
      - {name: no-bets, when: "host.name == 'bets.test'", then: block}
      - {name: old, when: "host.name == 'old.test'", then: distrust}
      - {name: cards, when: "request.body.count('credit-card') >= 1", then: block}
      - {name: all, when: true, then: allow}
      """;
  private static final List<Path> TOKEN_MODULES =
      List.of(
          Path.of("/usr/lib/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/softhsm/libsofthsm2.so"),
          Path.of("/usr/lib64/pkcs11/libsofthsm2.so"));
  private static final String PIN = "123456";

  @TempDir private Path folder;

  @Test
  void k6NothingThatTheGatewayWritesOrAnswersHoldsTheKey() throws Exception {
    try (var gateway = GatewayProcess.in(folder, RULES).up()) {
      work(gateway);

      var clean = scan(gateway, 0);
      assertThat(clean.get("keys").getAsInt()).isEqualTo(1);
      assertThat(clean.get("found").getAsJsonArray()).isEmpty();
      assertThat(clean.get("looked-at").getAsInt()).isGreaterThan(15);

      Path key = keyFile(gateway.inData("ca"));
      Files.writeString(gateway.inData("envoy.log"), Files.readString(key));
      assertThat(scan(gateway, 1).get("found").toString()).contains("envoy.log");
    }
  }

  @Test
  void theKeyStaysInTheTokenWhileTheGatewayWorks() throws Exception {
    Path module = module();
    Missing.skipUnlessFound("softhsm2-util", "softhsm2");
    String label = "menura-e2e-" + UUID.randomUUID().toString().substring(0, 8);
    configureTokens();
    token("--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "654321");
    Path pin = Files.writeString(folder.resolve("pin"), PIN + "\n");
    Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("rw-------"));
    var prepared = GatewayProcess.in(folder, RULES);
    prepared.document(
        "gateway.yaml",
        Lab.GATEWAY
            + "  ca: {key: {pkcs11: {library: %s, token: %s, label: ca, pin: {file: %s}}}}\n"
                .formatted(module, label, pin));
    try (var gateway = prepared.up()) {
      work(gateway);

      try (Stream<Path> files = Files.list(gateway.inData("ca"))) {
        assertThat(files).noneMatch(file -> file.getFileName().toString().contains("key"));
      }
      assertThat(scan(gateway, 0).get("keys").getAsInt()).isZero();
    } finally {
      token("--delete-token", "--token", label);
    }
  }

  /// Mimics, a block page, a distrusted mimic and a blocked upload.
  private void work(GatewayProcess gateway) {
    try (var shop = Origin.tls(folder, gateway.root.leaf("shop.test"));
        var old = Origin.tls(folder, gateway.root.leaf(FlawedOriginTest.expired("old.test")))) {
      assertThat(status(gateway, shop.url("shop.test", "/"))).isEqualTo(200);
      assertThat(status(gateway, shop.url("bets.test", "/"))).isEqualTo(403);
      assertThat(status(gateway, old.url("old.test", "/"), "--insecure")).isEqualTo(200);
      assertThat(status(gateway, shop.url("shop.test", "/"), "-d", "4111 1111 1111 1111"))
          .isEqualTo(403);
    }
  }

  private static int status(GatewayProcess gateway, String url, String... more) {
    var arguments =
        new ArrayList<>(
            List.of("-x", "http://" + gateway.proxy(), "--cacert", gateway.ca().toString()));
    arguments.addAll(List.of(more));
    return Curl.run(url, arguments).status();
  }

  private JsonObject scan(GatewayProcess gateway, int exitCode) {
    try (var scan =
        Program.menura(
            folder,
            "ca",
            "scan",
            "--json",
            "--policy",
            folder.resolve("policy").toString(),
            "--data",
            gateway.inData("").toString())) {
      assertThat(scan.awaitEnd()).as(scan.said()).isEqualTo(exitCode);
      return JsonParser.parseString(scan.said()).getAsJsonObject();
    }
  }

  private static Path keyFile(Path authority) throws IOException {
    try (Stream<Path> files = Files.walk(authority)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("ca-key"))
          .findFirst()
          .orElseThrow();
    }
  }

  private static Path module() {
    return TOKEN_MODULES.stream()
        .filter(Files::isReadable)
        .findFirst()
        .orElseGet(() -> {
          Missing.skip("SoftHSM2 is not there: apt-get install softhsm2");
          throw new AssertionError();
        });
  }

  /// Where the build names a configuration, the tokens are beside it.
  private static void configureTokens() throws IOException {
    String file = System.getenv("SOFTHSM2_CONF");
    if (file != null && !Files.exists(Path.of(file))) {
      Path tokens = Files.createDirectories(Path.of(file).resolveSibling("softhsm-tokens"));
      Files.writeString(Path.of(file), "directories.tokendir = " + tokens + "\n");
    }
  }

  private void token(String... arguments) {
    var command =
        Stream.concat(Stream.of("softhsm2-util"), Stream.of(arguments)).toArray(String[]::new);
    try (var program = Program.start(folder, command)) {
      assertThat(program.awaitEnd()).as(program.said()).isZero();
    }
  }
}
