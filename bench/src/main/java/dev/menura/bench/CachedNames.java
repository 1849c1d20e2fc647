package dev.menura.bench;

import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.secrets.SecretLimits;
import dev.menura.certificates.secrets.SecretWatcher;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Locale;

/// Prints how much heap ten thousand names with mimics take, each with a key of its own. Exits with
/// 1 where that is more than 64 MB.
public final class CachedNames {
  private static final int NAMES = 10_000;
  private static final long BYTES_MAX = 64_000_000;
  private static final int COLLECTIONS = 5;

  private CachedNames() {}

  public static void main(String[] arguments) throws IOException, AuthorityException {
    var clock = Clock.systemUTC();
    var random = new SecureRandom();
    var crypto = Crypto.preferred();
    var authority =
        CertificateAuthority.open(
            Files.createTempDirectory("bench").resolve("ca"), crypto, clock, random);
    var original =
        TestRoot.create("Root").intermediate("Intermediate").leaf("shop.test", "*.shop.test");
    var seen = new Seen(original.chain(), "TLSv1.3", "h2", Verdict.VALID);
    var limits = new SecretLimits(NAMES, Duration.ofHours(1), Duration.ofMinutes(1), 4, 200);
    try (var minter =
        new Minter(
            authority, MintLimits.DEFAULT, crypto, clock, random, new SimpleMeterRegistry())) {
      // What is loaded and made once counts for no name.
      put(new SecretWatcher("warm", limits, clock, new SimpleMeterRegistry()), minter, seen, 100);
      var names = new SecretWatcher("trusted", limits, clock, new SimpleMeterRegistry());
      long before = heap();
      put(names, minter, seen, NAMES);
      long taken = heap() - before;
      if (names.size() != NAMES) {
        throw new IllegalStateException("expected all names to be kept, found " + names.size());
      }
      System.out.printf(
          Locale.ROOT,
          "%,d names take %,.1f MB of heap, %,d bytes each%n",
          NAMES,
          taken / 1e6,
          taken / NAMES);
      if (taken > BYTES_MAX) {
        System.exit(1);
      }
    }
  }

  private static void put(SecretWatcher names, Minter minter, Seen seen, int count) {
    for (int i = 0; i < count; i++) {
      var name = OriginName.of("n" + i + ".shop.test");
      names.put(name, minter.identity(seen, Adaptation.NONE), minter.mimic(name, seen));
    }
  }

  /// The bytes of what is still in use.
  private static long heap() {
    var memory = ManagementFactory.getMemoryMXBean();
    for (int i = 0; i < COLLECTIONS; i++) {
      memory.gc();
    }
    return memory.getHeapMemoryUsage().getUsed();
  }
}
