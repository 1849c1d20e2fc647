package dev.menura.certificates.authority;

import dev.menura.certificates.authority.AuthoritySettings.SignedBy;
import dev.menura.certificates.authority.KeyVault.NewKey;
import dev.menura.certificates.authority.Register.Entry;
import dev.menura.certificates.authority.Register.Role;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.jspecify.annotations.Nullable;

/// The authorities as they are kept: their files and their keys.
final class AuthorityStore {
  private static final int KEY_CERT_SIGN = 5;

  private final AuthoritySettings settings;
  private final AuthorityFiles files;
  private final Crypto crypto;
  private final Clock clock;
  private final SecureRandom random;
  private @Nullable KeyVault vault;

  private AuthorityStore(
      AuthoritySettings settings, Crypto crypto, Clock clock, SecureRandom random) {
    this.settings = settings;
    this.files = new AuthorityFiles(settings.directory());
    this.crypto = crypto;
    this.clock = clock;
    this.random = random;
  }

  static AuthorityStore open(
      AuthoritySettings settings, Crypto crypto, Clock clock, SecureRandom random) {
    return new AuthorityStore(settings, crypto, clock, random);
  }

  /// Looks anew at what a token holds.
  synchronized void reopen() {
    vault = null;
  }

  /// Opened when it is needed first: who only looks at certificates needs no PIN.
  synchronized KeyVault vault() throws AuthorityException {
    KeyVault opened = vault;
    if (opened == null) {
      opened =
          switch (settings.keys()) {
            case KeyPlace.InFiles(var passphrase) -> new FileVault(files, passphrase, crypto);
            case KeyPlace.InToken token -> TokenVault.open(token, clock);
          };
      vault = opened;
    }
    return opened;
  }

  /// The reference of the first authority's key.
  private String firstKey() {
    return switch (settings.keys()) {
      case KeyPlace.InFiles _ -> AuthorityFiles.KEY;
      case KeyPlace.InToken token -> token.label();
    };
  }

  AuthorityFiles files() {
    return files;
  }

  Clock clock() {
    return clock;
  }

  SecureRandom random() {
    return random;
  }

  Remit remit() {
    return settings.remit();
  }

  SignedBy signedBy() {
    return settings.signedBy();
  }

  /// Makes the first authority, or the first request to an offline root, where there is nothing.
  ///
  /// @return whether anything was made
  boolean init() throws AuthorityException {
    try {
      if (!files.absent()) {
        return false;
      }
      NewKey key = vault().make(firstKey(), random);
      Map<String, String> texts = new LinkedHashMap<>();
      if (!key.file().isEmpty()) {
        texts.put(key.reference(), key.file());
      }
      switch (settings.signedBy()) {
        case ITSELF -> {
          var root =
              AuthorityCertificates.root(
                  key.issuer(), key.publicKey(), settings.remit(), clock.instant(), random);
          vault().attach(key.reference(), root);
          texts.put(AuthorityFiles.CERTIFICATE, Pem.certificate(root));
        }
        case OFFLINE_ROOT -> {
          texts.put(AuthorityFiles.REQUEST, request(key));
          texts.put(
              AuthorityFiles.REGISTER,
              new Register(List.of(), Optional.of(key.reference())).text());
        }
      }
      return files.create(texts);
    } catch (IOException e) {
      throw unreadable(e);
    }
  }

