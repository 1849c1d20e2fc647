package dev.menura.sidecar.demo;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.TestRoot;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;

/// The demo's origins, under a root that is made for them and forgotten with them.
final class DemoOrigins implements AutoCloseable {
  private final TestRoot root = TestRoot.create("Menura Demo Root");
  final DemoOrigin shop = start("shop.demo.test");
  final DemoOrigin bank = start("bank.demo.test");
  final DemoOrigin bets = start("bets.demo.test");
  final DemoOrigin drop = start("drop.demo.test");
  final DemoOrigin echo = start("echo.demo.test");
  final DemoOrigin files = start("files.demo.test");
  final DemoOrigin news = start("news.demo.test");
  final DemoOrigin names = start("*.names.demo.test");
  final DemoOrigin expired = startExpired("expired.demo.test");

  DemoOrigins() throws IOException {}

  X509Certificate root() {
    return root.certificate();
  }

  String rootPem() {
    return root.pem();
  }

  private DemoOrigin start(String host) throws IOException {
    return DemoOrigin.start(host, root.leaf(host));
  }

  private DemoOrigin startExpired(String host) throws IOException {
    Instant now = Instant.now();
    return DemoOrigin.start(
        host,
        root.leaf(
            CertificateShape.forNames(host)
                .validFrom(now.minus(Duration.ofDays(60)))
                .validUntil(now.minus(Duration.ofDays(30)))));
  }

  @Override
  public void close() throws IOException {
    for (DemoOrigin origin :
        new DemoOrigin[] {shop, bank, bets, drop, echo, files, news, names, expired}) {
      origin.close();
    }
  }
}
