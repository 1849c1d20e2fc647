package dev.menura.certificates.path;

import dev.menura.certificates.path.CertificateRules.Place;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks for a way from a leaf to an anchor (RFC 4158), over the certificates that were sent and
/// those that are known. A way that breaks a rule is given up, and the search goes back to where it
/// branched. The work is bounded by a [Budget], whatever was sent.
public final class PathFinder {
  /// How many broken ways are looked at to say what is wrong.
  private static final int EXPLAINED_MAX = 16;

  private final Anchors anchors;
  private final Signatures signatures;
  private final Budget.Limits limits;

  public PathFinder(Anchors anchors, Signatures signatures, Budget.Limits limits) {
    this.anchors = anchors;
    this.signatures = signatures;
    this.limits = limits;
  }

  /// What came of a search.
  public sealed interface Result {
    record Found(Way way) implements Result {}

    /// No way keeps all rules.
    ///
    /// @param fault the gravest one of the way that is the least bad
    record Broken(Fault fault) implements Result {}

    /// No way leads to an anchor.
    ///
    /// @param last the certificates of the longest way that was found, from the leaf on
    /// @param forged whether a certificate of the issuer that the last one names is there, whose
    ///   key did not sign it
    record DeadEnd(List<X509> last, boolean forged) implements Result {
      public DeadEnd {
        last = List.copyOf(last);
      }

      public X509 end() {
        return last.getLast();
      }
    }
  }

  /// @param others what may stand between the leaf and an anchor, in any order
  public Result find(X509 leaf, List<X509> others, Instant now) {
    if (CertificateRules.check(leaf, Place.LEAF, Profile.PRIVATE_CA, now).isEmpty()) {
      var strict = new Search(leaf, others, now, false);
      try {
        strict.run();
      } catch (Budget.Spent e) {
        return new Result.Broken(costly(leaf, e));
      }
      if (strict.found != null) {
        return new Result.Found(strict.found);
      }
    }
    var lenient = new Search(leaf, others, now, true);
    try {
      lenient.run();
    } catch (Budget.Spent e) {
      if (lenient.best == null) {
        return new Result.Broken(costly(leaf, e));
      }
    }
    return lenient.best != null
        ? new Result.Broken(lenient.best)
        : new Result.DeadEnd(lenient.longest, lenient.forged.contains(lenient.longest.getLast()));
  }

  private static Fault costly(X509 leaf, Budget.Spent spent) {
    return new Fault(Flaw.COSTLY, leaf, "comes with a chain that takes " + spent.getMessage());
  }

  private record Standing(X509 certificate, Place place, Profile profile) {}

  /// One search. A lenient one follows ways that break rules, to say which.
  private final class Search {
    private final X509 leaf;
    private final Map<Name, List<X509>> bySubject = new HashMap<>();
    private final Instant now;
    private final boolean lenient;
    private final Budget budget = new Budget(limits);
    private final Map<Standing, List<Fault>> judged = new HashMap<>();
    private final List<X509> way = new ArrayList<>();
    private final Set<X509> forged = new HashSet<>();
    private List<X509> longest = List.of();
    private @Nullable Way found;
    private @Nullable Fault best;
    private int explained;

    Search(X509 leaf, List<X509> others, Instant now, boolean lenient) {
      this.leaf = leaf;
      this.now = now;
      this.lenient = lenient;
      Set<X509> distinct = new LinkedHashSet<>(others);
      distinct.remove(leaf);
      // An anchor ends a way in any case; below it its own certificate says nothing new.
      distinct.removeIf(other -> anchors.of(other).isPresent() && other.isSelfIssued());
      for (X509 other : distinct) {
        bySubject.computeIfAbsent(other.subjectName(), _ -> new ArrayList<>()).add(other);
      }
    }

    void run() throws Budget.Spent {
      way.add(leaf);
      Optional<Anchor> itself = anchors.of(leaf);
      if (itself.isPresent() && arriveAtItself(itself.get())) {
        return;
      }
      extend();
    }

    /// The operator may name a server's own certificate as a root.
    private boolean arriveAtItself(Anchor anchor) {
      List<Fault> faults = new ArrayList<>(judge(leaf, Place.LEAF, anchor.profile()));
      if (anchor.profile().applies(FormRule.ROOT_IS_NO_SERVER)) {
        faults.add(
            new Fault(
                Flaw.FORM,
                leaf,
                "breaks the rule '"
                    + FormRule.ROOT_IS_NO_SERVER.word()
                    + "': "
                    + FormRule.ROOT_IS_NO_SERVER.text()));
      }
      return offer(new Way(List.of(leaf), anchor), gravest(faults));
    }

