package dev.menura.policy;

import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// How traffic comes in and goes out: the `Gateway` document.
public record Gateway(
    Listen listen,
    Upstream upstream,
    Certificates certificates,
    AuthorityKeys ca,
    Timeouts timeouts,
    TlsRules tls,
    Clients clients,
    PinnedClients pinnedClients) {
  /// What holds where there is no `Gateway` document.
  public static final Gateway STANDARD =
      new Gateway(
          Listen.STANDARD,
          new Upstream(
              Trust.SYSTEM, new AddressRules(List.of()), HostAddresses.NONE, List.of(), List.of()),
          Certificates.STANDARD,
          AuthorityKeys.STANDARD,
          Timeouts.STANDARD,
          TlsRules.STANDARD,
          Clients.NONE,
          PinnedClients.STANDARD);

  /// Where a listener is bound.
  ///
  /// @param host a name or an address, without brackets
  /// @param port zero stands for any free port
  public record Listener(String host, int port) {
    /// Whether it is bound to every address of the machine.
    public boolean isEverywhere() {
      return host.equals("0.0.0.0") || host.chars().allMatch(c -> c == ':' || c == '0');
    }

    /// The address in the form `host:port`, with brackets around an IPv6 address.
    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  /// Which origins are trusted and dialled.
  ///
  /// @param resolvers the name servers that are asked, empty for the machine's own
  /// @param clientCertificates what rules can have presented to origins
  public record Upstream(
      Trust trust,
      AddressRules addressRules,
      HostAddresses hosts,
      List<InetSocketAddress> resolvers,
      List<ClientCertificate> clientCertificates) {
    public Upstream {
      resolvers = List.copyOf(resolvers);
      clientCertificates = List.copyOf(clientCertificates);
    }
  }

  /// The roots that an origin's certificate may lead to.
  ///
  /// @param systemRoots whether the machine's own roots count
  /// @param roots further ones
  /// @param profile which rules chains are held to
  /// @param revocation what is done where nothing can be learnt about revocation
  public record Trust(
      boolean systemRoots,
      List<X509Certificate> roots,
      TrustProfile profile,
      RevocationCheck revocation) {
    static final Trust SYSTEM =
        new Trust(true, List.of(), TrustProfile.BY_ROOT, RevocationCheck.SOFT);

    public Trust {
      roots = List.copyOf(roots);
    }

    /// The further roots in PEM form, empty where there are none.
    public String rootsPem() {
      StringBuilder pem = new StringBuilder();
      Base64.Encoder encoder = Base64.getMimeEncoder(64, new byte[] {'\n'});
      for (X509Certificate root : roots) {
        pem.append("-----BEGIN CERTIFICATE-----\n");
        pem.append(encoder.encodeToString(encoded(root)));
        pem.append("\n-----END CERTIFICATE-----\n");
      }
      return pem.toString();
    }

    private static byte[] encoded(X509Certificate root) {
      try {
        return root.getEncoded();
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException(e); // it was decoded from this very form
      }
    }
  }

  /// Which rules the chains of origins are held to.
  public enum TrustProfile {
    /// Those of the public web below the machine's own roots, those of private authorities below
    /// further ones.
    BY_ROOT("by-root"),
    /// Every rule, form included.
    WEBPKI_STRICT("webpki-strict"),
    /// All rules but those about form alone.
    PRIVATE_CA("private-ca");

    private final String word;

    TrustProfile(String word) {
      this.word = word;
    }

    /// The word in the document.
    public String word() {
      return word;
    }
  }

  /// What is done where nothing can be learnt about the revocation of an origin's certificate.
  public enum RevocationCheck {
    /// It is accepted, and the event says so.
    SOFT("soft"),
    /// It is refused.
    HARD("hard"),
    /// Nobody is asked, and no answer counts.
    OFF("off");

    private final String word;

    RevocationCheck(String word) {
      this.word = word;
    }

    /// The word in the document.
    public String word() {
      return word;
    }
  }

  /// The bounds of the mimics.
  ///
  /// @param names how many names have a certificate at the same time
  /// @param validity how long a mimic is valid at the most
  public record Certificates(int names, Duration validity) {
    static final Certificates STANDARD = new Certificates(2000, Duration.ofDays(7));
  }

  /// How long the gate waits.
  ///
  /// @param dns for the resolver's answer
  /// @param connect for the connection to the origin
  /// @param peek for the origin's certificate, from the connection on
  public record Timeouts(Duration dns, Duration connect, Duration peek) {
    static final Timeouts STANDARD =
        new Timeouts(Duration.ofSeconds(5), Duration.ofSeconds(5), Duration.ofSeconds(5));
  }

  /// What is done about hosts whose clients reject our certificates.
  ///
  /// @param proposeAfter how many different clients must have done so
  /// @param within in what time
  /// @param exemptFor how long such a host is then passed through; empty where it is only proposed
  public record PinnedClients(int proposeAfter, Duration within, Optional<Duration> exemptFor) {
    public static final PinnedClients STANDARD =
        new PinnedClients(3, Duration.ofHours(1), Optional.empty());
  }
}
