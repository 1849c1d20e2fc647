package dev.menura.certificates.upstream;

import dev.menura.certificates.path.X509;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Keys and certificates that are known for interception, or that no longer deserve trust: an
/// origin that presents one is refused, whoever trusts it. The list is data, with a source for each
/// entry. Immutable.
final class Denied {
  private static final String SHIPPED = "denied-authorities.txt";
  private static final Pattern LINE =
      Pattern.compile("(spki|certificate) +([0-9a-f]{64}) +([\\x20-\\x7e]+)");

  private final Map<String, String> byKey = new HashMap<>();
  private final Map<String, String> byCertificate = new HashMap<>();

  private Denied() {}

  static Denied shipped() {
    try (InputStream in = Denied.class.getResourceAsStream(SHIPPED)) {
      if (in == null) {
        throw new IllegalStateException("the list of denied authorities is missing");
      }
      return read(new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new IllegalStateException("the list of denied authorities cannot be read", e);
    }
  }

  /// Lines of the form `spki|certificate SHA-256 NAME`; those that begin with `#` are comments.
  static Denied read(BufferedReader lines) throws IOException {
    var denied = new Denied();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (line.isBlank() || line.startsWith("#")) {
        continue;
      }
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new IOException("expected 'spki' or 'certificate', a SHA-256 and a name: " + line);
      }
      (matcher.group(1).equals("spki") ? denied.byKey : denied.byCertificate)
          .put(matcher.group(2), matcher.group(3));
    }
    return denied;
  }

  Optional<String> nameOf(X509 certificate) {
    return Optional.ofNullable(byKey.get(certificate.key().spkiSha256()))
        .or(() -> Optional.ofNullable(byCertificate.get(certificate.fingerprint())));
  }

  int size() {
    return byKey.size() + byCertificate.size();
  }
}