    /// Whether the search is over.
    private boolean extend() throws Budget.Spent {
      X509 last = way.getLast();
      if (longest.size() < way.size()) {
        longest = List.copyOf(way);
      }
      for (Anchor anchor : anchors.named(last.issuerName())) {
        budget.step();
        if (isSignedBy(last, anchor.certificate()) && arrive(anchor)) {
          return true;
        }
      }
      if (way.size() > 2 * limits.depth()) {
        return false;
      }
      for (X509 issuer : candidates(last)) {
        budget.step();
        if (isOnTheWay(issuer) || !mayIssue(issuer) || !isSignedBy(last, issuer)) {
          continue;
        }
        way.add(issuer);
        boolean over = extend();
        way.removeLast();
        if (over) {
          return true;
        }
      }
      return false;
    }

    private List<X509> candidates(X509 last) {
      List<X509> named = bySubject.getOrDefault(last.issuerName(), List.of());
      if (named.size() < 2) {
        return named;
      }
      return named.stream()
          .sorted(Comparator.comparingInt(issuer -> mismatch(last, issuer)))
          .toList();
    }

    /// Key identifiers and dates are hints for the order, and no more (RFC 4158 3.5).
    private int mismatch(X509 certificate, X509 issuer) {
      boolean other =
          certificate
              .extensions()
              .authorityKey()
              .filter(key ->
                  !key.key().isEmpty()
                      && issuer
                          .extensions()
                          .subjectKey()
                          .filter(own -> !own.equals(key.key()))
                          .isPresent())
              .isPresent();
      boolean dated = now.isBefore(issuer.notBefore()) || now.isAfter(issuer.notAfter());
      return (other ? 2 : 0) + (dated ? 1 : 0);
    }

    /// The same name and key twice lead nowhere (RFC 4158 2.4.2).
    private boolean isOnTheWay(X509 issuer) {
      return way.stream()
          .anyMatch(passed ->
              passed.equals(issuer)
                  || (passed.subjectName().equals(issuer.subjectName())
                      && passed.key().equals(issuer.key())));
    }

    /// Rules of every profile can be asked before the anchor is known.
    private boolean mayIssue(X509 issuer) {
      return lenient || judge(issuer, Place.INTERMEDIATE, Profile.PRIVATE_CA).isEmpty();
    }

    /// A weak key's signature is not checked: the way is broken by the key in any case.
    private boolean isSignedBy(X509 certificate, X509 issuer) throws Budget.Spent {
      boolean signed =
          issuer.key().weakness().isEmpty()
              ? signatures.verify(certificate, issuer.key(), budget)
              : lenient;
      if (!signed) {
        forged.add(certificate);
      }
      return signed;
    }

    private boolean arrive(Anchor anchor) throws Budget.Spent {
      List<Fault> faults = new ArrayList<>();
      Profile profile = anchor.profile();
      faults.addAll(judge(leaf, Place.LEAF, profile));
      for (X509 between : way.subList(1, way.size())) {
        faults.addAll(judge(between, Place.INTERMEDIATE, profile));
      }
      faults.addAll(judge(anchor.certificate(), Place.ANCHOR, anchor.ownProfile()));
      if (faults.isEmpty() || lenient) {
        List<X509> whole = new ArrayList<>(way);
        whole.add(anchor.certificate());
        PathRules.check(whole, limits.depth(), budget).ifPresent(faults::add);
      }
      return offer(new Way(way, anchor), gravest(faults));
    }

    private boolean offer(Way candidate, Optional<Fault> fault) {
      if (fault.isEmpty()) {
        found = candidate;
        return true;
      }
      if (best == null || best.isGraverThan(fault.get())) {
        best = fault.get();
      }
      return lenient && ++explained >= EXPLAINED_MAX;
    }

    private List<Fault> judge(X509 certificate, Place place, Profile profile) {
      return judged.computeIfAbsent(
          new Standing(certificate, place, profile),
          _ -> CertificateRules.check(certificate, place, profile, now));
    }
  }

  private static Optional<Fault> gravest(List<Fault> faults) {
    return faults.stream().min(Comparator.comparing(Fault::flaw));
  }
}
