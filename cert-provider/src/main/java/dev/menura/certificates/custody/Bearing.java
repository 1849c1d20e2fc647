package dev.menura.certificates.custody;

import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Roots;
import java.util.Set;

/// What a custody judges by: its own, never the gateway's.
///
/// @param roots what origins are validated against
/// @param excused the problems that any rule lets through
public record Bearing(Roots roots, Set<Problem> excused) {
  public Bearing {
    excused = Set.copyOf(excused);
  }
}
