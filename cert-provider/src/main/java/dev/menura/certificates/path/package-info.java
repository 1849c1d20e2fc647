/// Which way leads from a certificate to a trusted one, and which rules that way must keep.
///
/// The nouns: an [dev.menura.certificates.path.X509] is a certificate, read strictly from its
/// bytes; an [dev.menura.certificates.path.Anchor] is one that trust rests on, with the
/// [dev.menura.certificates.path.Profile] that chains below it are held to; a
/// [dev.menura.certificates.path.PathFinder] looks for a way; a
/// [dev.menura.certificates.path.Fault] is a rule that a certificate breaks.
///
/// It does no I/O, knows no name that was asked for, and imports none of our packages.
@NullMarked
package dev.menura.certificates.path;

import org.jspecify.annotations.NullMarked;
