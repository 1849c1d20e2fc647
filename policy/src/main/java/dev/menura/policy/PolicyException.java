package dev.menura.policy;

import java.util.List;

/// A policy that was not loaded, and everything that is wrong with it.
public final class PolicyException extends Exception {
  private final transient List<Issue> issues;

  /// @param issues the errors and warnings, in the order in which they are shown
  public PolicyException(List<Issue> issues) {
    super(IssueFormat.summary(issues));
    this.issues = List.copyOf(issues);
  }

  /// The errors and warnings, in the order of the files.
  public List<Issue> issues() {
    return issues;
  }
}
