package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.x509.OriginName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A server of OpenSSL's staples, and the probe takes what it staples.
class StapleTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"-tls1_2", "-tls1_3"})
  void U9_takesTheStapleFromTheHandshake(String version) throws Exception {
    var certificate = TestRoot.create("Root").leaf("a.test");
    Path chain = Files.writeString(directory.resolve("chain.pem"), certificate.chainPem());
    Path key = Files.writeString(directory.resolve("key.pem"), certificate.keyPem());
    // What it says does not matter here.
    byte[] staple =
        new OCSPResponse(new OCSPResponseStatus(OCSPResponseStatus.TRY_LATER), null).getEncoded();
    Path answer = Files.write(directory.resolve("answer.der"), staple);
    var server =
        new ProcessBuilder(
                List.of(
                    "openssl",
                    "s_server",
                    "-accept",
                    "127.0.0.1:0",
                    version,
                    "-cert",
                    chain.toString(),
                    "-key",
                    key.toString(),
                    "-status_file",
                    answer.toString()))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var output = server.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.startsWith("ACCEPT ")) {
        line = output.readLine();
      }
      assertThat(line).isNotNull();
      int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      var result =
          new Probe(Duration.ofSeconds(5), 128 * 1024)
              .probe(
                  OriginName.of("a.test"),
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      assertThat(result)
          .isInstanceOfSatisfying(
              Probe.Result.Chain.class,
              seen ->
                  assertThat(seen.captured().staple())
                      .hasValueSatisfying(found -> assertThat(found.encoded()).isEqualTo(staple)));
    } finally {
      server.destroyForcibly();
    }
  }
}
