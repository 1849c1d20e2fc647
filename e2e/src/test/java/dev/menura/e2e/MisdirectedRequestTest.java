package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.menura.controlplane.Compiler;
import dev.menura.controlplane.EnvoyResources;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.common.matcher.action.v3.SkipFilter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A request inside a tunnel that names another target than the tunnel's never reaches an origin:
/// the exchange refuses it, and Envoy by itself where the exchange is skipped.
@ExtendWith(Failures.class)
class MisdirectedRequestTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  /// Asks about each request, so that none is settled at the gate.
  private static final String ASK =
      "- {name: odd, when: size(request.path) > 4000, then: block}\n" + ALLOW;

  @TempDir private Path folder;

  @Test
  void b1IsRefusedByTheExchange() {
    try (var lab = Lab.start(folder, ASK);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      everyFormIsJudged(lab, origin);
      assertThat(lab.awaitExchange("shop.test").common().verdict()).isNotEmpty();
    }
  }

  @Test
  void b1IsRefusedByEnvoyWhereTheExchangeIsSkipped() {
    try (var lab = Lab.start(folder, ASK);
        var origin = Origin.tls(folder, lab.root.leaf("shop.test"))) {
      lab.sidecar().xds().publish(withoutExchanges(lab.sidecar().documents().version()));
      Awaitility.await("Envoy to skip the exchange")
          .atMost(Duration.ofSeconds(30))
          .until(() -> {
            long before = lab.streamsOfExchanges();
            var target = "shop.test:" + origin.port();
            try (var client = RawClient.tls(lab, target, "http/1.1")) {
              assertThat(client.get(target, "/").status()).isEqualTo(200);
            }
            return lab.streamsOfExchanges() == before;
          });
      long exchanges = lab.streamsOfExchanges();
      everyFormIsJudged(lab, origin);
      assertThat(lab.streamsOfExchanges()).isEqualTo(exchanges);
    }
  }

  @Test
  void b1IsRefusedInClearTextToo() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.clear()) {
      var target = "clear.test:" + origin.port();
      try (var client = RawClient.tunnel(lab, target)) {
        assertThat(client.get("other.test:" + origin.port(), "/").status()).isEqualTo(421);
      }
      assertThat(origin.requests()).isZero();
      try (var client = RawClient.tunnel(lab, target)) {
        assertThat(client.get(target, "/").status()).isEqualTo(200);
      }
    }
  }

  private static void everyFormIsJudged(Lab lab, Origin origin) {
    int port = origin.port();
    var target = "shop.test:" + port;
    for (String named : List.of(target, "SHOP.Test:" + port, "shop.test.:" + port)) {
      assertThat(http1(lab, target, "/", named)).as(named).isEqualTo(200);
      assertThat(http2(lab, target, named)).as(named + " over HTTP/2").isEqualTo(200);
    }
    // RFC 9112 3.2.2: the absolute form wins over Host.
    assertThat(http1(lab, target, "https://" + target + "/", "bank.test")).isEqualTo(200);
    for (String named : others(port)) {
      assertThat(http1(lab, target, "/", named)).as(named).isIn(400, 421);
      assertThat(http2(lab, target, named)).as(named + " over HTTP/2").isIn(0, 400, 421);
    }
    assertThat(http1(lab, target, "https://bank.test:" + port + "/", target)).isEqualTo(421);
    assertThat(http1(lab, target, "http://bank.test/", target)).isEqualTo(421);
    assertThat(
            http2(
                lab,
                target,
                List.of(Map.entry(":authority", target), Map.entry("host", "bank.test"))))
        .isIn(0, 200, 400, 421);
    assertThat(
            http2(
                lab,
                target,
                List.of(Map.entry(":authority", "bank.test"), Map.entry("host", target))))
        .isIn(0, 400, 421);
    assertThat(origin.record().stream().filter(line -> line.has("host")))
        .allMatch(line -> line.get("host").getAsString().equalsIgnoreCase(target))
        .hasSizeGreaterThanOrEqualTo(6);
  }

  private static List<String> others(int port) {
    return List.of(
        "bank.test:" + port,
        "bank.test",
        "shop.test",
        "shop.test:443",
        "shop.test:0",
        "shop.test:" + (port + 65_536),
        "shop.test.bank.test:" + port,
        "xshop.test:" + port,
        "shop.test...:" + port,
        "user@shop.test:" + port,
        "shop.test:" + port + "@bank.test",
        "shop.test:" + port + ":" + port,
        "shop.test%00:" + port,
        "127.0.0.1:" + port,
        "[::1]:" + port,
        "shop.test:" + port + ",bank.test",
        ":" + port);
  }

  private static int http1(Lab lab, String target, String path, String host) {
    try (var client = RawClient.tls(lab, target, "http/1.1")) {
      return client.get(host, path).status();
    }
  }

  private static int http2(Lab lab, String target, String authority) {
    return http2(lab, target, List.of(Map.entry(":authority", authority)));
  }

  private static int http2(Lab lab, String target, List<Map.Entry<String, String>> names) {
    var headers = new ArrayList<Map.Entry<String, String>>();
    headers.add(Map.entry(":method", "GET"));
    headers.add(Map.entry(":scheme", "https"));
    headers.add(Map.entry(":path", "/"));
    headers.addAll(names);
    try (var client = RawClient.tls(lab, target, "h2")) {
      return client.send2(headers).status();
    }
  }

  /// The resources of a policy with the exchange filters skipped for every request.
  private static EnvoyResources withoutExchanges(String version) {
    var resources = Compiler.compile(Lab.LISTEN, version);
    var skip =
        Matcher.newBuilder()
            .setOnNoMatch(
                Matcher.OnMatch.newBuilder()
                    .setAction(
                        TypedExtensionConfig.newBuilder()
                            .setName("skip")
                            .setTypedConfig(Any.pack(SkipFilter.getDefaultInstance()))))
            .build();
    var skipped =
        resources.extensions().stream()
            .map(extension -> {
              try {
                var wrapped = extension.getTypedConfig().unpack(ExtensionWithMatcher.class);
                return extension.toBuilder()
                    .setTypedConfig(Any.pack(wrapped.toBuilder().setXdsMatcher(skip).build()))
                    .build();
              } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
              }
            })
            .toList();
    return new EnvoyResources(
        version + "-skipped", resources.listeners(), resources.clusters(), skipped);
  }
}