  /// Makes the directory with this authority in it.
  void create(NewKey key, Entry entry) throws AuthorityException, IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put(key.reference(), key.file());
    texts.put(AuthorityFiles.CERTIFICATE, Pem.certificate(entry.anchor()));
    texts.put(AuthorityFiles.REGISTER, new Register(List.of(entry), Optional.empty()).text());
    if (!files.create(texts)) {
      throw new AuthorityException(
          files.directory() + ": expected no authority yet, found one that was made just now");
    }
  }

  /// A request in PEM.
  String request(NewKey key) {
    return Requests.pem(
        AuthorityCertificates.request(
            key.issuer(),
            key.publicKey(),
            AuthorityCertificates.name(
                "Menura", "Menura intermediate " + AuthorityCertificates.shortId(key.publicKey())),
            settings.remit()));
  }

  /// What is there, checked.
  Register read() throws AuthorityException, IOException {
    OwnerOnly.checkDirectory(files.directory());
    if (files.hasRegister()) {
      Register register = Register.parse(files.readRegister(), files.register().toString());
      for (Entry entry : register.entries()) {
        checkAuthority(entry.certificate());
      }
      return register;
    }
    files.check();
    X509Certificate root = readCertificate();
    checkAuthority(root);
    return new Register(List.of(Entry.root(Role.ACTIVE, firstKey(), root)), Optional.empty());
  }

  /// Puts this in the place of what is there. The register says what holds; the file for clients
  /// follows it.
  void write(Register register) throws IOException {
    files.replaceRegister(register.text());
    if (!register.anchors().isEmpty()) {
      files.replaceCertificate(Pem.certificates(register.anchors()));
    }
  }

  /// The authority of an entry, ready to sign.
  CertificateAuthority authority(Entry entry) throws AuthorityException, IOException {
    X509Certificate certificate = entry.certificate();
    Issuer issuer = vault().open(entry.key(), certificate.getPublicKey());
    if (!issuer.isFor(certificate.getPublicKey())) {
      throw new AuthorityException(
          where(entry) + ": expected the key of " + files.certificate() + ", found another key");
    }
    if (clock.instant().isAfter(certificate.getNotAfter().toInstant())) {
      throw new AuthorityException(
          files.certificate()
              + ": expected a certificate that is valid now, found one that expired on "
              + certificate.getNotAfter().toInstant()
              + "; to have a new authority made, which clients must then be told to trust: mv "
              + files.directory()
              + " "
              + files.directory()
              + ".expired");
    }
    return new CertificateAuthority(entry, issuer);
  }

  private String where(Entry entry) throws AuthorityException {
    return switch (settings.keys()) {
      case KeyPlace.InFiles _ -> files.key(entry.key()).toString();
      case KeyPlace.InToken token -> "the key '" + entry.key() + "' of the token " + token.token();
    };
  }

  private X509Certificate readCertificate() throws AuthorityException, IOException {
    try {
      var found = Pem.readCertificates(files.readCertificate());
      if (found.size() != 1) {
        throw new AuthorityException(
            files.certificate() + ": expected one certificate, found " + found.size());
      }
      return found.getFirst();
    } catch (CertificateException e) {
      throw new AuthorityException(
          files.certificate() + ": expected a certificate in PEM: " + e.getMessage(), e);
    }
  }

  private void checkAuthority(X509Certificate certificate) throws AuthorityException {
    if (!isAuthority(certificate)) {
      throw new AuthorityException(
          files.certificate()
              + ": expected the certificate of an authority (CA:TRUE, keyCertSign, a subject key"
              + " identifier), found another");
    }
    if (!isForPurpose(certificate)) {
      throw new AuthorityException(
          files.certificate()
              + ": expected an authority for "
              + settings.purpose().name().toLowerCase(Locale.ROOT)
              + ", found one whose extended key usage does not have them");
    }
  }

  /// Whether it may vouch for those for whom these authorities are (RFC 5280 4.2.1.12).
  private boolean isForPurpose(X509Certificate certificate) {
    try {
      List<String> usage = certificate.getExtendedKeyUsage();
      return usage == null
          || usage.contains(settings.purpose().usage().getUsages()[0].getId())
          || usage.contains(KeyPurposeId.anyExtendedKeyUsage.getId());
    } catch (CertificateException e) {
      return false;
    }
  }

  static boolean isAuthority(X509Certificate certificate) {
    boolean[] usage = certificate.getKeyUsage();
    return certificate.getBasicConstraints() >= 0
        && usage != null
        && usage.length > KEY_CERT_SIGN
        && usage[KEY_CERT_SIGN]
        && certificate.getExtensionValue(Extension.subjectKeyIdentifier.getId()) != null;
  }

  /// What the key of an entry would leave behind if it leaked; empty where it is in a token.
  Optional<KeyTraces> traces(Entry entry) throws AuthorityException, IOException {
    return vault() instanceof FileVault files
        ? Optional.of(KeyTraces.of(files.read(entry.key(), entry.certificate().getPublicKey())))
        : Optional.empty();
  }

  AuthorityException unreadable(IOException e) {
    return new AuthorityException(
        "the authority in " + files.directory() + " cannot be read or written: " + e.getMessage(),
        e);
  }
}
