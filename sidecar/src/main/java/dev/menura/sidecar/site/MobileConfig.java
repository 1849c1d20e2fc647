package dev.menura.sidecar.site;

import dev.menura.certificates.x509.Fingerprint;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/// A configuration profile that has Apple's systems trust certificates (Apple: Configuration
/// Profile Reference, `com.apple.security.root`). The same certificates give the same profile.
public final class MobileConfig {
  private static final String HEAD =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <plist version="1.0">
      """;

  private MobileConfig() {}

  /// The profile, in XML.
  public static String of(List<X509Certificate> certificates) {
    var payloads = new StringBuilder();
    var names = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      String fingerprint = Fingerprint.of(certificate);
      names.append(fingerprint);
      payloads.append(
          "    <dict>\n"
              + string("PayloadType", "com.apple.security.root")
              + common("dev.menura.ca." + fingerprint.substring(0, 16), name(certificate))
              + "    <key>PayloadContent</key>\n    <data>"
              + encoded(certificate)
              + "</data>\n    </dict>\n");
    }
    return HEAD
        + "<dict>\n"
        + string("PayloadType", "Configuration")
        + common("dev.menura.ca", "Menura certificate authority")
            .replace(uuid("dev.menura.ca"), uuid(names.toString()))
        + "    <key>PayloadContent</key>\n    <array>\n"
        + payloads
        + "    </array>\n</dict>\n</plist>\n";
  }

  private static String common(String identifier, String name) {
    return "    <key>PayloadVersion</key>\n    <integer>1</integer>\n"
        + string("PayloadIdentifier", identifier)
        + string("PayloadUUID", uuid(identifier))
        + string("PayloadDisplayName", name);
  }

  private static String uuid(String name) {
    return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private static String string(String key, String value) {
    return "    <key>" + key + "</key>\n    <string>" + escaped(value) + "</string>\n";
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  private static String encoded(X509Certificate certificate) {
    try {
      return Base64.getEncoder().encodeToString(certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }
}
