package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.testing.TestCertificate;
import java.nio.file.Path;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Origins whose TLS is not sound are refused, and the page and the event say what was found.
@ExtendWith(Failures.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WeakOriginTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final String SECURES_RENEGOTIATION = "ff01000100";
  private static final int TLS_1_2 = 0x0303;
  private static final int SOUND = 0xC02B;

  @TempDir private static Path folder;
  private Lab lab;
  private TestCertificate rsa;
  private TestCertificate p256;

  @BeforeAll
  void start() {
    lab = Lab.start(folder, ALLOW);
    p256 = lab.root.leaf(CertificateShape.forNames("weak.test"));
    rsa = lab.root.leaf(CertificateShape.forNames("weak.test").key(KeyType.RSA_2048));
  }

  @AfterAll
  void stop() {
    lab.close();
  }

  /// A server with one fault.
  ///
  /// @param open gives the port, from the server that it starts
  record Weak(String name, Opened open, String reason, String said) {
    @Override
    public String toString() {
      return name;
    }
  }

  interface Opened {
    Running start();
  }

  record Running(AutoCloseable server, int port, ToIntFunction<Object> requests) {}

  Stream<Weak> weak() {
    return Stream.of(
        version("SSL 3.0", () -> scripted(0x0300, 0x002F, 0, ""), "only SSL 3.0"),
        version("TLS 1.0", () -> go("1.0", "1.0", ""), "only TLS 1.0"),
        version("TLS 1.1", () -> go("1.1", "1.1", ""), "only TLS 1.1"),
        version("TLS 1.0 and 1.1", () -> go("1.0", "1.1", ""), "only TLS 1.1"),
        version("TLS 1.0 by OpenSSL", () -> openssl("-tls1", "DEFAULT"), "only TLS 1.0"),
        version(
            "an older version in spite of the offer",
            () -> scripted(0x0302, SOUND, 0, ""),
            "only TLS 1.1"),
        parameters("RC4", () -> go("1.2", "1.2", "c011"), "only RC4"),
        parameters("3DES", () -> go("1.2", "1.2", "c012"), "only 3DES"),
        parameters("3DES with static RSA", () -> go("1.2", "1.2", "a"), "only 3DES"),
        parameters(
            "no forward secrecy with SHA-256",
            () -> openssl("-tls1_2", "AES128-SHA256"),
            "only suites without forward secrecy"),
        parameters(
            "CBC with SHA-256",
            () -> openssl("-tls1_2", "ECDHE-RSA-AES128-SHA256"),
            "only suites without authenticated encryption"),
        parameters(
            "CBC for HTTP/2",
            () -> openssl("-tls1_2", "ECDHE-RSA-AES128-SHA", "-alpn", "h2"),
            "HTTP/2 forbids"),
        parameters(
            "no encryption", () -> openssl("-tls1_2", "eNULL"), "only suites without encryption"),
        parameters(
            "anonymous",
            () -> openssl("-tls1_2", "ADH-AES128-GCM-SHA256"),
            "only anonymous suites"),
        parameters(
            "Diffie-Hellman of 512 bits",
            () -> running(ScriptedHello.withGroup(0x0033, 512)),
            "only Diffie-Hellman of 512 bits"),
        parameters(
            "Diffie-Hellman by OpenSSL",
            () -> openssl("-tls1_2", "DHE-RSA-AES128-GCM-SHA256"),
            "only Diffie-Hellman of 2048 bits"),
        parameters(
            "RC4 in spite of the offer",
            () -> scripted(TLS_1_2, 0x0005, 0, SECURES_RENEGOTIATION),
            "only RC4"),
        parameters(
            "export RC4",
            () -> scripted(TLS_1_2, 0x0003, 0, SECURES_RENEGOTIATION),
            "only export suites"),
        parameters(
            "export DES",
            () -> scripted(TLS_1_2, 0x0014, 0, SECURES_RENEGOTIATION),
            "only export suites"),
        parameters("DES", () -> scripted(TLS_1_2, 0x0009, 0, SECURES_RENEGOTIATION), "only DES"),
        parameters(
            "compression",
            () -> scripted(TLS_1_2, SOUND, 1, SECURES_RENEGOTIATION),
            "asks for compression"),
        parameters(
            "renegotiation that is not secured",
            () -> scripted(TLS_1_2, SOUND, 0, ""),
            "does not secure renegotiation"));
  }

  private static Weak version(String name, Opened open, String said) {
    return new Weak(name, open, "origin-tls-version", said);
  }

  private static Weak parameters(String name, Opened open, String said) {
    return new Weak(name, open, "origin-tls-parameters", said);
  }

  private Running go(String lowest, String highest, String suites) {
    var origin =
        Origin.tls(
            folder,
            rsa,
            "-lowest",
            lowest,
            "-highest",
            highest,
            "-suites",
            suites,
            "-alpn",
            "http/1.1");
    return new Running(origin, origin.port(), _ -> (int) origin.requests());
  }

  private Running openssl(String version, String ciphers, String... more) {
    var flags =
        Stream.concat(
            Stream.of("-www", version, "-cipher", ciphers + ":@SECLEVEL=0"), Stream.of(more));
    var server = OpensslServer.start(folder, rsa, flags.toArray(String[]::new));
    return new Running(server, server.port(), _ -> 0);
  }

  private static Running scripted(int version, int suite, int compression, String extensions) {
    return running(new ScriptedHello(version, suite, compression, extensions));
  }

  private static Running running(ScriptedHello server) {
    return new Running(server, server.port(), _ -> 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("weak")
  void u17IsRefusedAndTheReasonSaysWhatWasFound(Weak weak) throws Exception {
    var server = weak.open().start();
    try (var _ = server.server()) {
      lab.events.clear();
      var answer =
          Curl.through(
              lab, "https://weak.test:" + server.port() + "/", "-d", "a secret", "--http1.1");
      assertThat(answer.status()).as(answer.body() + answer.log()).isEqualTo(502);
      assertThat(answer.body()).contains(weak.reason()).contains(weak.said());
      assertThat(server.requests().applyAsInt(weak)).isZero();
      var event = lab.awaitConnection("weak.test");
      assertThat(event.common().reason()).isEqualTo(weak.reason());
      assertThat(event.tls().connectionClass()).isEqualTo("block");
    }
  }

  @Test
  void u17RenegotiationEndsTheConnection() {
    try (var server = OpensslServer.start(folder, p256, "-tls1_2");
        var client = GoClient.to(lab, server.url("weak.test")).with("-h1").start()) {
      server.await("GET / HTTP/1.1");
      server.say("r");
      assertThat(client.await("response").get("status").getAsInt()).isBetween(502, 503);
      server.await("ERROR");
    }
  }

  @Test
  void u17ClientsAreNotOfferedAHigherVersionThanTheOrigins() {
    try (var origin = Origin.tls(folder, p256, "-highest", "1.2");
        var client = GoClient.to(lab, origin.url("weak.test", "/")).start()) {
      assertThat(client.await("response").get("tls").getAsString()).isEqualTo("TLS 1.2");
    }
  }
}
