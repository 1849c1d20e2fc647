package dev.menura.certificates.path;

/// A certificate that trust rests on.
///
/// @param profile what chains that lead to it are held to
public record Anchor(X509 certificate, Profile profile) {}
