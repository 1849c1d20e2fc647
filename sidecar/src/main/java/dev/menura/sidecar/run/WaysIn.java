package dev.menura.sidecar.run;

import dev.menura.certificates.CertificateProvider;
import dev.menura.controlplane.WayIn;
import dev.menura.policy.Gateway.Listen;
import dev.menura.policy.Gateway.Listener;
import dev.menura.policy.ProxyCertificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The listeners that clients reach, and what the proxy presents on those that are encrypted.
public final class WaysIn {
  private WaysIn() {}

  /// What the `Gateway` document says.
  public static List<WayIn> of(Listen listen) {
    var ways = new ArrayList<WayIn>();
    ways.add(way(WayIn.Kind.EXPLICIT, listen.explicit()));
    listen.explicitTls().ifPresent(at -> ways.add(way(WayIn.Kind.EXPLICIT_TLS, at)));
    listen.explicitH3().ifPresent(at -> ways.add(way(WayIn.Kind.EXPLICIT_H3, at)));
    return List.copyOf(ways);
  }

  /// As [#of(Listen)], with the proxy in clear text where a flag says.
  public static List<WayIn> of(Listen listen, Optional<Listener> explicit) {
    return of(
        new Listen(
            explicit.orElse(listen.explicit()),
            listen.explicitTls(),
            listen.explicitH3(),
            listen.certificate()));
  }

  private static WayIn way(WayIn.Kind kind, Listener at) {
    return new WayIn(kind, at.host(), at.port());
  }

  /// Has the proxy present what the document says, where a listener needs it.
  static void present(Listen listen, CertificateProvider certificates) {
    List<Listener> encrypted =
        Stream.of(listen.explicitTls(), listen.explicitH3()).flatMap(Optional::stream).toList();
    if (encrypted.isEmpty()) {
      return;
    }
    switch (listen.certificate()) {
      case ProxyCertificate.Issued(List<String> names) ->
          certificates.issueForProxy(
              names.isEmpty() ? encrypted.stream().map(Listener::host).toList() : names);
      case ProxyCertificate.Own(String chain, ProxyCertificate.Key key) ->
          certificates.presentForProxy(chain, key.pem());
    }
  }
}
