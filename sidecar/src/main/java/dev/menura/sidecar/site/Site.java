package dev.menura.sidecar.site;

import dev.menura.certificates.x509.Pem;
import dev.menura.extproc.exchange.OwnSite;
import dev.menura.policy.Documents;
import dev.menura.policy.Listen;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The pages and files of the gateway's own site. They are made anew for each request from what
/// holds then.
public final class Site implements OwnSite {
  private static final String HTML = "text/html; charset=utf-8";
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final Pattern DER = Pattern.compile("/ca(-([2-9]))?\\.der");

  private final Supplier<Documents> documents;
  private final Supplier<List<X509Certificate>> published;
  private final Supplier<Listen> listen;
  private final Supplier<List<X509Certificate>> clientAuthorities;

  /// As [#Site(Supplier, Supplier, Supplier, Supplier)], where no certificates are issued for
  /// clients.
  public Site(
      Supplier<Documents> documents,
      Supplier<List<X509Certificate>> published,
      Supplier<Listen> listen) {
    this(documents, published, listen, List::of);
  }

  /// @param documents the policy in force
  /// @param published the certificates that clients are to trust, never none
  /// @param listen where the proxy listens, with real ports where those are known
  /// @param clientAuthorities what origins are to be given to know clients by, or none
  public Site(
      Supplier<Documents> documents,
      Supplier<List<X509Certificate>> published,
      Supplier<Listen> listen,
      Supplier<List<X509Certificate>> clientAuthorities) {
    this.documents = documents;
    this.published = published;
    this.listen = listen;
    this.clientAuthorities = clientAuthorities;
  }

  @Override
  public Page answer(Request request) {
    if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
      return page(405, TEXT, "only GET and HEAD\n", Map.of("allow", "GET, HEAD"));
    }
    var target = request.path();
    int query = target.indexOf('?');
    var path = query < 0 ? target : target.substring(0, query);
    return switch (path) {
      case "/", "/index.html" ->
          page(
              200,
              HTML,
              WelcomePage.of(
                  documents.get(), published.get(), proxyFile(request.reached()).isPresent()));
      case "/ca.pem" ->
          file("application/x-pem-file", "menura-ca.pem", Pem.certificates(published.get()));
      case "/ca-clients.pem" -> {
        var authorities = clientAuthorities.get();
        yield authorities.isEmpty()
            ? page(404, TEXT, "no certificates are issued for clients\n")
            : file(
                "application/x-pem-file", "menura-ca-clients.pem", Pem.certificates(authorities));
      }
      case "/ca.mobileconfig" ->
          // Apple's systems offer to install it where it is shown, not saved.
          page(200, "application/x-apple-aspen-config", MobileConfig.of(published.get()));
      case "/proxy.pac", "/wpad.dat" ->
          proxyFile(request.reached())
              .map(script -> page(200, "application/x-ns-proxy-autoconfig", script))
              .orElseGet(() -> page(404, TEXT, "this client needs no proxy setting\n"));
      default -> der(path).orElseGet(() -> page(404, TEXT, "there is no such page; see /\n"));
    };
  }

  private Optional<String> proxyFile(String reached) {
    return ProxyFile.of(listen.get(), reached);
  }

  /// One certificate in a file: the issuing authority's, or the one of that number.
  private Optional<Page> der(String path) {
    Matcher named = DER.matcher(path);
    if (!named.matches()) {
      return Optional.empty();
    }
    int index = named.group(2) == null ? 0 : Integer.parseInt(named.group(2)) - 1;
    var all = published.get();
    if (index >= all.size()) {
      return Optional.empty();
    }
    return Optional.of(
        page(
            200,
            "application/x-x509-ca-cert",
            encoded(all.get(index)),
            Map.of(
                "content-disposition",
                "attachment; filename=\"menura-" + path.substring(1) + "\"")));
  }

  private static ByteBuffer encoded(X509Certificate certificate) {
    try {
      return ByteBuffer.wrap(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }

  private static Page file(String type, String name, String text) {
    return page(
        200, type, text, Map.of("content-disposition", "attachment; filename=\"" + name + "\""));
  }

  private static Page page(int status, String type, String text) {
    return page(status, type, text, Map.of());
  }

  private static Page page(int status, String type, String text, Map<String, String> more) {
    return page(status, type, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), more);
  }

  private static Page page(int status, String type, ByteBuffer body, Map<String, String> more) {
    var headers = new LinkedHashMap<>(more);
    headers.put("content-type", type);
    headers.put("cache-control", "no-store");
    headers.put("x-content-type-options", "nosniff");
    headers.put("referrer-policy", "no-referrer");
    headers.put(
        "content-security-policy",
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none';"
            + " frame-ancestors 'none'");
    return new Page(status, headers, body);
  }
}
