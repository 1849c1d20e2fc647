package dev.menura.certificates.path;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The certificate policies that hold along a way (RFC 5280 6.1.2 to 6.1.5), as far as they decide:
/// nobody here asks for a certain policy, but an authority may demand that there is one.
final class PolicyRules {
  private static final String ANY = "2.5.29.32.0";

  /// Null stands for all of them.
  private @Nullable Set<String> valid;

  private int explicit;
  private int mapping;
  private int inhibit;

  private PolicyRules(int length) {
    this.explicit = length + 1;
    this.mapping = length + 1;
    this.inhibit = length + 1;
  }

  static Optional<Fault> check(List<X509> way) {
    int length = way.size() - 1;
    var rules = new PolicyRules(length);
    for (int i = length - 1; i >= 0; i--) {
      X509 certificate = way.get(i);
      rules.meet(certificate, i == 0);
      if (i > 0) {
        rules.prepare(certificate);
      } else {
        rules.last(certificate);
      }
      if (rules.explicit <= 0 && rules.valid != null && rules.valid.isEmpty()) {
        return Optional.of(
            new Fault(Flaw.NOT_ALLOWED, certificate, "is issued under no policy that holds"));
      }
    }
    return Optional.empty();
  }

  private void meet(X509 certificate, boolean last) {
    Set<String> own = certificate.extensions().policies().orElse(Set.of());
    boolean any = own.contains(ANY) && (inhibit > 0 || (!last && certificate.isSelfIssued()));
    if (any) {
      return;
    }
    var named = new HashSet<>(own);
    named.remove(ANY);
    if (valid != null) {
      named.retainAll(valid);
    }
    valid = named;
  }

  private void prepare(X509 certificate) {
    Extensions extensions = certificate.extensions();
    map(extensions);
    if (!certificate.isSelfIssued()) {
      explicit--;
      mapping--;
      inhibit--;
    }
    extensions
        .policyLimits()
        .ifPresent(limits -> {
          explicit = least(explicit, limits.explicit());
          mapping = least(mapping, limits.mapping());
        });
    inhibit = least(inhibit, extensions.inhibitAny());
  }

  private void map(Extensions extensions) {
    Set<String> before = valid;
    if (before == null || extensions.mappings().isEmpty()) {
      return;
    }
    var after = new HashSet<>(before);
    for (Extensions.Mapping pair : extensions.mappings()) {
      after.remove(pair.issuers());
    }
    if (mapping > 0) {
      for (Extensions.Mapping pair : extensions.mappings()) {
        if (before.contains(pair.issuers())) {
          after.add(pair.subjects());
        }
      }
    }
    valid = after;
  }

  private void last(X509 leaf) {
    explicit--;
    leaf.extensions()
        .policyLimits()
        .ifPresent(limits -> {
          if (limits.explicit() != null && limits.explicit() == 0) {
            explicit = 0;
          }
        });
  }

  private static int least(int current, @Nullable Integer other) {
    return other == null ? current : Math.min(current, other);
  }
}
