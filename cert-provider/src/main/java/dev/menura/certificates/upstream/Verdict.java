package dev.menura.certificates.upstream;

import java.security.cert.X509Certificate;
import java.util.List;

/// Whether a chain is valid for a name.
///
/// @param detail one sentence that names the certificate, and the date where one matters; empty
///   where nothing is wrong
/// @param certificate the subject of the certificate that the problem is about, as RFC 4514 writes
///   it, shortened and printable; empty where nothing is wrong
/// @param date the point in time that the problem is about, as `2020-01-02T03:04:00Z`; empty where
///   none is
/// @param revocation what is known about revocation, whether or not it decided
/// @param supplied intermediates of the way to the root that the origin did not send, or not before
///   others of the same name
public record Verdict(
    Problem problem,
    String detail,
    String certificate,
    String date,
    Revocation revocation,
    List<X509Certificate> supplied) {
  public static final Verdict VALID = new Verdict(Problem.NONE, "");

  public Verdict {
    supplied = List.copyOf(supplied);
  }

  public Verdict(Problem problem, String detail) {
    this(problem, detail, "", "", Revocation.NOT_ASKED, List.of());
  }

  public boolean isValid() {
    return problem == Problem.NONE;
  }
}
