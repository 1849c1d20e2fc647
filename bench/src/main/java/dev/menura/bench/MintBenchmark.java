package dev.menura.bench;

import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.authority.CertificateAuthority;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.authority.MintLimits;
import dev.menura.certificates.authority.Minter;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// One mimic of a P-256 certificate: key, certificate and signature.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class MintBenchmark {
  private static final OriginName NAME = OriginName.of("www.shop.test");

  @Param({"corretto", "java"})
  private String provider = "";

  private Minter minter = null;
  private Seen seen = null;

  @Setup
  public void open() throws IOException, AuthorityException {
    Crypto crypto = provider.equals("java") ? Crypto.JAVA : Crypto.corretto().orElseThrow();
    var authority =
        CertificateAuthority.open(
            Files.createTempDirectory("bench").resolve("ca"),
            crypto,
            Clock.systemUTC(),
            new SecureRandom());
    minter =
        new Minter(
            authority,
            MintLimits.DEFAULT,
            crypto,
            Clock.systemUTC(),
            new SecureRandom(),
            new SimpleMeterRegistry());
    var original = TestRoot.create("Root").intermediate("Intermediate").leaf("www.shop.test");
    seen = new Seen(original.chain(), "TLSv1.3", "h2", Verdict.VALID);
  }

  @Benchmark
  public Leaf mint(CpuTime cpu) {
    cpu.count();
    return minter.mimic(NAME, seen);
  }

  @TearDown
  public void close() {
    minter.close();
  }
}
