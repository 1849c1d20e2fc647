package dev.menura.sidecar.redirect;

import dev.menura.policy.net.Cidr;
import java.util.List;
import java.util.regex.Pattern;

/// Which connections are brought to the transparent listener.
///
/// @param scope whose
/// @param to the port of the listener on this machine
/// @param ports the TCP ports that clients dial; empty for all
/// @param leftAlone destinations that are neither redirected nor refused
/// @param closed whether what is not redirected is refused, but for name resolution and addresses
///   (DNS, DHCP)
public record Redirection(
    Scope scope, int to, List<Integer> ports, List<Cidr> leftAlone, boolean closed) {
  public Redirection {
    ports = List.copyOf(ports);
    leftAlone = List.copyOf(leftAlone);
    if (to < 1 || to > 65_535 || ports.stream().anyMatch(port -> port < 1 || port > 65_535)) {
      throw new IllegalArgumentException("a port is 1 to 65535");
    }
  }

  /// Whose connections are redirected.
  public sealed interface Scope {
    /// Those that this machine, or this pod, opens itself.
    ///
    /// @param users whose connections are left alone: Envoy's, or they would come back to it
    /// @param groups as users
    record OwnConnections(List<Account> users, List<Account> groups) implements Scope {
      public OwnConnections {
        users = List.copyOf(users);
        groups = List.copyOf(groups);
        if (users.isEmpty() && groups.isEmpty()) {
          throw new IllegalArgumentException("Envoy's own connections would come back to it");
        }
      }
    }

    /// Those that this machine forwards for others.
    ///
    /// @param interfaces where clients come from; empty for all
    record Forwarded(List<Interface> interfaces) implements Scope {
      public Forwarded {
        interfaces = List.copyOf(interfaces);
      }
    }
  }

  /// A user or a group, by name or number.
  public record Account(String text) {
    private static final Pattern FORM = Pattern.compile("[0-9]{1,10}|[A-Za-z_][A-Za-z0-9_.-]{0,31}");

    public Account {
      require(FORM, text, "a user or group is a name or a number");
    }
  }

  /// A network interface of this machine.
  public record Interface(String text) {
    /// The kernel takes more; these are the names that need no quoting anywhere.
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

    public Interface {
      require(FORM, text, "an interface has a name as eth0");
    }
  }

  private static void require(Pattern form, String text, String otherwise) {
    if (!form.matcher(text).matches()) {
      throw new IllegalArgumentException(otherwise + ": '" + text + "'");
    }
  }
}
