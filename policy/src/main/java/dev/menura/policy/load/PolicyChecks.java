package dev.menura.policy.load;

import dev.menura.policy.lists.HostList;
import dev.menura.policy.yaml.Issues;
import java.util.Map;

/// What must hold between the rules, and between the rules and the lists.
final class PolicyChecks {
  private PolicyChecks() {}

  static void check(PolicyShape.Drafts drafts, Map<Header, HostList> lists, Issues issues) {
    ListUse.check(drafts.rules(), lists, issues);
    Reach.check(drafts.rules(), issues);
  }
}
