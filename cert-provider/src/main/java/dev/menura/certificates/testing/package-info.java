/// Certificates for origins that demos and tests start themselves.
///
/// The nouns: a [TestRoot] is an authority made on the spot, a root or an intermediate below one; a
/// [TestCertificate] is a certificate with its key and its chain; a [CertificateShape] says what a
/// certificate is to look like, faults included; [VariedShapes] are the sound ones of the world.
///
/// Nothing that serves traffic imports this package.
@NullMarked
package dev.menura.certificates.testing;

import org.jspecify.annotations.NullMarked;
