package dev.menura.policy.rules;

import dev.menura.policy.Facts;
import dev.menura.policy.Policy;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.MapSource;
import dev.menura.policy.load.PolicyLoader;
import java.util.Map;
import java.util.Set;

/// Policies and facts for the tests of the evaluation.
final class Exchanges {
  static final PolicyLoader LOADER = new PolicyLoader(Set.of("credit-card", "iban"));

  private Exchanges() {}

  /// A policy with these rules, written as YAML list items, and a list of two gambling sites.
  static Policy policy(String rules) {
    return load("  rules:\n" + rules.indent(4));
  }

  static Policy observing(String rules) {
    return load("  mode: observe\n  rules:\n" + rules.indent(4));
  }

  private static Policy load(String spec) {
    String head = "apiVersion: menura.dev/v1\nkind: %s\nmetadata: {name: x}\nspec:\n";
    try {
      return LOADER
          .load(
              MapSource.of("policy.yaml", head.formatted("Policy") + spec)
                  .with(
                      "lists.yaml",
                      head.formatted("List")
                          + "  category: gambling\n  hosts: [bets.example, '*.casino.example']\n"))
          .policy();
    } catch (PolicyException e) {
      throw new AssertionError(dev.menura.policy.IssueFormat.text(e.issues()), e);
    }
  }

  static Facts connect(String host) {
    return Facts.of(new Facts.Connect("192.0.2.7", host, 443));
  }

  static Facts.Hello hello(String sni) {
    return new Facts.Hello("tls", sni, "t13d1516h2_8daaf6152771_e5627efa2ab1");
  }

  static Facts.UpstreamCertificate certificate() {
    return new Facts.UpstreamCertificate("", "CN=Root", "CN=x", "P-256", "TLSv1.3");
  }

  static Facts.RequestHead request(String method, String path) {
    return new Facts.RequestHead(method, path, "https", Map.of(":authority", "x.example"));
  }

  static Facts.ResponseHead response(int code) {
    return new Facts.ResponseHead(code, Map.of("content-type", "text/plain"));
  }

  static Facts.Body body(long cards, boolean complete) {
    return new Facts.Body() {
      @Override
      public long count(String kind) {
        return cards;
      }

      @Override
      public boolean complete() {
        return complete;
      }
    };
  }

  /// Everything up to the request's headers.
  static Facts requested(String host, String method, String path) {
    return connect(host).with(hello(host)).with(certificate()).with(request(method, path));
  }
}
