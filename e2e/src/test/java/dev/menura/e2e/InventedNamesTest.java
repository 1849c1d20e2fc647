package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A client that invents names can fill neither the sidecar nor Envoy, and others are served.
@ExtendWith(Failures.class)
class InventedNamesTest {
  private static final int NAMES_KEPT = 50;
  private static final int PAGES_KEPT = 500;
  private static final int CLIENTS = 8;
  private static final int USED = 5;
  private static final int BETWEEN = 4;
  private static final long GROWTH_MAX_KIB = 128 * 1024;
  private static final Pattern SECRET = Pattern.compile("\"name\": \"n[0-9]+\\.[a-z]+\\.test\"");
  private static final String GATEWAY =
      """
      apiVersion: menura.dev/v1
      kind: Gateway
      metadata: {name: default}
      spec:
        listen: {explicit: {address: "127.0.0.1:0"}}
        certificates: {names: 50}
        upstream:
          trust: {system-roots: false, roots: [origin-root.pem]}
          allow-addresses: [127.0.0.0/8]
          hosts: {"*.many.test": 127.0.0.1, "shop.test": 127.0.0.1}
      """;

  @TempDir private Path folder;

  @Test
  void k5InventedNamesAreBoundedAndEvictNobodyWhoIsInUse() throws Exception {
    invent(600, 700);
  }

  @Tag("long")
  @Test
  void k5InventedNamesAreBoundedInThousandsToo() throws Exception {
    invent(6_000, 3_000);
  }

  /// @param resolved names that lead to an origin, whose certificate holds for them
  /// @param unadmitted server names that are not the tunnel's
  private void invent(int resolved, int unadmitted) throws Exception {
    try (var lab =
            Lab.startWith(folder, GATEWAY, Lab.policy("- {name: all, when: true, then: allow}"));
        var many = Origin.tls(folder, lab.root.leaf("*.many.test"));
        var shop = Origin.tls(folder, lab.root.leaf("shop.test"));
        var clients = Executors.newFixedThreadPool(CLIENTS)) {
      var used = new ArrayList<BigInteger>();
      for (int i = 0; i < USED; i++) {
        used.add(serial(lab, many, i));
      }
      long resident = HugeCertificateTest.residentKib(lab);
      var next = new AtomicInteger();
      var pages = new AtomicInteger();
      var pending = new ArrayList<Future<?>>();
      for (int i = 0; i < CLIENTS; i++) {
        pending.add(
            clients.submit(() -> {
              for (int n = next.getAndIncrement(); n < resolved; n = next.getAndIncrement()) {
                var target = "n" + n + ".many.test:" + many.port();
                try (var client = RawClient.tls(lab, target, "http/1.1")) {
                  assertThat(client.certificate().getIssuerX500Principal().getName())
                      .contains("Menura CA");
                }
                if (n % BETWEEN == 0) {
                  // One that is in use among the invented ones is still the one that it was.
                  int again = n / BETWEEN % USED;
                  assertThat(serial(lab, many, again)).isEqualTo(used.get(again));
                }
              }
            }));
      }
      while (!pending.stream().allMatch(Future::isDone)) {
        served(lab, shop);
      }
      for (Future<?> done : pending) {
        done.get(8, TimeUnit.MINUTES);
      }
      pending.clear();
      long requests = shop.requests();
      next.set(0);
      for (int i = 0; i < CLIENTS; i++) {
        pending.add(
            clients.submit(() -> {
              for (int n = next.getAndIncrement(); n < unadmitted; n = next.getAndIncrement()) {
                var target = "shop.test:" + shop.port();
                var name = RawClient.latin1("n" + n + ".invented.test");
                var tls = RawClient.tunnel(lab, target).handshake(Optional.of(name), "http/1.1");
                if (tls.isPresent()) {
                  try (var client = tls.get()) {
                    assertThat(client.get(target, "/").status()).isEqualTo(403);
                    pages.incrementAndGet();
                  }
                }
              }
            }));
      }
      for (Future<?> done : pending) {
        done.get(8, TimeUnit.MINUTES);
      }
      assertThat(pages.get()).isGreaterThan(unadmitted / 2);
      assertThat(shop.requests()).isEqualTo(requests);
      assertThat(many.requests()).isZero();
      var certificates = lab.sidecar().certificates();
      assertThat(certificates.secretWatcher().size()).isLessThanOrEqualTo(NAMES_KEPT);
      assertThat(certificates.blockSecretWatcher().size()).isLessThanOrEqualTo(PAGES_KEPT);
      Awaitility.await("Envoy to have let go of the names")
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () -> assertThat(secretsOfEnvoy(lab)).isBetween(1L, (long) NAMES_KEPT + PAGES_KEPT));
      served(lab, shop);
      assertThat(HugeCertificateTest.residentKib(lab) - resident).isLessThan(GROWTH_MAX_KIB);
    }
  }

  /// The number of the certificate that is shown under a name in use.
  private static BigInteger serial(Lab lab, Origin many, int number) {
    try (var client =
        RawClient.tls(lab, "used" + number + ".many.test:" + many.port(), "http/1.1")) {
      return client.certificate().getSerialNumber();
    }
  }

  private static void served(Lab lab, Origin shop) {
    assertThat(Curl.through(lab, shop.url("shop.test", "/")).status()).isEqualTo(200);
  }

  private static long secretsOfEnvoy(Lab lab) throws IOException {
    return SECRET
        .matcher(lab.admin().get("/config_dump?resource=dynamic_active_secrets"))
        .results()
        .map(MatchResult::group)
        .distinct()
        .count();
  }
}
