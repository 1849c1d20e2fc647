package dev.menura.certificates.path;

import java.util.List;

/// A way from a leaf to an anchor that keeps all rules.
///
/// @param certificates from the leaf on, without the anchor; the leaf alone where it is the anchor
///   itself
public record Way(List<X509> certificates, Anchor anchor) {
  public Way {
    certificates = List.copyOf(certificates);
  }

  /// Who issued a certificate of this way.
  public X509 issuerOf(int index) {
    return index + 1 < certificates.size() ? certificates.get(index + 1) : anchor.certificate();
  }

  public List<X509> intermediates() {
    return certificates.subList(1, certificates.size());
  }
}
