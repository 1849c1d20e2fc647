package dev.menura.certificates.path;

/// The kinds of rule that a chain can break, the gravest first.
public enum Flaw {
  /// The bytes are no certificate, or hold what none may hold.
  MALFORMED,
  /// The chain causes more work than is done for one.
  COSTLY,
  /// It may not do what it does here: issue certificates, or serve.
  NOT_ALLOWED,
  /// It carries a critical extension that is not understood.
  UNKNOWN_CRITICAL,
  /// It carries a name that an authority above it may not vouch for.
  NAME_NOT_PERMITTED,
  /// It breaks a rule that concerns its form alone: see [FormRule].
  FORM,
  WEAK_KEY,
  WEAK_SIGNATURE,
  NOT_YET_VALID,
  EXPIRED
}
