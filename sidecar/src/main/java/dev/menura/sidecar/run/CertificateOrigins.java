package dev.menura.sidecar.run;

import dev.menura.certificates.CertificateProvider;
import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.CannotSignException;
import dev.menura.certificates.authority.ClientSubject;
import dev.menura.certificates.upstream.Look.Unreachable;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.extproc.gate.Origins;
import dev.menura.gate.v1.Client;
import dev.menura.policy.Facts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The certificate provider, as the gate wants it.
record CertificateOrigins(CertificateProvider provider) implements Origins {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateOrigins.class);

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
                  seen.tlsVersion(),
                  switch (seen.request()) {
                    case NONE -> "";
                    case ASKED -> Facts.UpstreamCertificate.ASKED;
                  }),
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
          provider.mimics().admit(name, seen.chain(), adaptation(validFor));
          return true;
        });
  }

  @Override
  public OptionalInt admitUnnamed(String name, Look.Seen seen, Optional<Duration> validFor) {
    return signed(() -> provider.mimics().admitUnnamed(name, seen.chain(), adaptation(validFor)));
  }

  private static Adaptation adaptation(Optional<Duration> validFor) {
    return validFor.map(Adaptation::validFor).orElse(Adaptation.NONE);
  }

  @Override
  public void admitDistrusted(String name, Look.Seen seen) {
    provider.mimics().admitDistrusted(name, withProblem(seen));
  }

  @Override
  public OptionalInt admitPinned(String name, Look.Seen seen) {
    return signed(() -> provider.mimics().admitPinned(name, withProblem(seen)));
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
  public Optional<String> admitClient(Client client) {
    return subject(client).map(subject -> signed(() -> provider.own().admitClient(subject)));
  }

  /// What the certificate is to say: of the holder of one what that says, else the user's name.
  private static Optional<ClientSubject> subject(Client client) {
    try {
      if (!client.hasHolder()) {
        return Optional.of(ClientSubject.named(client.getUser()));
      }
      var holder = client.getHolder();
      return holder.getTooLong()
          ? Optional.empty()
          : Optional.of(
              ClientSubject.holder(
                  holder.getSubject().toByteArray(), holder.getNames().toByteArray()));
    } catch (IllegalArgumentException e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("no certificate can name a client");
      return Optional.empty();
    }
  }

  @Override
  public void admitBlockPage(String name) {
    var _ =
        signed(() -> {
          provider.mimics().admitBlockPage(name);
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
