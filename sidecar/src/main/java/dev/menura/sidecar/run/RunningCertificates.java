package dev.menura.sidecar.run;

import dev.menura.certificates.Settings;
import dev.menura.certificates.authority.AuthorityException;
import dev.menura.certificates.custody.Bearing;
import dev.menura.certificates.custody.Custody;
import dev.menura.certificates.custody.CustodyLimits;
import dev.menura.certificates.custody.CustodySettings;
import dev.menura.certificates.upstream.Problem;
import dev.menura.extproc.exchange.OwnSite;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.Documents;
import dev.menura.policy.Issue;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.admin.AdminServer;
import dev.menura.sidecar.data.DataDirectory;
import dev.menura.sidecar.data.DataDirectoryException;
import dev.menura.sidecar.policy.PolicyFolder;
import dev.menura.sidecar.policy.PolicyWatch;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A certificates process: the authority's key, the policy that it judges by, and its server. What
/// was opened is closed in the opposite order, also where the start fails halfway.
public final class RunningCertificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningCertificates.class);

  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Custody custody;
  private final AdminServer admin;
  private final String place;

  private RunningCertificates(CertificatesOptions options)
      throws PolicyException, AuthorityException, CannotStart, IOException {
    try {
      DataDirectory data = open(directory(options));
      opened.push(LogFile.open(data.log()));
      var meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
      var watch =
          new PolicyWatch(
              new PolicyFolder(options.policy()),
              new PolicyLoader(Detectors.kinds()),
              new Reload());
      var documents = watch.load();
      var settings = CertificateSettings.of(Settings.in(data.root()), documents.gateway());
      custody =
          open(
              Custody.open(
                  new CustodySettings(
                      settings.authority(),
                      settings.mint(),
                      settings.crypto(),
                      CustodyLimits.DEFAULT),
                  bearing(documents),
                  Clock.systemUTC(),
                  new SecureRandom(),
                  meters));
      admin =
          open(
              Bindings.admin(
                  options.admin(),
                  meters::scrape,
                  Optional::empty,
                  Optional::empty,
                  () -> "[]",
                  OwnSite.NONE));
      place =
          switch (options.place()) {
            case CertificatesPlace.Socket(var path) -> {
              open(CertificatesServer.onSocket(path, options.client(), custody.service()));
              yield options.place().toString();
            }
            case CertificatesPlace.Tls tls -> {
              var server = open(CertificatesServer.overTls(tls, custody.service()));
              yield tls.address().host() + ":" + server.port();
            }
          };
      watch.start();
      opened.push(watch);
    } catch (Exception e) {
      // Whatever was opened is closed; the fault goes on.
      close();
      throw e;
    }
  }

  /// Starts a certificates process; gateways may connect from then on.
  ///
  /// @throws PolicyException where the policy is wrong
  /// @throws AuthorityException where the certificate authority's files cannot be used
  /// @throws CannotStart where something else has to be mended first
  public static RunningCertificates start(CertificatesOptions options)
      throws PolicyException, AuthorityException, CannotStart, IOException {
    return new RunningCertificates(options);
  }

  private <T extends AutoCloseable> T open(T part) {
    opened.push(part);
    return part;
  }

  private static DataDirectory directory(CertificatesOptions options) throws CannotStart {
    try {
      return DataDirectory.open(options.data());
    } catch (DataDirectoryException e) {
      throw new CannotStart(String.valueOf(e.getMessage()));
    }
  }

  private static Bearing bearing(Documents documents) {
    Set<String> words =
        documents.policy().excused().stream()
            .map(CertificateProblem::word)
            .collect(Collectors.toSet());
    return new Bearing(
        CertificateSettings.roots(documents.gateway()),
        Arrays.stream(Problem.values())
            .filter(problem -> words.contains(problem.word()))
            .collect(Collectors.toSet()));
  }

  /// What a change of the policy's folder does.
  private final class Reload implements PolicyWatch.Listener {
    @Override
    public void accepted(Documents documents) {
      custody.judgeBy(bearing(documents));
      LOG.atInfo().addKeyValue("policy-version", documents.version()).log("policy changed");
    }

    @Override
    public void rejected(List<Issue> issues) {
      LOG.atError()
          .log(
              "the policy was not loaded; the last good one stays in force\n{}",
              IssueFormat.text(issues));
    }
  }

  /// Where gateways reach it, with the real port.
  public String place() {
    return place;
  }

  public String adminAddress() {
    return Bindings.text(admin.address());
  }

  /// The SHA-256 of the certificate that issues leaves.
  public String authority() {
    return custody.standing().fingerprint();
  }

  /// Waits until the process is closed.
  public void awaitClose() throws InterruptedException {
    closed.await();
  }

  public boolean isClosed() {
    return closed.getCount() == 0;
  }

  @Override
  public synchronized void close() {
    while (!opened.isEmpty()) {
      try {
        opened.pop().close();
      } catch (Exception e) {
        // One part that cannot be closed must not keep the others open.
        LOG.atError().setCause(e).log("a part of the certificates process could not be closed");
      }
    }
    closed.countDown();
  }
}
