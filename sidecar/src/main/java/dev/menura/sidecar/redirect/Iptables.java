package dev.menura.sidecar.redirect;

import dev.menura.policy.net.Cidr;
import dev.menura.sidecar.redirect.Redirection.Account;
import dev.menura.sidecar.redirect.Redirection.Interface;
import dev.menura.sidecar.redirect.Redirection.Scope.Forwarded;
import dev.menura.sidecar.redirect.Redirection.Scope.OwnConnections;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;

/// Rules as a shell script of `iptables` and `ip6tables` commands: chains of our own, `MENURA`, in
/// the tables `nat` and `filter`, and one jump to each.
public final class Iptables implements Rules {
  private static final String CHAIN = "MENURA";

  /// Missing where the kernel has no IPv6, and then there is no way around over it.
  private static final String IF_IPV6 = "if [ -e /proc/net/if_inet6 ]; then\n";

  @Override
  public String add(Redirection redirection) {
    return "set -e\n"
        + String.join("\n", commands("iptables", redirection, false))
        + "\n"
        + IF_IPV6
        + String.join("\n", commands("ip6tables", redirection, true))
        + "\nfi\n";
  }

  private static List<String> commands(String program, Redirection redirection, boolean ipv6) {
    var nat = new Table(program + " -w -t nat");
    var filter = new Table(program + " -w -t filter");
    var sources = List.of("");
    switch (redirection.scope()) {
      case OwnConnections(List<Account> users, List<Account> groups) -> {
        nat.begin("OUTPUT", "PREROUTING");
        filter.begin("OUTPUT", "FORWARD");
        both(nat, filter, "-o lo");
        users.forEach(user -> both(nat, filter, "-m owner --uid-owner " + user.text()));
        groups.forEach(group -> both(nat, filter, "-m owner --gid-owner " + group.text()));
      }
      case Forwarded(List<Interface> interfaces) -> {
        nat.begin("PREROUTING", "OUTPUT");
        filter.begin("FORWARD", "OUTPUT");
        nat.rule("-m addrtype --dst-type LOCAL -j RETURN");
        if (!interfaces.isEmpty()) {
          sources = interfaces.stream().map(each -> "-i " + each.text() + " ").toList();
        }
      }
    }
    for (Cidr block : redirection.leftAlone()) {
      if (block.network() instanceof Inet4Address != ipv6) {
        both(nat, filter, "-d " + Nftables.text(block));
      }
    }
    for (String source : sources) {
      var to = " -j REDIRECT --to-ports " + redirection.to();
      if (redirection.ports().isEmpty()) {
        nat.rule(source + "-p tcp" + to);
      }
      redirection.ports().forEach(port -> nat.rule(source + "-p tcp --dport " + port + to));
      limit(filter, source, redirection.closed(), ipv6);
    }
    nat.end();
    filter.end();
    var all = new ArrayList<>(nat.lines);
    all.addAll(filter.lines);
    return all;
  }

  private static void limit(Table filter, String source, boolean closed, boolean ipv6) {
    var reject = " -j REJECT --reject-with ";
    filter.rule(
        source
            + "-p udp --dport 443"
            + reject
            + (ipv6 ? "icmp6-port-unreachable" : "icmp-port-unreachable"));
    if (!closed) {
      return;
    }
    filter.rule(source + "-m conntrack --ctstate ESTABLISHED,RELATED,DNAT -j ACCEPT");
    filter.rule(source + (ipv6 ? "-p ipv6-icmp" : "-p icmp") + " -j ACCEPT");
    filter.rule(source + "-p tcp --dport 53 -j ACCEPT");
    for (int port : new int[] {53, ipv6 ? 547 : 67}) {
      filter.rule(source + "-p udp --dport " + port + " -j ACCEPT");
    }
    filter.rule(source + "-p tcp" + reject + "tcp-reset");
    filter.rule(
        source.stripTrailing() + reject + (ipv6 ? "icmp6-adm-prohibited" : "icmp-admin-prohibited"));
  }

  private static void both(Table nat, Table filter, String match) {
    nat.rule(match + " -j RETURN");
    filter.rule(match + " -j RETURN");
  }

  /// The commands for one table.
  private static final class Table {
    private final List<String> lines = new ArrayList<>();
    private final String program;
    private String hook = "";

    Table(String program) {
      this.program = program;
    }

    /// @param before the hook of a redirection of the other scope
    void begin(String at, String before) {
      hook = at;
      lines.add(unhook(program, before));
      lines.add("%1$s -N %2$s 2>/dev/null || %1$s -F %2$s".formatted(program, CHAIN));
    }

    void rule(String rule) {
      lines.add(program + " -A " + CHAIN + " " + rule.strip());
    }

    void end() {
      lines.add(
          "%1$s -C %2$s -j %3$s 2>/dev/null || %1$s -I %2$s -j %3$s"
              .formatted(program, hook, CHAIN));
    }
  }

  private static String unhook(String program, String hook) {
    return "while %s -D %s -j %s 2>/dev/null; do :; done".formatted(program, hook, CHAIN);
  }

  @Override
  public String remove() {
    return "set -e\niptables -w -t nat -L -n >/dev/null\n"
        + removal("iptables")
        + IF_IPV6
        + removal("ip6tables")
        + "fi\n";
  }

  private static String removal(String program) {
    var lines = new StringBuilder();
    for (String table : List.of("nat", "filter")) {
      var command = program + " -w -t " + table;
      for (String hook :
          table.equals("nat") ? List.of("OUTPUT", "PREROUTING") : List.of("OUTPUT", "FORWARD")) {
        lines.append(unhook(command, hook)).append('\n');
      }
      lines.append(
          "if %1$s -F %2$s 2>/dev/null; then %1$s -X %2$s; fi\n".formatted(command, CHAIN));
    }
    return lines.toString();
  }

  @Override
  public List<String> program() {
    return List.of("sh");
  }

  @Override
  public String debianPackage() {
    return "iptables";
  }
}
