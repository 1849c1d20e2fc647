package dev.menura.certificates.path;

/// A rule that a certificate breaks.
///
/// @param what the end of a sentence that begins with the certificate, as `has a DSA key`; it holds
///   nothing of the certificate that is not printable ASCII
public record Fault(Flaw flaw, X509 certificate, String what) {
  boolean isGraverThan(Fault other) {
    return flaw.compareTo(other.flaw) < 0;
  }
}
