package dev.menura.certificates.authority;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/// The textual form of certification requests (RFC 7468 7).
final class Requests {
  private static final String LABEL = "CERTIFICATE REQUEST";

  private Requests() {}

  static String pem(byte[] request) {
    var text = new StringWriter();
    try (var writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(LABEL, request));
    } catch (IOException e) {
      throw new IllegalStateException("cannot write text", e);
    }
    return text.toString();
  }

  /// A request to certify the key of this authority once more.
  static String renewal(AuthorityStore store, Register.Entry entry)
      throws AuthorityException, IOException {
    var authority = store.authority(entry);
    return pem(
        AuthorityCertificates.request(
            authority.issuer(),
            authority.certificate().getPublicKey(),
            authority.name(),
            store.remit()));
  }

  /// The key that a request is for.
  ///
  /// @param origin where the text comes from, for messages
  static PublicKey key(String text, String origin) throws AuthorityException {
    try (var reader = new PemReader(new StringReader(text))) {
      PemObject found = reader.readPemObject();
      if (found != null && found.getType().equals(LABEL)) {
        return AuthorityCertificates.keyOf(found.getContent());
      }
      throw new AuthorityException(origin + ": expected a certification request, found none");
    } catch (IOException | GeneralSecurityException e) {
      throw new AuthorityException(origin + ": expected a certification request", e);
    }
  }
}
