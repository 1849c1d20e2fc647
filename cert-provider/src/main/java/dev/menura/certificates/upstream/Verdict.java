package dev.menura.certificates.upstream;

/// Whether a chain is valid for a name.
///
/// @param detail one sentence that names the certificate, and the date where one matters; empty
///   where nothing is wrong
public record Verdict(Problem problem, String detail) {
  public static final Verdict VALID = new Verdict(Problem.NONE, "");

  public boolean isValid() {
    return problem == Problem.NONE;
  }
}
