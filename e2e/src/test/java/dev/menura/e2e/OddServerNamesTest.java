package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Server names in TLS that are none, or another spelling of one. Envoy asks for a certificate by
/// that name, so it must never become part of a resource's name, or of a path, as it came.
@ExtendWith(Failures.class)
class OddServerNamesTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";
  private static final Pattern NAME = Pattern.compile("\"name\": \"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final Pattern SOUND = Pattern.compile("[A-Za-z0-9._-]*|menura/[a-z0-9-]*");

  @TempDir private Path folder;

  private static byte[] utf8(String name) {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void k4OddServerNamesAreRefusedOrCanonicalised() throws Exception {
    try (var lab = Lab.start(folder, ALLOW);
        var shop = Origin.tls(folder, lab.root.leaf("shop.test"));
        var clients = Executors.newFixedThreadPool(8)) {
      var target = "shop.test:" + shop.port();
      try (var client = RawClient.tls(lab, target, "http/1.1")) {
        assertThat(client.get(target, "/").status()).isEqualTo(200);
      }
      var files = files(lab);
      var sent = shop.requests();
      lab.awaitExchange("shop.test");
      int known = lab.events.size();
      var refusals = new ArrayList<Future<?>>();
      for (String odd :
          List.of(
              "../../../../etc/passwd",
              "..",
              "shop.test/../x",
              "menura/upstream-roots",
              "shop.test\u0000.evil.test",
              "\u0000",
              "%2e%2e%2fshop.test",
              "%s%n.test",
              "shop.test\n",
              "shop.test\r\nx-injected: 1",
              "shop test",
              "*.shop.test",
              "*",
              "127.0.0.1",
              "[::1]",
              "0x7f.1",
              "sh\u043ep.test", // a Cyrillic o
              "b\u00fccher.test",
              "xn--shp-nza.test",
              "xdstp://shop.test/a?b#c",
              "a".repeat(64) + ".test",
              "a.".repeat(126) + "test",
              "a".repeat(8_000),
              "a.".repeat(31_000) + "test")) {
        var called = odd.length() > 60 ? "a long name" : odd;
        refusals.add(clients.submit(() -> refused(lab, target, utf8(odd), called)));
      }
      byte[] none = {(byte) 0xff, (byte) 0xfe};
      refusals.add(clients.submit(() -> refused(lab, target, none, "no UTF-8")));
      refusals.add(clients.submit(() -> refused(lab, target, new byte[0], "empty")));
      for (Future<?> refusal : refusals) {
        refusal.get(1, TimeUnit.MINUTES);
      }
      assertThat(lab.events.stream().map(event -> event.common().reason()).skip(known))
          .isSubsetOf("malformed-sni", "sni-host-mismatch", "protocol-not-inspectable")
          .contains("malformed-sni", "sni-host-mismatch");
      assertThat(shop.requests()).isEqualTo(sent);

      // Other spellings of the target: served as the target, or refused, and nothing between.
      for (String spelling : List.of("SHOP.test", "Shop.Test", "shop.test.")) {
        var before = shop.requests();
        var tls = RawClient.tunnel(lab, target).handshake(Optional.of(utf8(spelling)), "http/1.1");
        if (tls.isPresent()) {
          try (var client = tls.get()) {
            var status = client.get(target, "/").status();
            assertThat(status).as(spelling).isIn(200, 403);
            Awaitility.await("what reached the origin")
                .until(() -> shop.requests() - before == (status == 200 ? 1 : 0));
            assertThat(client.certificate().toString()).contains("DNSName: shop.test");
          }
        }
      }

      assertThat(resourceNames(lab)).isNotEmpty().allMatch(name -> SOUND.matcher(name).matches());
      assertThat(files(lab)).isEqualTo(files);
      try (var client = RawClient.tls(lab, target, "http/1.1")) {
        assertThat(client.get(target, "/").status()).isEqualTo(200);
      }
    }
  }

  /// The client gets no mimic of the target: nothing, or the page.
  private static void refused(Lab lab, String target, byte[] name, String called) {
    var tls = RawClient.tunnel(lab, target).handshake(Optional.of(name), "http/1.1");
    if (tls.isPresent()) {
      try (var client = tls.get()) {
        assertThat(client.certificate().getSubjectX500Principal().getName())
            .as(called)
            .contains("Menura block page");
        assertThat(client.get(target, "/").status()).as(called).isEqualTo(403);
      }
    }
  }

  /// All that Envoy has asked for by name, and has.
  private static Set<String> resourceNames(Lab lab) throws IOException {
    return NAME.matcher(
            lab.admin().get("/config_dump?resource=dynamic_active_secrets")
                + lab.admin().get("/config_dump?resource=dynamic_warming_secrets"))
        .results()
        .map((MatchResult found) -> found.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Set<String> files(Lab lab) throws IOException {
    try (Stream<Path> all = Files.walk(lab.data)) {
      return all.map(Path::toString)
          .filter(path -> !path.endsWith(".pem"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }
}
