package dev.menura.bench;

import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Roots;
import dev.menura.certificates.upstream.Validator;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/// One chain as most origins send it: leaf and intermediate, below a trusted root.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ValidateBenchmark {
  private static final OriginName NAME = OriginName.of("www.shop.test");

  private Validator validator = null;
  private List<X509Certificate> chain = List.of();

  @Setup
  public void open() throws CertificateException {
    var root = TestRoot.create("Root");
    chain = root.intermediate("Intermediate").leaf("www.shop.test").chain();
    validator =
        new Validator(
            Roots.of(List.of(root.pem())), TestRoot.create("Own").certificate(), Clock.systemUTC());
    if (!validator.validate(NAME, chain).isValid()) {
      throw new IllegalStateException("the chain must be valid");
    }
  }

  @Benchmark
  public Verdict validate(CpuTime cpu) {
    cpu.count();
    return validator.validate(NAME, chain);
  }
}
