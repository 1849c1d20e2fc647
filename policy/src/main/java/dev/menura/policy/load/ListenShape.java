package dev.menura.policy.load;

import dev.menura.policy.Gateway;
import dev.menura.policy.Gateway.Listen;
import dev.menura.policy.Gateway.Listener;
import dev.menura.policy.ProxyCertificate;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The key `listen` of the `Gateway` document.
final class ListenShape {
  private static final Listen STANDARD = Gateway.STANDARD.listen();
  private static final Pattern LISTENER =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[^:\\[\\]]+):([0-9]{1,5})");
  private static final String ADDRESS_FORM = "host:port, as 127.0.0.1:3128";

  private static final Field<Listener> ADDRESS =
      Field.withDefault(
          "address",
          Types.text(ADDRESS_FORM, ListenShape::listener),
          STANDARD.explicit(),
          STANDARD.explicit().toString(),
          "Where clients reach the proxy; port 0 is any free port.");

  private static final Field<Listener> EXPLICIT =
      Field.withDefault(
          "explicit",
          Shape.of(List.of(ADDRESS), found -> found.get(ADDRESS)),
          STANDARD.explicit(),
          "",
          "The proxy that clients are configured with: HTTP/1.1, and HTTP/2 with prior knowledge.");

  private static final Field<Listener> EXPLICIT_TLS =
      encrypted("explicit-tls", "The same over TLS: HTTP/1.1 and HTTP/2. Off unless it is named.");

  private static final Field<Listener> EXPLICIT_H3 =
      encrypted("explicit-h3", "The same over QUIC: HTTP/3. Off unless it is named.");

  private static final Field<List<String>> NAMES =
      Field.withDefault(
          "names",
          Types.listOf(Types.text("a host name or an address", ListenShape::name)),
          List.of(),
          "the addresses of those listeners",
          "The names and addresses by which clients know the proxy. The gateway's own authority"
              + " issues the certificate, and renews it.");

  private static final Field<Scalar> FILE =
      Field.optional(
          "file",
          Types.raw("the path of a PEM file inside the policy's folder"),
          "In place of `names`: a PEM file with the certificate, and those that lead from it to one"
              + " that clients know.");

  private static final Field<Scalar> KEY =
      Field.optional(
          "key",
          Types.raw("the path of a PEM file inside the policy's folder"),
          "The PEM file with the key of `file` (PKCS#8).");

  private ListenShape() {}

  static Field<Listen> listen(Folder folder) {
    Field<ProxyCertificate> certificate =
        Field.withDefault(
            "certificate",
            Shape.checked(
                List.of(NAMES, FILE, KEY), (found, issues) -> certificate(found, folder, issues)),
            STANDARD.certificate(),
            "",
            "What `explicit-tls` and `explicit-h3` present.");
    Shape<Listen> shape =
        Shape.checked(
            List.of(EXPLICIT, EXPLICIT_TLS, EXPLICIT_H3, certificate),
            (found, issues) -> listen(found, certificate, issues));
    return Field.withDefault("listen", shape, STANDARD, "", "How traffic comes in.");
  }

  private static Field<Listener> encrypted(String name, String doc) {
    Field<Listener> address =
        Field.required(
            "address",
            Types.text(ADDRESS_FORM, ListenShape::listener),
            "Where clients reach the proxy; port 0 is any free port.");
    return Field.optional(name, Shape.of(List.of(address), found -> found.get(address)), doc);
  }

  private static Optional<Listen> listen(
      Found found, Field<ProxyCertificate> certificate, Issues issues) {
    var listen =
        new Listen(
            found.get(EXPLICIT),
            found.optional(EXPLICIT_TLS),
            found.optional(EXPLICIT_H3),
            found.get(certificate));
    if (listen.certificate() instanceof ProxyCertificate.Issued(var names) && names.isEmpty()) {
      for (Field<Listener> field : List.of(EXPLICIT_TLS, EXPLICIT_H3)) {
        if (found.optional(field).filter(Listener::isEverywhere).isPresent()) {
          issues.error(
              found.at(field),
              "expected 'certificate' with the names by which clients know the proxy, found a"
                  + " listener on every address and no name");
          return Optional.empty();
        }
      }
    }
    if (isSame(Optional.of(listen.explicit()), listen.explicitTls())) {
      issues.error(
          found.at(EXPLICIT_TLS),
          "expected another address than that of 'explicit', found the same");
      return Optional.empty();
    }
    return Optional.of(listen);
  }

  private static boolean isSame(Optional<Listener> one, Optional<Listener> other) {
    return one.equals(other) && one.filter(listener -> listener.port() != 0).isPresent();
  }

  private static Optional<ProxyCertificate> certificate(Found found, Folder folder, Issues issues) {
    Optional<Scalar> file = found.optional(FILE);
    Optional<Scalar> key = found.optional(KEY);
    if (file.isEmpty() && key.isEmpty()) {
      return Optional.of(new ProxyCertificate.Issued(found.get(NAMES)));
    }
    if (file.isEmpty() || key.isEmpty() || found.optional(NAMES).isPresent()) {
      issues.error(found.mapping(), "expected either 'names', or both 'file' and 'key'");
      return Optional.empty();
    }
    return CertificateFile.read(file.get(), key.get(), folder, issues);
  }

  private static Optional<Listener> listener(String text) {
    Matcher matcher = LISTENER.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      return Optional.empty();
    }
    String bare = matcher.group(1).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(matcher.group(2));
    return HostPattern.normalised(bare).map(_ -> new Listener(bare, port));
  }

  private static Optional<String> name(String text) {
    return text.contains("*") ? Optional.empty() : HostPattern.normalised(text);
  }
}
