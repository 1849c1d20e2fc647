package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Name servers that the `Gateway` document names.
@ExtendWith(Failures.class)
class ResolversTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  private Lab lab(SmallDns dns) {
    var gateway = Lab.GATEWAY + "    resolvers: [\"" + dns.address() + "\"]\n";
    return Lab.startWith(folder, gateway, Lab.policy(ALLOW));
  }

  @Test
  void areAskedForTheNameAndForNothingElse() {
    try (var dns =
            new SmallDns().name("shop.example", "127.0.0.1").alias("www.example", "shop.example");
        var lab = lab(dns);
        var origin = Origin.tls(folder, lab.root.leaf("shop.example", "www.example"))) {
      for (String host : new String[] {"shop.example", "www.example"}) {
        var answer = Curl.through(lab, origin.url(host, "/"));
        assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      }
      assertThat(dns.asked).containsExactly("shop.example", "www.example");
      var unknown = Curl.through(lab, origin.url("no-such-name.example", "/"));
      assertThat(unknown.log()).contains("HTTP/1.1 502", "x-menura-reason: name-not-resolved");
      // The machine knows this one; the name server does not.
      var own = Curl.through(lab, origin.url("localhost", "/"));
      assertThat(own.log()).contains("HTTP/1.1 502");
    }
  }

  @Test
  void b3TheAddressThatWasCheckedIsDialledWhateverTheNameServerSaysNext() {
    try (var dns = new SmallDns().name("rebind.example", "127.0.0.1", "10.0.0.1");
        var lab = lab(dns);
        var origin = Origin.tls(folder, lab.root.leaf("rebind.example"))) {
      var url = origin.url("rebind.example", "/");
      var first = Curl.through(lab, url);
      assertThat(first.status()).as(first.log()).isEqualTo(200);
      assertThat(dns.asked).hasSize(1);

      var second = Curl.through(lab, url);
      assertThat(second.log()).contains("HTTP/1.1 403", "x-menura-reason: address-refused");
      assertThat(dns.asked).hasSize(2);
      assertThat(origin.requests()).isEqualTo(1);
    }
  }
}
