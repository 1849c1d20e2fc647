package dev.menura.policy.load;

import dev.menura.policy.Gateway;
import dev.menura.policy.Listen;
import dev.menura.policy.Listen.Way;
import dev.menura.policy.ProxyCertificate;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The keys of `listen` in the `Gateway` document: one for each way in.
final class ListenShape {
  private static final Listen STANDARD = Listen.STANDARD;
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+\\]|[^:\\[\\]]+):([0-9]{1,5})");

  private static final Field<Gateway.Listener> EXPLICIT_ADDRESS =
      Field.withDefault(
          "address",
          Types.text("host:port, as 127.0.0.1:3128", ListenShape::address),
          STANDARD.explicit(),
          STANDARD.explicit().toString(),
          "Where clients reach the proxy; port 0 is any free port.");

  private static final Field<Gateway.Listener> EXPLICIT =
      Field.withDefault(
          Way.EXPLICIT.word(),
          Shape.of(List.of(EXPLICIT_ADDRESS), found -> found.get(EXPLICIT_ADDRESS)),
          STANDARD.explicit(),
          "",
          "The proxy that clients are configured with: HTTP/1.1, and HTTP/2 with prior knowledge.");

  private static final Field<Gateway.Listener> TRANSPARENT_ADDRESS =
      Field.required(
          "address",
          Types.text("host:port, as 0.0.0.0:15001", ListenShape::address),
          "Where redirected connections arrive; port 0 is any free port, `[::]` both address"
              + " families.");

  private static final Field<Gateway.Listener> TRANSPARENT =
      Field.optional(
          Way.TRANSPARENT.word(),
          Shape.of(List.of(TRANSPARENT_ADDRESS), found -> found.get(TRANSPARENT_ADDRESS)),
          "Takes connections of clients that know of no proxy, redirected by rules as those of"
              + " `menura redirect`; closed where it is left out.");

  private static final Field<Gateway.Listener> EXPLICIT_TLS =
      encrypted(Way.EXPLICIT_TLS, "The same over TLS: HTTP/1.1 and HTTP/2; closed where left out.");

  private static final Field<Gateway.Listener> EXPLICIT_H3 =
      encrypted(Way.EXPLICIT_H3, "The same over QUIC: HTTP/3; closed where it is left out.");

  private ListenShape() {}

  static Field<Listen> listen(Folder folder) {
    Field<ProxyCertificate> certificate = CertificateShape.certificate(folder);
    Shape<Listen> shape =
        Shape.checked(
            List.of(EXPLICIT, EXPLICIT_TLS, EXPLICIT_H3, certificate, TRANSPARENT),
            (found, issues) -> {
              var listen = listen(found).with(found.get(certificate));
              return CertificateShape.isNamed(listen, found, issues)
                  ? Optional.of(listen)
                  : Optional.empty();
            });
    return Field.withDefault("listen", shape, STANDARD, "", "How traffic comes in.");
  }

  private static Listen listen(Found found) {
    var listen = STANDARD.with(Way.EXPLICIT, found.get(EXPLICIT));
    for (var field : List.of(EXPLICIT_TLS, EXPLICIT_H3, TRANSPARENT)) {
      var address = found.optional(field);
      if (address.isPresent()) {
        listen = listen.with(way(field), address.get());
      }
    }
    return listen;
  }

  private static Way way(Field<?> field) {
    return Arrays.stream(Way.values())
        .filter(way -> way.word().equals(field.name()))
        .findFirst()
        .orElseThrow();
  }

  private static Field<Gateway.Listener> encrypted(Way way, String doc) {
    Field<Gateway.Listener> address =
        Field.required(
            "address",
            Types.text("host:port, as 127.0.0.1:3443", ListenShape::address),
            "Where clients reach the proxy; port 0 is any free port.");
    return Field.optional(way.word(), Shape.of(List.of(address), found -> found.get(address)), doc);
  }

  private static Optional<Gateway.Listener> address(String text) {
    Matcher matcher = ADDRESS.matcher(text);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65_535) {
      return Optional.empty();
    }
    String bare = matcher.group(1).replaceAll("[\\[\\]]", "");
    int port = Integer.parseInt(matcher.group(2));
    return HostPattern.normalised(bare).map(_ -> new Gateway.Listener(bare, port));
  }
}
