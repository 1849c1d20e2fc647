package dev.menura.certificates.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.KeyType;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.testing.TestServer;
import dev.menura.certificates.upstream.Look.Reason;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Look.Unreachable;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PeeksTest {
  private static final OriginName NAME = OriginName.of("a.test");
  private static final Duration SHORT = Duration.ofMillis(300);

  private final TestClock clock = new TestClock();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final TestRoot root = TestRoot.create("Root");
  private final TestRoot between = root.intermediate("Between");
  private final Validator validator = validator(root, clock);
  private final Peeks peeks = peeks(PeekLimits.DEFAULT);

  @AfterEach
  void close() {
    peeks.close();
  }

  private Peeks peeks(PeekLimits limits) {
    return new Peeks(limits, validator, clock, clock, meters);
  }

  private static Validator validator(TestRoot trusted, Clock clock) {
    try {
      return new Validator(
          Roots.of(List.of(trusted.pem())), TestRoot.create("Own").certificate(), clock);
    } catch (java.security.cert.CertificateException e) {
      throw new IllegalStateException(e);
    }
  }

  private static PeekLimits within(Duration deadline) {
    var defaults = PeekLimits.DEFAULT;
    return new PeekLimits(
        deadline,
        defaults.bytesMax(),
        defaults.concurrentMax(),
        defaults.cacheBytesMax(),
        defaults.validFor(),
        defaults.problemFor(),
        defaults.unreachableFor());
  }

  private Seen seen(TestCertificate certificate) throws Exception {
    try (var server = TestServer.presenting(certificate)) {
      Look look = peeks.peek(NAME, server.address());
      assertThat(look).isInstanceOf(Seen.class);
      return (Seen) look;
    }
  }

  private Reason unreachable(TestServer.Behaviour behaviour, Duration deadline) throws Exception {
    try (var server = TestServer.of(behaviour);
        var bounded = peeks(within(deadline))) {
      Look look = bounded.peek(NAME, server.address());
      assertThat(look).isInstanceOf(Unreachable.class);
      return ((Unreachable) look).reason();
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"P256", "P384", "P521", "ED25519", "RSA_2048"})
  void takesTheChainOfAnOriginWithAnyKey(KeyType key) throws Exception {
    var certificate = between.leaf(CertificateShape.forNames("a.test").key(key));
    Seen seen = seen(certificate);

    assertThat(seen.verdict()).isEqualTo(Verdict.VALID);
    assertThat(seen.chain()).isEqualTo(certificate.chain());
    assertThat(seen.tlsVersion()).isEqualTo("TLSv1.3");
    assertThat(seen.fingerprint()).isEqualTo(Fingerprint.of(certificate.certificate()));
    assertThat(seen.subject()).isEqualTo("CN=a.test");
    assertThat(seen.issuer()).isEqualTo("CN=Between");
    assertThat(seen.key())
        .isEqualTo(
            switch (key) {
              case P256 -> "P-256";
              case P384 -> "P-384";
              case P521 -> "P-521";
              case ED25519 -> "Ed25519";
              default -> "RSA-2048";
            });
  }

  @Test
  void sendsTheNameAndTakesTheProtocolThatTheOriginChooses() throws Exception {
    try (var server = TestServer.presenting(between.leaf("a.test"), offering("http/1.1", "h2"))) {
      assertThat(peeks.peek(NAME, server.address()))
          .isInstanceOfSatisfying(
              Seen.class, seen -> assertThat(seen.alpn()).isEqualTo("http/1.1"));
      awaitNames(server, "type=host_name (0), value=a.test");
    }
  }

  private static java.util.function.UnaryOperator<SSLParameters> offering(String... protocols) {
    return parameters -> {
      parameters.setApplicationProtocols(protocols);
      return parameters;
    };
  }

  private static void awaitNames(TestServer server, String name) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (server.serverNames().isEmpty() && System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    assertThat(server.serverNames()).containsExactly(name);
  }

  @Test
  void sendsNoNameForAnAddressAndChecksTheAddressInTheCertificate() throws Exception {
    try (var server = TestServer.presenting(between.leaf("127.0.0.1"))) {
      var look = (Seen) peeks.peek(OriginName.of("127.0.0.1"), server.address());

      assertThat(look.verdict()).isEqualTo(Verdict.VALID);
      assertThat(server.serverNames()).isEmpty();
    }
  }

  /// Java's own server refuses such names; OpenSSL's does not.
  @Test
  void looksAtAnOriginWhoseNameHasAnUnderscore(@TempDir Path directory) throws Exception {
    var certificate = between.leaf("a_b.test");
    Path chain = Files.writeString(directory.resolve("chain.pem"), certificate.chainPem());
    Path key = Files.writeString(directory.resolve("key.pem"), certificate.keyPem());
    var server =
        new ProcessBuilder(
                "openssl",
                "s_server",
                "-accept",
                "127.0.0.1:0",
                "-cert",
                chain.toString(),
                "-cert_chain",
                chain.toString(),
                "-key",
                key.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var output = server.inputReader()) {
      String line = output.readLine();
      while (line != null && !line.startsWith("ACCEPT ")) {
        line = output.readLine();
      }
      assertThat(line).isNotNull();
      int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
      var look =
          peeks.peek(
              OriginName.of("a_b.test"),
              new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      assertThat(look)
          .isInstanceOfSatisfying(
              Seen.class, seen -> assertThat(seen.verdict()).isEqualTo(Verdict.VALID));
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void U8_namesALeafThatCannotBeRead() throws Exception {
    for (String version : List.of("TLSv1.3", "TLSv1.2")) {
      var sound = between.leaf("a.test");
      byte[] der = sound.certificate().getEncoded();
      byte[] longer = java.util.Arrays.copyOf(der, der.length + 1);
      byte[] garbage = {0x30, 3, 2, 1, 1};
      for (byte[] sent : List.of(longer, garbage)) {
        var unreadable = new UnreadableCertificate(sound.certificate(), sent);
        try (var server =
            TestServer.presenting(
                sound.presentedAs(List.of(unreadable, between.certificate())),
                parameters -> {
                  parameters.setProtocols(new String[] {version});
                  return parameters;
                })) {
          assertThat(peeks.peek(NAME, server.address()))
              .isInstanceOfSatisfying(
                  Seen.class,
                  seen -> {
                    assertThat(seen.verdict().problem()).isEqualTo(Problem.MALFORMED);
                    assertThat(seen.tlsVersion()).isEqualTo(version);
                  });
        }
      }
    }
  }

  @Test
  void speaksTls12Too() throws Exception {
    try (var server =
        TestServer.presenting(
            between.leaf("a.test"),
            parameters -> {
              parameters.setProtocols(new String[] {"TLSv1.2"});
              return parameters;
            })) {
      assertThat(((Seen) peeks.peek(NAME, server.address())).tlsVersion()).isEqualTo("TLSv1.2");
    }
  }

  @Test
  void seesAnOriginThatDemandsAClientCertificate() throws Exception {
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      try (var fresh = peeks(PeekLimits.DEFAULT);
          var server =
              TestServer.presenting(
                  between.leaf("a.test"),
                  parameters -> {
                    parameters.setProtocols(new String[] {version});
                    parameters.setNeedClientAuth(true);
                    return parameters;
                  })) {
        assertThat(fresh.peek(NAME, server.address()))
            .isInstanceOfSatisfying(
                Seen.class, seen -> assertThat(seen.request()).isEqualTo(Look.Request.ASKED));
      }
    }
  }

  @Test
  void saysWhetherTheOriginAsksForAClientCertificateThatItCanDoWithout() throws Exception {
    for (String version : List.of("TLSv1.2", "TLSv1.3")) {
      for (Look.Request request : Look.Request.values()) {
        try (var fresh = peeks(PeekLimits.DEFAULT);
            var server =
                TestServer.presenting(
                    between.leaf("a.test"),
                    parameters -> {
                      parameters.setProtocols(new String[] {version});
                      parameters.setWantClientAuth(request == Look.Request.ASKED);
                      return parameters;
                    })) {
          assertThat(((Seen) fresh.peek(NAME, server.address())).request()).isEqualTo(request);
        }
      }
    }
  }

  @Test
  void namesWhatIsWrongWithAChain() throws Exception {
    var soon = clock.instant().minusSeconds(5);
    assertThat(
            seen(between.leaf(CertificateShape.forNames("a.test").validUntil(soon)))
                .verdict()
                .problem())
        .isEqualTo(Problem.EXPIRED);
    assertThat(seen(between.leaf("b.test")).verdict().problem()).isEqualTo(Problem.WRONG_HOST);
    assertThat(seen(TestRoot.create("Other").leaf("a.test")).verdict().problem())
        .isEqualTo(Problem.INCOMPLETE_CHAIN);
    assertThat(seen(between.leaf("a.test").sentWith(List.of())).verdict().problem())
        .isEqualTo(Problem.INCOMPLETE_CHAIN);
    var selfSigned = TestRoot.selfSigned(CertificateShape.forNames("a.test"), clock);
    assertThat(seen(selfSigned).verdict().problem()).isEqualTo(Problem.SELF_SIGNED);
    var small = CertificateShape.forNames("a.test").key(KeyType.RSA_1024);
    assertThat(seen(between.leaf(small)).verdict().problem()).isEqualTo(Problem.WEAK_KEY);
  }

  @Test
  void refusesAnOriginThatDoesNotHaveTheKey() throws Exception {
    var mine = between.leaf("a.test");
    var stolen = between.leaf("a.test");
    var impostor = mine.presentedAs(stolen.chain());

    try (var server = TestServer.presenting(impostor)) {
      assertThat(peeks.peek(NAME, server.address()))
          .isInstanceOfSatisfying(
              Unreachable.class, gone -> assertThat(gone.reason()).isEqualTo(Reason.TLS_ALERT));
    }
  }

  @Test
  void saysThatNobodyListens() throws Exception {
    InetSocketAddress free;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = (InetSocketAddress) socket.getLocalSocketAddress();
    }

    assertThat(peeks.peek(NAME, free))
        .isInstanceOfSatisfying(
            Unreachable.class, gone -> assertThat(gone.reason()).isEqualTo(Reason.REFUSED));
  }

  @Test
  void saysThatAnOriginIsSilent() throws Exception {
    var over = new CountDownLatch(1);

    assertThat(unreachable(_ -> over.await(), SHORT)).isEqualTo(Reason.TIMEOUT);
    over.countDown();
  }

  @Test
  void givesAnOriginThatDripsNoMoreTime() throws Exception {
    byte[] record = {22, 3, 3, 0x40, 0};
    long start = System.nanoTime();
    var over = new CountDownLatch(1);

    var reason =
        unreachable(
            connection -> {
              connection.getOutputStream().write(record);
              while (!over.await(10, TimeUnit.MILLISECONDS)) {
                connection.getOutputStream().write(0);
              }
            },
            SHORT);
    over.countDown();

    assertThat(reason).isEqualTo(Reason.TIMEOUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  void saysThatAnOriginClosedTheConnection() throws Exception {
    assertThat(unreachable(connection -> {}, Duration.ofSeconds(5))).isEqualTo(Reason.RESET);
    assertThat(
            unreachable(
                connection -> {
                  connection.setSoLinger(true, 0);
                  var _ = connection.getInputStream().read();
                },
                Duration.ofSeconds(5)))
        .isEqualTo(Reason.RESET);
  }

  @Test
  void saysThatAnOriginDoesNotSpeakTls() throws Exception {
    for (String text : List.of("HTTP/1.1 400 Bad Request\r\n\r\n", "SSH-2.0-x\r\n", "\u0016x")) {
      assertThat(
              unreachable(
                  connection -> {
                    connection.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
                    var _ = connection.getInputStream().readAllBytes();
                  },
                  Duration.ofSeconds(5)))
          .isEqualTo(Reason.NOT_TLS);
    }
  }

  @Test
  void saysThatTheOriginEndedTheHandshake() throws Exception {
    byte[] alert = {21, 3, 3, 0, 2, 2, 40};
    assertThat(
            unreachable(
                connection -> {
                  connection.getOutputStream().write(alert);
                  var _ = connection.getInputStream().readAllBytes();
                },
                Duration.ofSeconds(5)))
        .isEqualTo(Reason.TLS_ALERT);
  }

  @Test
  void U11_refusesCertificateMessagesThatAreTooLarge() throws Exception {
    String[] names =
        IntStream.range(0, 10_000).mapToObj("x%d.a.test"::formatted).toArray(String[]::new);

    try (var server = TestServer.presenting(between.leaf(names))) {
      assertThat(peeks.peek(NAME, server.address()))
          .isInstanceOfSatisfying(
              Unreachable.class, gone -> assertThat(gone.reason()).isEqualTo(Reason.TOO_LARGE));
    }
  }

  @Test
  void U10_takesAHundredCertificatesAndRefusesOneMore() throws Exception {
    var leaf = between.leaf("a.test");
    List<X509Certificate> many = new ArrayList<>(Collections.nCopies(99, between.certificate()));
    assertThat(seen(leaf.sentWith(many)).verdict()).isEqualTo(Verdict.VALID);

    many.add(between.certificate());
    assertThat(seen(leaf.sentWith(many)).verdict().problem()).isEqualTo(Problem.MALFORMED);
  }

  @Test
  void boundsTheBytesOfAHandshakeWhateverTheyAre() throws Exception {
    byte[] warning = {21, 3, 3, 0, 2, 1, 90};

    assertThat(
            unreachable(
                connection -> {
                  for (int i = 0; i < 100_000; i++) {
                    connection.getOutputStream().write(warning);
                  }
                  // A close before the client has read all would reset the connection.
                  var _ = connection.getInputStream().readAllBytes();
                },
                Duration.ofSeconds(10)))
        .isIn(Reason.TOO_LARGE, Reason.TLS_ALERT);
  }

  @Test
  void remembersAValidLookForTenMinutesAndAProblemForHalfAMinute() throws Exception {
    var looks = new Looks(clock);
    try (var remembering =
            new Peeks(within(Duration.ofMinutes(1)), validator(root, looks), clock, clock, meters);
        var good = TestServer.presenting(between.leaf("a.test"));
        var bad = TestServer.presenting(between.leaf("b.test"))) {
      remembering.peek(NAME, good.address());
      remembering.peek(NAME, bad.address());
      looks.awaitRemembered(2);
      clock.advance(Duration.ofSeconds(29));
      remembering.peek(NAME, good.address());
      remembering.peek(NAME, bad.address());
      assertThat(good.connections()).isEqualTo(1);
      assertThat(bad.connections()).isEqualTo(1);

      clock.advance(Duration.ofSeconds(2));
      remembering.peek(NAME, bad.address());
      looks.awaitRemembered(3);
      assertThat(bad.connections()).isEqualTo(2);

      clock.advance(Duration.ofSeconds(568));
      remembering.peek(NAME, good.address());
      assertThat(good.connections()).isEqualTo(1);
      clock.advance(Duration.ofSeconds(2));
      remembering.peek(NAME, good.address());
      assertThat(good.connections()).isEqualTo(2);
    }
  }

  /// A validator's clock, and with it the threads that look. The cache notes the time at which a
  /// look's life begins on the looking thread, after the caller may have its answer: a test that
  /// moves the clock waits for the end of that thread.
  private static final class Looks extends Clock {
    private final Clock clock;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    Looks(Clock clock) {
      this.clock = clock;
    }

    @Override
    public Instant instant() {
      threads.add(Thread.currentThread());
      return clock.instant();
    }

    void awaitRemembered(int looks) throws InterruptedException {
      assertThat(threads).hasSize(looks);
      for (Thread looking : threads) {
        looking.join();
      }
    }

    @Override
    public ZoneId getZone() {
      return clock.getZone();
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return clock.withZone(zone);
    }
  }

  @Test
  void believesNoLookBeyondTheExpiryOfTheCertificate() throws Exception {
    var until = clock.instant().plusSeconds(60);
    var shape = CertificateShape.forNames("a.test").validUntil(until);
    var looks = new Looks(clock);
    try (var remembering =
            new Peeks(PeekLimits.DEFAULT, validator(root, looks), clock, clock, meters);
        var server = TestServer.presenting(between.leaf(shape))) {
      assertThat(((Seen) remembering.peek(NAME, server.address())).verdict())
          .isEqualTo(Verdict.VALID);
      looks.awaitRemembered(1);
      clock.advance(Duration.ofSeconds(61));
      assertThat(((Seen) remembering.peek(NAME, server.address())).verdict().problem())
          .isEqualTo(Problem.EXPIRED);
    }
  }

  @Test
  void remembersByNameAndAddressTogether() throws Exception {
    try (var server = TestServer.presenting(between.leaf("a.test", "b.test"))) {
      peeks.peek(NAME, server.address());
      peeks.peek(OriginName.of("b.test"), server.address());

      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @Test
  void sharesOneConnectionBetweenCallersAtTheSameTime() throws Exception {
    var go = new CountDownLatch(1);
    var context = between.leaf("a.test").serverContext();
    try (var server =
            TestServer.of(connection -> {
              go.await();
              var tls =
                  (javax.net.ssl.SSLSocket)
                      context.getSocketFactory().createSocket(connection, null, true);
              tls.setUseClientMode(false);
              tls.startHandshake();
            });
        var callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Look>> looks =
          IntStream.range(0, 20)
              .mapToObj(_ -> callers.submit(() -> peeks.peek(NAME, server.address())))
              .toList();
      go.countDown();
      for (Future<Look> look : looks) {
        assertThat(look.get()).isInstanceOf(Seen.class);
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void forgetsAndJudgesAnewWhenTheRootsChange() throws Exception {
    try (var server = TestServer.presenting(between.leaf("a.test"))) {
      assertThat(((Seen) peeks.peek(NAME, server.address())).verdict()).isEqualTo(Verdict.VALID);
      peeks.trust(validator(TestRoot.create("Other"), clock));

      assertThat(((Seen) peeks.peek(NAME, server.address())).verdict().problem())
          .isEqualTo(Problem.UNTRUSTED_ROOT);
    }
  }

  @Test
  void countsLooksByWhatCameOfThem() throws Exception {
    var _ = seen(between.leaf("a.test"));
    var _ = seen(between.leaf("b.test"));

    assertThat(meters.get("menura.certificates.peek").tag("result", "valid").timer().count())
        .isEqualTo(1);
    assertThat(meters.get("menura.certificates.peek").tag("result", "wrong-host").timer().count())
        .isEqualTo(1);
    assertThat(meters.get("menura.certificates.peek").tag("result", "timeout").timer().count())
        .isZero();
  }
}
