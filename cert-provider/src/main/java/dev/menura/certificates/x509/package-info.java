/// The small vocabulary of certificates that the other packages share: PEM, names, keys,
/// fingerprints.
///
/// It imports no other package of ours.
@NullMarked
package dev.menura.certificates.x509;

import org.jspecify.annotations.NullMarked;
