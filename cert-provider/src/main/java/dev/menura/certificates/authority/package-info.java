/// The gateway's own authority and the certificates that it issues.
///
/// The nouns: the [dev.menura.certificates.authority.CertificateAuthority] is the key and the
/// certificate that clients trust, kept in two files; a *leaf key* is one of our own making, shared
/// by many leaves, in memory only; a [dev.menura.certificates.authority.Leaf] is a certificate that
/// we issued together with its leaf key; a *mimic* is a leaf that copies what an origin's valid
/// certificate says; a [dev.menura.certificates.authority.Custodian] is whoever keeps the key and
/// signs with it.
///
/// Of our packages it imports `upstream` and `x509`. Private keys leave it only as the PEM of a
/// leaf.
@NullMarked
package dev.menura.certificates.authority;

import org.jspecify.annotations.NullMarked;
