package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.proto.Wire;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Clients whose ClientHello names no server, as for a target that is an address.
@ExtendWith(Failures.class)
class UnnamedServerTest {
  private static final String ALLOW = "- {name: all, when: true, then: allow}";

  @TempDir private Path folder;

  @Test
  void isShownTheMimicOfAnAddress() {
    try (var lab = Lab.start(folder, ALLOW);
        var origin = Origin.tls(folder, lab.root.leaf("127.0.0.1"))) {
      var answer = Curl.through(lab, origin.url("127.0.0.1", "/"));
      assertThat(answer.status()).as(answer.log()).isEqualTo(200);
      assertThat(answer.issuer()).contains("Menura CA");
      try (var client = GoClient.to(lab, origin.url("127.0.0.1", "/")).start()) {
        assertThat(client.await("response").get("status").getAsInt()).isEqualTo(200);
      }
    }
  }

  @Test
  void isShownEachOriginsOwnMimicAtTheSameTime() {
    try (var lab = Lab.start(folder, ALLOW);
        var one = Origin.tls(folder, lab.root.leaf("one.test"));
        var two = Origin.tls(folder, lab.root.leaf("two.test"));
        var first = unnamed(lab, "one.test:" + one.port());
        var second = unnamed(lab, "two.test:" + two.port())) {
      assertThat(first.certificate().toString()).contains("DNSName: one.test");
      assertThat(second.certificate().toString()).contains("DNSName: two.test");
      assertThat(second.get("two.test:" + two.port(), "/").status()).isEqualTo(200);
      assertThat(first.get("one.test:" + one.port(), "/").status()).isEqualTo(200);
    }
  }

  @Test
  void isRefusedWhereNoSlotIsFree() {
    var names = new ArrayList<String>();
    for (int i = 0; i <= Wire.SLOTS; i++) {
      names.add("n" + i + ".test");
    }
    try (var lab = Lab.start(folder, ALLOW)) {
      var leaf = lab.root.leaf(CertificateShape.forNames(names.toArray(String[]::new)));
      try (var origin = Origin.tls(folder, leaf)) {
        for (String name : names.subList(0, Wire.SLOTS)) {
          try (var client = unnamed(lab, name + ":" + origin.port())) {
            assertThat(client.get(name + ":" + origin.port(), "/").status()).isEqualTo(200);
          }
        }
        var last = names.getLast();
        assertThat(
                RawClient.tunnel(lab, last + ":" + origin.port())
                    .handshake(Optional.empty(), "http/1.1"))
            .isEmpty();
        assertThat(lab.awaitConnection(last).common().reason()).isEqualTo("no-slot");
        // Who is there already, and who names its server, is served all the same.
        try (var client = unnamed(lab, names.getFirst() + ":" + origin.port());
            var named = RawClient.tls(lab, last + ":" + origin.port(), "http/1.1")) {
          assertThat(client.get(names.getFirst() + ":" + origin.port(), "/").status())
              .isEqualTo(200);
          assertThat(named.get(last + ":" + origin.port(), "/").status()).isEqualTo(200);
        }
      }
    }
  }

  private static RawClient unnamed(Lab lab, String target) {
    return RawClient.tunnel(lab, target).handshake(Optional.empty(), "http/1.1").orElseThrow();
  }
}
