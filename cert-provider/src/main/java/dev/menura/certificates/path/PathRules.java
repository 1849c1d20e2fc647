package dev.menura.certificates.path;

import dev.menura.certificates.path.GeneralName.Directory;
import dev.menura.certificates.path.GeneralName.Email;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The rules that a whole way from an anchor to a leaf keeps or breaks (RFC 5280 6.1): lengths,
/// names, policies.
final class PathRules {
  private PathRules() {}

  /// @param way from the leaf to the anchor, both included
  static Optional<Fault> check(List<X509> way, int depthMax, Budget budget) throws Budget.Spent {
    Optional<Fault> length = length(way, depthMax);
    if (length.isPresent()) {
      return length;
    }
    Optional<Fault> names = names(way, budget);
    return names.isPresent() ? names : PolicyRules.check(way);
  }

  /// RFC 5280 4.2.1.9: those that name themselves as issuer do not count, nor does the leaf.
  private static Optional<Fault> length(List<X509> way, int depthMax) {
    int below = 0;
    for (int i = 1; i < way.size(); i++) {
      X509 certificate = way.get(i);
      Integer most = certificate.extensions().pathLength();
      if (most != null && certificate.extensions().isAuthority() && below > most) {
        return Optional.of(
            new Fault(
                Flaw.NOT_ALLOWED,
                certificate,
                "allows " + most + " authorities below it, and there are " + below));
      }
      if (i < way.size() - 1 && !certificate.isSelfIssued()) {
        below++;
      }
    }
    return below > depthMax
        ? Optional.of(
            new Fault(
                Flaw.NOT_ALLOWED,
                way.getFirst(),
                "has " + below + " authorities above it, more than " + depthMax))
        : Optional.empty();
  }

  private static Optional<Fault> names(List<X509> way, Budget budget) throws Budget.Spent {
    for (int above = way.size() - 1; above > 0; above--) {
      Optional<NameConstraints> constraints = way.get(above).extensions().constraints();
      if (constraints.isEmpty()) {
        continue;
      }
      for (int i = above - 1; i >= 0; i--) {
        X509 certificate = way.get(i);
        // RFC 5280 6.1.3 (b): those that name themselves as issuer are not held to them.
        if (i > 0 && certificate.isSelfIssued()) {
          continue;
        }
        for (GeneralName name : namesOf(certificate)) {
          Optional<String> refusal = constraints.get().refuses(name, budget);
          if (refusal.isPresent()) {
            return Optional.of(
                new Fault(Flaw.NAME_NOT_PERMITTED, certificate, "holds " + refusal.get()));
          }
        }
      }
    }
    return Optional.empty();
  }

  private static List<GeneralName> namesOf(X509 certificate) {
    var all = new ArrayList<>(certificate.extensions().names());
    if (!certificate.subjectName().isEmpty()) {
      all.add(new Directory(certificate.subjectName()));
      if (all.stream().noneMatch(Email.class::isInstance)) {
        certificate.subjectName().texts(Name.EMAIL).forEach(text -> all.add(new Email(text)));
      }
    }
    return all;
  }
}
