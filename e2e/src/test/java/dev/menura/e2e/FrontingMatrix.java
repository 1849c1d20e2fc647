package dev.menura.e2e;

import java.util.ArrayList;
import java.util.List;

/// Who may be asked for under which name: the host of the CONNECT, the server name of the
/// handshake, the host of the request, and the names in the origin's certificate, each in every
/// combination; and the few sentences that decide.
final class FrontingMatrix {
  static final String SHOP = "shop.test";
  static final String BANK = "bank.test";
  static final String ADDRESS = "127.0.0.1";
  static final String NONE = "none";

  static final List<String> TARGETS = List.of(SHOP, BANK, ADDRESS);
  static final List<String> SERVER_NAMES = List.of(SHOP, BANK, NONE);

  /// What an origin's certificate may be valid for.
  static final List<List<String>> CERTIFICATES =
      List.of(List.of(SHOP, BANK, ADDRESS), List.of(SHOP), List.of(BANK));

  /// Decrypts `shop.test`, looks at each of its requests, and passes `bank.test` through.
  static final String RULES =
      """
      - {name: bank, when: host.name == 'bank.test', then: passthrough}
      - {name: odd, when: size(request.path) > 4000, then: block}
      - {name: all, when: true, then: allow}
      """;

  private FrontingMatrix() {}

  /// @param target the host of the CONNECT
  /// @param serverName of the handshake, or `none`
  /// @param host of the request, in `Host` or `:authority`
  record Cell(String target, String serverName, String host, List<String> certificate) {

    /// What the policy table says, its sentences in their order.
    String expected() {
      if (!serverName.equals(NONE) && !serverName.equals(target)) {
        return "sni-host-mismatch";
      }
      if (target.equals(BANK)) {
        return "passed through";
      }
      if (!certificate.contains(target)) {
        // The page needs a name for its own certificate.
        return serverName.equals(NONE) ? "closed" : "certificate-wrong-host";
      }
      return host.equals(target) ? "forwarded" : "host-mismatch";
    }

    boolean reachesTheOrigin() {
      return expected().equals("forwarded") || expected().equals("passed through");
    }
  }

  static List<Cell> cells() {
    var cells = new ArrayList<Cell>();
    for (var certificate : CERTIFICATES) {
      for (String target : TARGETS) {
        for (String serverName : SERVER_NAMES) {
          for (String host : TARGETS) {
            cells.add(new Cell(target, serverName, host, certificate));
          }
        }
      }
    }
    return cells;
  }
}
