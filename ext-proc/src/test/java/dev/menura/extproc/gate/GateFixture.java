package dev.menura.extproc.gate;

import dev.menura.extproc.event.GatewayEvent;
import dev.menura.gate.v1.Client;
import dev.menura.policy.Facts;
import dev.menura.policy.Policy;
import dev.menura.policy.PolicyException;
import dev.menura.policy.PolicySource;
import dev.menura.policy.TlsRules;
import dev.menura.policy.load.PolicyLoader;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/// A gate whose resolver and certificate provider are lists that a test fills and reads.
final class GateFixture implements Addresses, Origins {
  final List<GatewayEvent> events = new ArrayList<>();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<String> resolved = new ArrayList<>();
  final List<String> peeked = new ArrayList<>();
  final List<String> admitted = new ArrayList<>();
  final List<String> pages = new ArrayList<>();
  final List<String> exempted = new ArrayList<>();
  final Gate gate;

  Answer answer = new Answer.Checked(List.of(InetAddress.ofLiteral("192.0.2.1")));
  Set<String> namesThere = Set.of();
  boolean dialledIsRefused;
  Look look = seen("");
  Callers callers = Callers.ANYBODY;
  OptionalInt slot = OptionalInt.of(3);
  OptionalInt pin = OptionalInt.of(5);
  TlsRules tls = TlsRules.STANDARD;
  final List<String> distrusted = new ArrayList<>();
  final List<String> pinned = new ArrayList<>();
  boolean signs = true;
  final List<Client> clients = new ArrayList<>();
  private Policy policy;

  GateFixture(String rules) {
    policy = policy(rules);
    var ids = new int[1];
    gate =
        new Gate(
            () -> policy,
            () -> tls,
            (credentials, clientIp) -> callers.of(credentials, clientIp),
            this,
            this,
            exempted::contains,
            events::add,
            () -> "c" + ++ids[0],
            Clock.fixed(Instant.parse("2026-01-01T00:00:00Z"), ZoneOffset.UTC),
            meters);
  }

  void rules(String rules) {
    policy = policy(rules);
  }

  static Look.Seen seen(String problem) {
    return seen(problem, "TLSv1.3");
  }

  static Look.Seen seen(String problem, String tlsVersion) {
    return new Look.Seen(
        new Facts.UpstreamCertificate(problem, "CN=issuer", "CN=subject", "P-256", tlsVersion),
        "",
        "00",
        "not-offered",
        "h2",
        List.of());
  }

  ConnectAnswer connect(String authority) {
    return gate.connect(
        new ConnectQuestion(true, "", authority, "198.51.100.7", "198.51.100.7:4711", ""));
  }

  ConnectAnswer.Admit admitted(String authority) {
    if (connect(authority) instanceof ConnectAnswer.Admit admit) {
      return admit;
    }
    throw new AssertionError(authority + " was refused: " + events);
  }

  HelloAnswer hello(String authority, String protocol, String sni) {
    return gate.hello(
        java.util.Optional.of(admitted(authority).connection()),
        new Facts.Hello(protocol, sni, ""));
  }

  String lastReason() {
    return String.valueOf(events.getLast().common().reason());
  }

  double refusals(String reason) {
    var counter = meters.find("menura.gate.refusals").tag("reason", reason).counter();
    return counter == null ? 0 : counter.count();
  }

  @Override
  public Answer of(String host, int port) {
    resolved.add(host + ":" + port);
    return answer;
  }

  @Override
  public Answer dialled(InetAddress address, int port) {
    return dialledIsRefused
        ? new Answer.Refused("not allowed")
        : new Answer.Checked(List.of(address));
  }

  @Override
  public boolean has(String host, InetAddress address) {
    resolved.add(host);
    return namesThere.contains(host);
  }

  @Override
  public Look peek(String name, InetSocketAddress address) {
    peeked.add(name + " at " + address.getAddress().getHostAddress());
    return look;
  }

  @Override
  public void admit(String name, Look.Seen seen, Optional<Duration> validFor) {
    sign();
    admitted.add(name + validFor.map(time -> " for " + time).orElse(""));
  }

  @Override
  public OptionalInt admitUnnamed(String name, Look.Seen seen, Optional<Duration> validFor) {
    sign();
    validFor.ifPresent(time -> admitted.add("unnamed for " + time));
    return slot;
  }

  @Override
  public Optional<String> admitClient(Client client) {
    clients.add(client);
    sign();
    return client.getHolder().getTooLong() ? Optional.empty() : Optional.of("menura/mimic/1");
  }

  @Override
  public void admitDistrusted(String name, Look.Seen seen) {
    distrusted.add(name + " " + seen.certificate().problem());
  }

  @Override
  public OptionalInt admitPinned(String name, Look.Seen seen) {
    pinned.add(name + " " + seen.certificate().problem());
    sign();
    return pin;
  }

  @Override
  public void admitBlockPage(String name) {
    sign();
    pages.add(name);
  }

  private void sign() {
    if (!signs) {
      throw new NotSigned("the key does not sign", new IllegalStateException());
    }
  }

  private static Policy policy(String rules) {
    var yaml =
        """
        apiVersion: menura.dev/v1
        kind: Policy
        metadata: {name: test}
        spec:
          rules:
        """
            + rules.indent(4);
    try {
      return new PolicyLoader(Set.of("credit-card"))
          .load(
              new PolicySource() {
                @Override
                public List<String> documents() {
                  return List.of("policy.yaml");
                }

                @Override
                public byte[] read(String name, int atMost) {
                  return yaml.getBytes(StandardCharsets.UTF_8);
                }
              })
          .policy();
    } catch (PolicyException e) {
      throw new AssertionError(yaml + e.issues(), e);
    }
  }
}
