package dev.menura.bench;

import dev.menura.policy.Facts;
import dev.menura.policy.Outcome;
import dev.menura.policy.Policy;
import dev.menura.policy.PolicyException;
import dev.menura.policy.PolicySource;
import dev.menura.policy.load.PolicyLoader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
import org.openjdk.jmh.annotations.Warmup;

/// What a policy says of one request's head, where each of its rules has to be asked: half of them
/// about the host, half about the path, and the last allows all.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class PolicyBenchmark {
  @Param({"2", "20", "200"})
  private int rules = 0;

  private Policy policy = null;
  private Facts.Connect connect = null;
  private Facts.RequestHead head = null;

  @Setup
  public void load() throws PolicyException {
    policy = new PolicyLoader(Set.of()).load(new OneDocument(document(rules))).policy();
    connect = new Facts.Connect("192.0.2.7", "www.shop.test", 443);
    head =
        new Facts.RequestHead(
            "GET",
            "/catalogue/items?page=2",
            "https",
            Map.of(":authority", "www.shop.test", "accept", "application/json"));
    if (!(policy.onRequest(facts()) instanceof Outcome.Decided)) {
      throw new IllegalStateException("the policy must decide by the head");
    }
  }

  @Benchmark
  public Outcome ask(CpuTime cpu) {
    cpu.count();
    return policy.onRequest(facts());
  }

  private Facts facts() {
    return Facts.of(connect)
        .with(new Facts.Hello("tls", "www.shop.test", ""))
        .with(Facts.UpstreamCertificate.NONE)
        .with(head);
  }

  private static String document(int rules) {
    var text =
        new StringBuilder(
            """
            apiVersion: menura.dev/v1
            kind: Policy
            metadata: {name: measured}
            spec:
              rules:
            """);
    for (int i = 0; i < rules / 2; i++) {
      text.append(
          """
              - {name: host-%1$d, when: "host.name == 'host-%1$d.test'", then: block}
              - {name: path-%1$d, when: "request.url_path.startsWith('/path-%1$d')", then: block}
          """
              .formatted(i));
    }
    return text.append("    - {name: all, when: 'true', then: allow}\n").toString();
  }

  private record OneDocument(String text) implements PolicySource {
    @Override
    public List<String> documents() {
      return List.of("policy.yaml");
    }

    @Override
    public byte[] read(String name, int atMost) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
