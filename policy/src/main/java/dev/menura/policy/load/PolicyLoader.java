package dev.menura.policy.load;

import dev.menura.policy.Documents;
import dev.menura.policy.Gateway;
import dev.menura.policy.Policy;
import dev.menura.policy.PolicyException;
import dev.menura.policy.PolicySource;
import dev.menura.policy.Rule;
import dev.menura.policy.cel.ConditionCompiler;
import dev.menura.policy.cel.Prover;
import dev.menura.policy.lists.HostList;
import dev.menura.policy.lists.HostLists;
import dev.menura.policy.load.Header.Kind;
import dev.menura.policy.rules.ObservedRules;
import dev.menura.policy.rules.OrderedRules;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.SourceFile;
import dev.menura.policy.yaml.YamlReader;
import dev.menura.policy.yaml.YamlValue;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Turns a folder of documents into an accepted policy, or into the list of all that is wrong with
/// it. Thread-safe.
public final class PolicyLoader {
  private final ConditionCompiler compiler;
  private final Issuing issuing;

  /// Who issues certificates.
  public enum Issuing {
    /// The gateway itself.
    HERE,
    /// A certificates process, which issues none for users.
    ELSEWHERE
  }

  /// @param kinds the kinds of finding that conditions can count
  public PolicyLoader(Set<String> kinds) {
    this(kinds, Issuing.HERE);
  }

  /// As [#PolicyLoader(Set)], for a gateway whose certificates are issued there.
  public PolicyLoader(Set<String> kinds, Issuing issuing) {
    this.compiler = new ConditionCompiler(kinds);
    this.issuing = issuing;
  }

  /// @throws PolicyException where there is any error; it carries all of them
  public Documents load(PolicySource source) throws PolicyException {
    Issues issues = new Issues();
    Folder folder = new Folder(source);
    List<Header> headers = headers(folder, issues);
    Map<Header, HostList> lists = lists(headers, folder, issues);
    Gateway gateway = gateway(headers, folder, issues);
    Optional<PolicyShape.Drafts> drafts = drafts(headers, folder, issues);
    drafts.ifPresent(found -> {
      PolicyChecks.check(found, lists, issues);
      RuleChecks.validities(found.rules(), gateway, issues);
      RuleChecks.clientCertificates(found.rules(), gateway, issuing, issues);
    });
    if (issues.hasErrors() || drafts.isEmpty()) {
      throw new PolicyException(issues.sorted());
    }
    String version = folder.version();
    Policy policy = policy(version, drafts.get(), new HostLists(List.copyOf(lists.values())));
    return new Documents(gateway, policy, version, issues.sorted(), folder.files());
  }

  private static List<Header> headers(Folder folder, Issues issues) {
    List<Header> headers = new ArrayList<>();
    Map<String, Header> seen = new HashMap<>();
    for (String name : folder.documents(issues)) {
      Optional<SourceFile> file =
          folder.document(name, issues).flatMap(bytes -> SourceFile.decode(name, bytes, issues));
      List<YamlValue> documents =
          file.map(given -> YamlReader.read(given, issues)).orElse(List.of());
      for (YamlValue document : documents) {
        Optional<Header> header = Header.SHAPE.read(document, issues);
        header.ifPresent(found -> {
          Header first = seen.putIfAbsent(found.described(), found);
          if (first == null) {
            headers.add(found);
          } else {
            issues.error(
                found.named(),
                "duplicate document " + found.described() + ", first used at " + place(first));
          }
        });
      }
    }
    return headers;
  }

  private static Map<Header, HostList> lists(List<Header> headers, Folder folder, Issues issues) {
    Map<Header, HostList> lists = new java.util.LinkedHashMap<>();
    for (Header header : headers) {
      if (header.kind() == Kind.LIST) {
        ListShape.shape(header.name(), folder)
            .read(header.specOrEmpty(), issues)
            .ifPresent(list -> lists.put(header, list));
      }
    }
    return lists;
  }

  private static Gateway gateway(List<Header> headers, Folder folder, Issues issues) {
    Optional<Header> header = only(Kind.GATEWAY, headers, issues);
    return header
        .flatMap(found -> GatewayShape.shape(folder).read(found.specOrEmpty(), issues))
        .orElse(Gateway.STANDARD);
  }

  private Optional<PolicyShape.Drafts> drafts(List<Header> headers, Folder folder, Issues issues) {
    Optional<Header> header = only(Kind.POLICY, headers, issues);
    if (header.isEmpty() && !issues.hasErrors()) {
      String found = folder.files().isEmpty() ? "no *.yaml or *.yml file" : "none";
      issues.error("the folder", "expected a document of kind 'Policy', found " + found);
    }
    return header.flatMap(found -> PolicyShape.shape(compiler).read(found.specOrEmpty(), issues));
  }

  /// The only document of a kind; further ones are errors.
  private static Optional<Header> only(Kind kind, List<Header> headers, Issues issues) {
    List<Header> found = headers.stream().filter(header -> header.kind() == kind).toList();
    for (Header more : found.stream().skip(1).toList()) {
      issues.error(
          more.named(),
          "expected one document of kind '"
              + kind.text()
              + "', found a second one; the first is at "
              + place(found.getFirst()));
    }
    return found.stream().findFirst();
  }

  private static String place(Header header) {
    return header.named().file().place(header.named().start()).toString();
  }

  private Policy policy(String version, PolicyShape.Drafts drafts, HostLists lists) {
    OrderedRules rules =
        new OrderedRules(
            version,
            drafts.limits(),
            drafts.rules().stream().map(Draft::compiled).toList(),
            lists,
            new Prover(compiler));
    return drafts.mode() == Rule.Mode.OBSERVE ? new ObservedRules(rules) : rules;
  }
}
