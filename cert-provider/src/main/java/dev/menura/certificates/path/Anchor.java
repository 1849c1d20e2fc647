package dev.menura.certificates.path;

/// A certificate that trust rests on.
///
/// @param profile what chains that lead to it are held to
/// @param vetted whether a root programme admitted it: then the form of the root itself is not
///   asked for, since roots of the public web are older than some of the rules
public record Anchor(X509 certificate, Profile profile, boolean vetted) {
  Profile ownProfile() {
    return vetted ? Profile.PRIVATE_CA : profile;
  }
}
