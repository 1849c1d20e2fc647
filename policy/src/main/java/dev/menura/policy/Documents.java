package dev.menura.policy;

import java.util.List;
import java.util.Set;

/// Everything that a policy's folder says.
///
/// @param version the hash of all documents and of the files that they name, as [Policy#version]
/// @param warnings what is likely to be a mistake, in the order of the files
/// @param files the names of all files that were read, relative to the folder; a change in one of
///   them is a change of the policy
public record Documents(
    Gateway gateway, Policy policy, String version, List<Issue> warnings, Set<String> files) {
  public Documents {
    warnings = List.copyOf(warnings);
    files = Set.copyOf(files);
  }
}
