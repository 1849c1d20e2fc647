package dev.menura.policy;

import dev.menura.policy.net.Cidr;
import java.net.InetAddress;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// How clients say who they are: `spec.clients` of the `Gateway` document.
///
/// @param required whether a client that says nothing is refused
/// @param basic user names and passwords (RFC 7617)
/// @param bearer tokens (RFC 6750, RFC 7519)
/// @param certificate TLS certificates of the connection to the proxy
/// @param machines clients that are known by their address
public record Clients(
    boolean required,
    Optional<Basic> basic,
    Optional<Bearer> bearer,
    Optional<Certificate> certificate,
    List<Machine> machines) {
  /// Nobody is asked, and nobody is known.
  public static final Clients NONE =
      new Clients(false, Optional.empty(), Optional.empty(), Optional.empty(), List.of());

  public Clients {
    machines = List.copyOf(machines);
  }

  /// The machine at an address, by the smallest block that holds it; the first of equals.
  public Optional<Machine> machine(InetAddress address) {
    return machines.stream()
        .filter(machine -> machine.prefix(address) >= 0)
        .max(
            Comparator.<Machine>comparingInt(machine -> machine.prefix(address))
                .thenComparing(Comparator.comparingInt(machines::indexOf).reversed()));
  }

  /// The users of a password file.
  ///
  /// @param realm what a browser shows beside its question
  /// @param passwords by the users' names
  /// @param groups the groups of each user that has any
  public record Basic(
      String realm, Map<String, PasswordHash> passwords, Map<String, Set<String>> groups) {
    public Basic {
      passwords = Map.copyOf(passwords);
      groups = Map.copyOf(groups);
    }
  }

  /// The tokens of an issuer.
  ///
  /// @param audiences what a token must be made out to, one of them
  /// @param userClaim the claim with the user's name
  /// @param groupsClaim the claim with the user's groups
  public record Bearer(
      KeySet keys, String issuer, Set<String> audiences, String userClaim, String groupsClaim) {
    public Bearer {
      audiences = Set.copyOf(audiences);
    }
  }

  /// The public keys of an issuer (RFC 7517).
  public sealed interface KeySet {
    /// A file of the policy.
    ///
    /// @param json a key set that was checked
    record InFile(String json) implements KeySet {}

    /// An address of scheme `https` that they are fetched from.
    record At(URI address) implements KeySet {}
  }

  /// The certificates that clients may present to the proxy's TLS endpoint.
  ///
  /// @param roots the authorities that they are issued under
  /// @param user where the user's name stands
  /// @param groups the groups of each user that has any
  public record Certificate(
      List<X509Certificate> roots, UserName user, Map<String, Set<String>> groups) {
    public Certificate {
      roots = List.copyOf(roots);
      groups = Map.copyOf(groups);
    }
  }

  /// The part of a certificate that names its user.
  public enum UserName {
    /// The subject's common name.
    COMMON_NAME("common-name"),
    /// The first subject alternative name that is an e-mail address.
    EMAIL("email"),
    /// The first subject alternative name that is a host name.
    DNS("dns"),
    /// None: certificates name workloads alone.
    NONE("none");

    private final String word;

    UserName(String word) {
      this.word = word;
    }

    /// The word in the document.
    public String word() {
      return word;
    }
  }

  /// Clients that are known by their address.
  ///
  /// @param user empty where the address says nothing of it
  /// @param device empty as `user`
  public record Machine(List<Cidr> blocks, String user, Set<String> groups, String device) {
    public Machine {
      blocks = List.copyOf(blocks);
      groups = Set.copyOf(groups);
    }

    /// The length of the longest prefix that holds the address, -1 where none does.
    int prefix(InetAddress address) {
      return blocks.stream()
          .filter(block -> block.contains(address))
          .mapToInt(Cidr::prefix)
          .max()
          .orElse(-1);
    }
  }
}
