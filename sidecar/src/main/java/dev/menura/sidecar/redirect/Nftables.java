package dev.menura.sidecar.redirect;

import dev.menura.policy.net.Cidr;
import dev.menura.sidecar.redirect.Redirection.Account;
import dev.menura.sidecar.redirect.Redirection.Interface;
import dev.menura.sidecar.redirect.Redirection.Scope.Forwarded;
import dev.menura.sidecar.redirect.Redirection.Scope.OwnConnections;
import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Rules for `nft -f`: one table of our own for both address families. It is replaced and removed
/// as a whole, in one transaction.
public final class Nftables implements Rules {
  private static final String REMOVE =
      """
      table inet menura
      delete table inet menura
      """;

  @Override
  public String add(Redirection redirection) {
    var intercept = new ArrayList<String>();
    var others = new ArrayList<String>();
    var hook =
        switch (redirection.scope()) {
          case OwnConnections(List<Account> users, List<Account> groups) -> {
            intercept.add("oifname \"lo\" return");
            others.add("oifname \"lo\" accept");
            accounts("skuid", users, intercept, others);
            accounts("skgid", groups, intercept, others);
            yield List.of("output", "output");
          }
          case Forwarded(List<Interface> interfaces) -> {
            if (!interfaces.isEmpty()) {
              var not = "iifname != " + set(interfaces.stream().map(i -> quoted(i.text())).toList());
              intercept.add(not + " return");
              others.add(not + " accept");
            }
            intercept.add("fib daddr type local return");
            yield List.of("prerouting", "forward");
          }
        };
    leftAlone(redirection.leftAlone(), intercept, others);
    intercept.add(dialled(redirection.ports()) + " redirect to :" + redirection.to());
    // QUIC: a client that is refused falls back to TCP.
    others.add("udp dport 443 reject with icmpx type port-unreachable");
    if (redirection.closed()) {
      close(others);
    }
    return REMOVE
        + "table inet menura {\n"
        + chain("intercept", "nat", hook.getFirst(), -100, intercept)
        + chain("others", "filter", hook.getLast(), 0, others)
        + "}\n";
  }

  private static void close(List<String> others) {
    others.add("ct state established,related accept");
    // What was redirected still shows the way that it would have gone.
    others.add("ct status dnat accept");
    others.add("meta l4proto { icmp, ipv6-icmp } accept");
    others.add("tcp dport 53 accept");
    others.add("udp dport { 53, 67, 547 } accept");
    others.add("meta l4proto tcp reject with tcp reset");
    others.add("reject with icmpx type admin-prohibited");
  }

  private static void accounts(
      String key, List<Account> accounts, List<String> intercept, List<String> others) {
    if (!accounts.isEmpty()) {
      var ours = "meta " + key + " " + set(accounts.stream().map(Nftables::account).toList());
      intercept.add(ours + " return");
      others.add(ours + " accept");
    }
  }

  private static String account(Account account) {
    return Character.isDigit(account.text().charAt(0)) ? account.text() : quoted(account.text());
  }

  private static void leftAlone(
      List<Cidr> blocks, List<String> intercept, List<String> others) {
    for (Cidr block : blocks) {
      var there =
          (block.network() instanceof Inet4Address ? "ip" : "ip6") + " daddr " + text(block);
      intercept.add(there + " return");
      others.add(there + " accept");
    }
  }

  static String text(Cidr block) {
    return block.network().getHostAddress() + "/" + block.prefix();
  }

  private static String dialled(List<Integer> ports) {
    return ports.isEmpty()
        ? "meta l4proto tcp"
        : "tcp dport " + set(ports.stream().map(String::valueOf).toList());
  }

  private static String set(List<String> elements) {
    return "{ " + String.join(", ", elements) + " }";
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static String chain(
      String name, String type, String hook, int priority, List<String> rules) {
    return """
      chain %s {
        type %s hook %s priority %d; policy accept;
    %s
      }
    """
        .formatted(
            name,
            type,
            hook,
            priority,
            rules.stream().map(rule -> "    " + rule).collect(Collectors.joining("\n")));
  }

  @Override
  public String remove() {
    return REMOVE;
  }

  @Override
  public List<String> program() {
    return List.of("nft", "-f");
  }

  @Override
  public String debianPackage() {
    return "nftables";
  }
}
