package dev.menura.sidecar.run;

import dev.menura.certificates.CertificateProvider;
import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.upstream.Look.Unreachable;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.extproc.gate.Origins;
import dev.menura.policy.Facts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/// The certificate provider, as the gate wants it.
record CertificateOrigins(CertificateProvider provider) implements Origins {
  @Override
  public Look peek(String name, InetSocketAddress address) {
    return switch (provider.peek(name, address)) {
      case Unreachable(var reason, var detail) -> new Look.Unreachable(reason.word(), detail);
      case dev.menura.certificates.upstream.Look.Seen seen ->
          new Look.Seen(
              new Facts.UpstreamCertificate(
                  seen.verdict().problem().word(),
                  seen.issuer(),
                  seen.subject(),
                  seen.key(),
                  seen.tlsVersion()),
              seen.verdict().detail(),
              seen.fingerprint(),
              seen.verdict().revocation().word(),
              seen.alpn(),
              seen.chain());
    };
  }

  @Override
  public void admit(String name, Look.Seen seen, Optional<Duration> validFor) {
    var _ =
        signed(() -> {
          provider.admit(name, seen.chain(), adaptation(validFor));
          return true;
        });
  }

  @Override
  public OptionalInt admitUnnamed(String name, Look.Seen seen, Optional<Duration> validFor) {
    return signed(() -> provider.admitUnnamed(name, seen.chain(), adaptation(validFor)));
  }

  private static Adaptation adaptation(Optional<Duration> validFor) {
    return validFor.map(Adaptation::validFor).orElse(Adaptation.NONE);
  }

  @Override
  public void admitDistrusted(String name, Look.Seen seen) {
    provider.admitDistrusted(name, withProblem(seen));
  }

  @Override
  public OptionalInt admitPinned(String name, Look.Seen seen) {
    return signed(() -> provider.admitPinned(name, withProblem(seen)));
  }

  private static dev.menura.certificates.upstream.Look.Seen withProblem(Look.Seen seen) {
    var problem =
        Arrays.stream(Problem.values())
            .filter(each -> each.word().equals(seen.certificate().problem()))
            .findFirst()
            .orElseThrow();
    return new dev.menura.certificates.upstream.Look.Seen(
        seen.chain(),
        seen.certificate().tlsVersion(),
        seen.alpn(),
        new Verdict(problem, seen.detail()));
  }

  @Override
  public void admitBlockPage(String name) {
    var _ =
        signed(() -> {
          provider.admitBlockPage(name);
          return true;
        });
  }

  private static <T> T signed(Supplier<T> admission) {
    try {
      return admission.get();
    } catch (CannotSignException e) {
      throw new NotSigned(String.valueOf(e.getMessage()), e);
    }
  }
}
