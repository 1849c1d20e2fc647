package dev.menura.certificates.path;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// All anchors, to be found by their subject. Immutable.
public final class Anchors {
  private final Map<Name, List<Anchor>> bySubject;
  private final Map<X509, Anchor> byCertificate = new HashMap<>();

  public Anchors(Collection<Anchor> anchors) {
    for (Anchor anchor : anchors) {
      byCertificate.putIfAbsent(anchor.certificate(), anchor);
    }
    bySubject =
        byCertificate.values().stream()
            .collect(Collectors.groupingBy(anchor -> anchor.certificate().subjectName()));
  }

  List<Anchor> named(Name subject) {
    return bySubject.getOrDefault(subject, List.of());
  }

  Optional<Anchor> of(X509 certificate) {
    return Optional.ofNullable(byCertificate.get(certificate));
  }
}
