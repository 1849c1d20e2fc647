package dev.menura.sidecar.site;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.policy.Documents;
import dev.menura.policy.Policy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/// The page that tells what the gateway is, how to trust it, and what it does not look into. It
/// runs no script and refers to nothing elsewhere.
final class WelcomePage {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMMM yyyy", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final String FRAME = resource("welcome.html");

  private WelcomePage() {}

  /// @param published the authorities that clients are to trust
  /// @param proxyFile whether there is a PAC file for this client
  static String of(Documents documents, List<X509Certificate> published, boolean proxyFile) {
    return FRAME
        .replace("{{authorities}}", authorities(published))
        .replace("{{proxy}}", proxyFile ? resource("proxy.html") : "")
        .replace("{{undecrypted}}", undecrypted(documents))
        .replace("{{version}}", Escaped.html(documents.version()));
  }

  private static String authorities(List<X509Certificate> published) {
    var text = new StringBuilder();
    for (int i = 0; i < published.size(); i++) {
      var certificate = published.get(i);
      var der = i == 0 ? "ca.der" : "ca-" + (i + 1) + ".der";
      text.append("<dl>\n")
          .append(row("Name", certificate.getSubjectX500Principal().getName()))
          .append(row("SHA-256", pairs(Fingerprint.of(certificate))))
          .append(row("Valid until", DAY.format(certificate.getNotAfter().toInstant())))
          .append("<dt>File</dt><dd><a href=\"/" + der + "\">" + der + "</a></dd>\n")
          .append("</dl>\n");
    }
    if (published.size() > 1) {
      text.append(
          "<p>The authority is being replaced. Trust all of these; <code>ca.pem</code> and"
              + " <code>ca.mobileconfig</code> hold them all.</p>\n");
    }
    return text.toString();
  }

  private static String row(String name, String value) {
    return "<dt>" + name + "</dt><dd>" + Escaped.html(value) + "</dd>\n";
  }

  /// As programs show fingerprints: `AB:CD:...`.
  private static String pairs(String hex) {
    return hex.toUpperCase(Locale.ROOT).replaceAll("(..)(?=.)", "$1:");
  }

  private static String undecrypted(Documents documents) {
    List<Policy.Stated> rules = documents.policy().passedThrough();
    if (rules.isEmpty()) {
      return "<p>No rule leaves a connection undecrypted: everything is decrypted, or refused.</p>\n"
          + exemptions(documents);
    }
    var text =
        new StringBuilder(
            "<p>What the following rules let pass is <strong>not</strong> decrypted, unless a rule"
                + " in front of them decides. Everything else is decrypted, or refused.</p>\n<dl>\n");
    rules.forEach(rule ->
        text.append("<dt>")
            .append(Escaped.html(rule.rule()))
            .append("</dt><dd>")
            .append(Escaped.html(rule.condition().strip()))
            .append("</dd>\n"));
    return text.append("</dl>\n") + exemptions(documents);
  }

  private static String exemptions(Documents documents) {
    return documents.gateway().pinnedClients().exemptFor().isPresent()
        ? "<p>Hosts whose programs keep rejecting this gateway&#39;s certificates are, for a time,"
            + " not decrypted either.</p>\n"
        : "";
  }

  static String resource(String name) {
    try (InputStream in = WelcomePage.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("no resource " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
