package dev.menura.e2e;

import dev.menura.certificates.testing.CertificateShape;
import dev.menura.certificates.testing.CertificateShape.Purpose;
import dev.menura.certificates.testing.TestCertificate;
import dev.menura.certificates.testing.TestRoot;
import java.io.IOException;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/// The certificate by which a client says to the proxy who it is.
final class HeldCertificate {
  /// A workload's name, as SPIFFE writes it.
  static final String SPIFFE = "spiffe://corp.example/ns/shop/sa/cart";

  private static final String SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

  private HeldCertificate() {}

  /// @param uri the only alternative name; may be empty, for none
  static TestCertificate of(TestRoot root, String subject, String uri) throws IOException {
    var shape = CertificateShape.forNames().subject(subject).purpose(Purpose.CLIENT);
    if (!uri.isEmpty()) {
      var names = new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
      shape = shape.extension(SUBJECT_ALTERNATIVE_NAME, false, names.getEncoded());
    }
    return root.leaf(shape);
  }
}
