package dev.menura.certificates.path;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.certificates.path.CertificateRules.Place;
import dev.menura.certificates.x509.Pem;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// No rule shuts out a root that the public web rests on: those of Java, and those of the machine
/// where it has any. Some of them are older than rules of [FormRule], which a root that a root
/// programme admitted is therefore not held to.
class SystemRootsTest {
  private static final Path BUNDLE = Path.of("/etc/ssl/certs/ca-certificates.crt");

  @Test
  void keepEveryRuleThatTheyAreHeldTo() throws Exception {
    var broken = new TreeMap<String, String>();
    List<X509Certificate> roots = roots();
    for (X509Certificate root : roots) {
      X509 read = X509.parse(root.getEncoded());
      Profile profile = new Anchor(read, Profile.WEBPKI_STRICT, true).ownProfile();
      for (Fault fault : CertificateRules.check(read, Place.ANCHOR, profile, Instant.now())) {
        if (fault.flaw() != Flaw.EXPIRED) {
          broken.merge(read.subject(), fault.what(), (a, b) -> a + "; " + b);
        }
      }
    }

    assertThat(roots).hasSizeGreaterThan(50);
    assertThat(broken).isEmpty();
  }

  private static List<X509Certificate> roots() throws Exception {
    var all = new ArrayList<X509Certificate>();
    if (Files.isReadable(BUNDLE)) {
      all.addAll(
          Pem.readCertificates(Files.readString(BUNDLE, StandardCharsets.ISO_8859_1), _ -> {}));
    }
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    Path file = Path.of(System.getProperty("java.home"), "lib", "security", "cacerts");
    try (var in = Files.newInputStream(file)) {
      store.load(in, null);
    }
    for (String alias : Collections.list(store.aliases())) {
      all.add((X509Certificate) store.getCertificate(alias));
    }
    return all;
  }
}
