package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Origins that send more certificate than anyone wants, or one that never ends: time and memory
/// are bounded, the reason is in the event, and other connections go on.
@ExtendWith(Failures.class)
class HugeCertificateTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  /// With the leaf before it, as much as a handshake message can hold: RFC 8446 4, 2^24 - 1 bytes.
  private static final int FILLER_16_MIB = (1 << 24) - 8 * 1024;

  private static final Duration IN_TIME = Duration.ofSeconds(15);
  private static final long ENVOY_GROWTH_MAX_KIB = 64 * 1024;

  @TempDir private Path folder;

  private static List<String> filler(int bytes) {
    return List.of("-filler", String.valueOf(bytes));
  }

  private static List<String> dripping() {
    return List.of("-drip", "100ms");
  }

  /// Asks for the host of a hostile origin while another origin is asked again and again.
  private Curl beside(Lab lab, String host, TestCertificate presented, List<String> flags)
      throws Exception {
    try (var hostile =
            Origin.hostile(
                folder, presented.chainPem(), presented.keyPem(), flags.toArray(String[]::new));
        var shop = Origin.tls(folder, lab.root.leaf("*.shop.test"));
        var thread = Executors.newSingleThreadExecutor()) {
      assertThat(Curl.through(lab, shop.url("www.shop.test", "/")).status()).isEqualTo(200);
      long before = residentKib(lab);
      long begun = System.nanoTime();
      var refused =
          thread.submit(
              () -> Curl.through(lab, hostile.url(host, "/"), "--http1.1", "-d", "a secret"));
      hostile.await("connection");
      int asked = 0;
      do {
        // A name that is known, and one that is not.
        for (String name : List.of("www", host.replace('.', '-') + asked++)) {
          var other = Curl.through(lab, shop.url(name + ".shop.test", "/"));
          assertThat(other.status()).as(other.log()).isEqualTo(200);
        }
      } while (!refused.isDone());
      var answer = refused.get();
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(IN_TIME);
      assertThat(residentKib(lab) - before).isLessThan(ENVOY_GROWTH_MAX_KIB);
      assertThat(hostile.requests()).isZero();
      return answer;
    }
  }

  /// The most memory that Envoy has had.
  static long residentKib(Lab lab) throws IOException {
    var pid = Files.readString(lab.data.resolve("envoy.pid")).strip().split("\\s+", 2)[0];
    return Files.readAllLines(Path.of("/proc", pid, "status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void u11TooMuchIsRefusedAtTheLook() throws Exception {
    try (var lab = Lab.start(folder, ALLOW)) {
      String[] names =
          IntStream.range(0, 10_000).mapToObj("x%d.names.test"::formatted).toArray(String[]::new);
      names[0] = "names.test";
      var huge = new ArrayList<Case>();
      huge.add(new Case("names.test", lab.root.leaf(names), List.of()));
      huge.add(new Case("chain.test", lab.root.leaf("chain.test"), filler(287_000)));
      huge.add(new Case("message.test", lab.root.leaf("message.test"), filler(FILLER_16_MIB)));
      for (Case each : huge) {
        var answer = beside(lab, each.host(), each.presented(), each.flags());
        assertThat(answer.status()).as(answer.log()).isEqualTo(502);
        assertThat(answer.body()).contains("origin-too-large");
        assertThat(answer.log()).contains("CN=Menura block page");
        assertThat(lab.awaitConnection(each.host()).common().reason())
            .isEqualTo("origin-too-large");
      }
    }
  }

  private record Case(String host, TestCertificate presented, List<String> flags) {}

  @Test
  void u11ADrippedCertificateIsGivenUpAtTheLook() throws Exception {
    try (var lab = Lab.start(folder, ALLOW)) {
      var answer = beside(lab, "drip.test", lab.root.leaf("drip.test"), dripping());
      assertThat(answer.status()).as(answer.log()).isEqualTo(504);
      assertThat(answer.body()).contains("origin-timeout");
      assertThat(lab.awaitConnection("drip.test").common().reason()).isEqualTo("origin-timeout");
    }
  }

  /// The look sees nothing of it: what Envoy's own handshake is sent is bounded too.
  @Test
  void u11TooMuchOrTooSlowAfterTheLookIsRefusedByEnvoy() throws Exception {
    try (var lab = Lab.start(folder, ALLOW)) {
      var host = "later.test";
      for (List<String> flags : List.of(filler(287_000), filler(FILLER_16_MIB), dripping())) {
        var all = new ArrayList<>(List.of("-honest", "1"));
        all.addAll(flags);
        var answer = beside(lab, host, lab.root.leaf(host), all);
        assertThat(answer.status()).as(flags + answer.log()).isIn(502, 504);
        assertThat(answer.issuer()).contains("Menura CA");
        assertThat(answer.log()).contains("x-menura-reason: origin-");
        assertThat(lab.awaitExchange(host).status()).isEqualTo(answer.status());
      }
    }
  }
}
