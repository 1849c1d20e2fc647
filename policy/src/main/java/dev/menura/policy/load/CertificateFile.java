package dev.menura.policy.load;

import dev.menura.policy.ProxyCertificate;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The operator's own certificate of the proxy: two PEM files that a document names, the chain and
/// the key of its first certificate.
final class CertificateFile {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

  private CertificateFile() {}

  static Optional<ProxyCertificate> read(
      Scalar chainFile, Scalar keyFile, Folder folder, Issues issues) {
    List<X509Certificate> chain = RootFile.read(chainFile, folder, issues);
    Optional<String> pem =
        Names.file()
            .read(keyFile, issues)
            .flatMap(name -> folder.named(name, message -> issues.error(keyFile, message)))
            .map(bytes -> new String(bytes, StandardCharsets.ISO_8859_1));
    if (chain.isEmpty() || pem.isEmpty()) {
      return Optional.empty();
    }
    PublicKey publicKey = chain.getFirst().getPublicKey();
    if (!publicKey.getAlgorithm().equals("RSA") && !publicKey.getAlgorithm().equals("EC")) {
      issues.error(
          chainFile,
          "expected a certificate with an RSA or an ECDSA key, found " + publicKey.getAlgorithm());
      return Optional.empty();
    }
    return key(keyFile, pem.get(), publicKey, issues)
        .map(key -> new ProxyCertificate.Own(RootFile.pem(chain), key));
  }

  private static Optional<ProxyCertificate.Key> key(
      Scalar file, String pem, PublicKey publicKey, Issues issues) {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      issues.error(file, "expected a PEM key in '" + file.text() + "', found none");
      return Optional.empty();
    }
    if (!block.group(1).equals("PRIVATE KEY")) {
      issues.error(
          file,
          "expected a key in the form PKCS#8 in '"
              + file.text()
              + "', found a block of "
              + block.group(1)
              + "; 'openssl pkcs8 -topk8 -nodes' converts it");
      return Optional.empty();
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(block.group(2));
      PrivateKey key =
          KeyFactory.getInstance(publicKey.getAlgorithm())
              .generatePrivate(new PKCS8EncodedKeySpec(der));
      if (!belongTogether(key, publicKey)) {
        issues.error(
            file,
            "expected the key of the certificate, found that of another: '" + file.text() + "'");
        return Optional.empty();
      }
      return Optional.of(new ProxyCertificate.Key(block.group() + "\n"));
    } catch (GeneralSecurityException | IllegalArgumentException _) {
      issues.error(
          file,
          "expected the "
              + publicKey.getAlgorithm()
              + " key of the certificate, found one that is broken or of another kind: '"
              + file.text()
              + "'");
      return Optional.empty();
    }
  }

  private static boolean belongTogether(PrivateKey key, PublicKey publicKey)
      throws GeneralSecurityException {
    var algorithm = publicKey.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    byte[] text = "proxy".getBytes(StandardCharsets.US_ASCII);
    Signature signing = Signature.getInstance(algorithm);
    signing.initSign(key);
    signing.update(text);
    byte[] signature = signing.sign();
    Signature verifying = Signature.getInstance(algorithm);
    verifying.initVerify(publicKey);
    verifying.update(text);
    return verifying.verify(signature);
  }
}
