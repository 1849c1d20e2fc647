package dev.menura.bench;

import dev.menura.extproc.inspect.BodyScan;
import dev.menura.policy.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
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
import org.openjdk.jmh.annotations.Warmup;

/// One body of 1 MiB of JSON, in pieces as Envoy sends them, searched for card numbers: as it is,
/// and with its coding undone first. It holds one card number, and many numbers that are none.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class ScanBenchmark {
  private static final int BODY_BYTES = 1 << 20;
  private static final int PIECE_BYTES = 16 * 1024;
  private static final String KIND = "credit-card";
  private static final Limits LIMITS = new Limits(1 << 30, 1 << 30, 1 << 30, 1000);

  @Param({"", "gzip"})
  private String coding = "";

  private byte[] body = new byte[0];

  @Setup
  public void compose() throws IOException {
    var text = new StringBuilder("{\"card\": \"4111 1111 1111 1111\", \"items\": [\n");
    for (int i = 0; text.length() < BODY_BYTES; i++) {
      text.append("{\"id\": ").append(1_000_000L + i * 7919L);
      text.append(", \"name\": \"item ").append(i).append("\", \"price\": 19.99},\n");
    }
    byte[] plain = text.append("]}").toString().getBytes(StandardCharsets.UTF_8);
    body = coding.isEmpty() ? plain : packed(plain);
    if (scan() != 1) {
      throw new IllegalStateException("the body holds one card number");
    }
  }

  @Benchmark
  public long scan(CpuTime cpu) {
    cpu.count();
    return scan();
  }

  private long scan() {
    try (BodyScan scan = BodyScan.of(Set.of(KIND), coding, LIMITS)) {
      for (int at = 0; at < body.length; at += PIECE_BYTES) {
        int length = Math.min(PIECE_BYTES, body.length - at);
        scan.write(ByteBuffer.wrap(body, at, length), at + length == body.length);
      }
      return scan.count(KIND);
    }
  }

  private static byte[] packed(byte[] plain) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(plain);
    }
    return packed.toByteArray();
  }
}
