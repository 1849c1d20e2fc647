package dev.menura.certificates.authority;

import dev.menura.certificates.authority.KeyPlace.InToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps keys in a PKCS#11 token, which makes them: they are sensitive, and cannot be extracted.
final class TokenVault implements KeyVault {
  private static final int NAME_BYTES = 4;

  /// One provider for each token of the process: a module may be opened only once.
  private static final Map<String, Provider> PROVIDERS = new ConcurrentHashMap<>();

  private final InToken place;
  private final Clock clock;
  private final Provider provider;
  private final KeyStore keys;

  private TokenVault(InToken place, Clock clock, Provider provider, KeyStore keys) {
    this.place = place;
    this.clock = clock;
    this.provider = provider;
    this.keys = keys;
  }

  /// @throws AuthorityException where the module or the token cannot be used, or the PIN is wrong
  static TokenVault open(InToken place, Clock clock) throws AuthorityException {
    char[] pin = place.pin().read();
    try {
      Provider provider = provider(place);
      var keys = KeyStore.getInstance("PKCS11", provider);
      keys.load(null, pin);
      return new TokenVault(place, clock, provider, keys);
    } catch (GeneralSecurityException | IOException e) {
      throw new AuthorityException(
          "the token '"
              + place.token()
              + "': expected to sign in with the configured PIN: "
              + reason(e),
          e);
    } finally {
      Arrays.fill(pin, '\0');
    }
  }

  private static Provider provider(InToken place) throws AuthorityException {
    String known = place.library() + "\n" + place.token();
    Provider provider = PROVIDERS.get(known);
    if (provider == null) {
      provider = configured(place);
      Provider other = PROVIDERS.putIfAbsent(known, provider);
      provider = other == null ? provider : other;
    }
    return provider;
  }

  private static Provider configured(InToken place) throws AuthorityException {
    Path library = place.library().toAbsolutePath();
    if (!Files.isReadable(library)) {
      throw new AuthorityException(library + ": expected a PKCS#11 module, found no such file");
    }
    long slot = TokenSlots.find(library, place.token());
    Provider base = Security.getProvider("SunPKCS11");
    if (base == null) {
      throw new AuthorityException(
          "expected a Java with the module jdk.crypto.cryptoki, found one without it");
    }
    // A configuration that begins with two hyphens is the text itself, not a file's name.
    return base.configure(
        String.join(
            "\n",
            "--name = Menura" + Integer.toHexString(place.hashCode()),
            "library = " + library,
            "slot = " + slot,
            "attributes(generate, CKO_PRIVATE_KEY, *) = {",
            "  CKA_TOKEN = true",
            "  CKA_PRIVATE = true",
            "  CKA_SENSITIVE = true",
            "  CKA_EXTRACTABLE = false",
            "  CKA_SIGN = true",
            "}",
            "attributes(generate, CKO_PUBLIC_KEY, *) = {",
            "  CKA_TOKEN = true",
            "  CKA_VERIFY = true",
            "}",
            ""));
  }

  @Override
  public String another(SecureRandom random) {
    byte[] name = new byte[NAME_BYTES];
    random.nextBytes(name);
    return place.label() + "-" + HexFormat.of().formatHex(name);
  }

  @Override
  public NewKey make(String reference, SecureRandom random) throws AuthorityException {
    try {
      if (keys.containsAlias(reference)) {
        throw new AuthorityException(
            "the token '"
                + place.token()
                + "': expected no key with the label '"
                + reference
                + "' yet, found one; choose another label, or 'menura ca import' its certificate");
      }
      var generator = KeyPairGenerator.getInstance("EC", provider);
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      var issuer = new Issuer(signer(pair.getPrivate()), pair.getPublic());
      // The provider finds a key again only by a certificate beside it.
      var stand = AuthorityCertificates.root(issuer, pair.getPublic(), clock.instant(), random);
      keys.setKeyEntry(reference, pair.getPrivate(), null, new Certificate[] {stand});
      return new NewKey(reference, pair.getPublic(), issuer, "");
    } catch (GeneralSecurityException e) {
      throw failed("to make a key", e);
    }
  }

  @Override
  public void attach(String reference, X509Certificate certificate) throws AuthorityException {
    try {
      keys.setKeyEntry(
          reference, keys.getKey(reference, null), null, new Certificate[] {certificate});
    } catch (GeneralSecurityException e) {
      throw failed("to keep the certificate of the key '" + reference + "'", e);
    }
  }

  @Override
  public Issuer open(String reference, PublicKey publicKey) throws AuthorityException {
    try {
      if (!(keys.getKey(reference, null) instanceof PrivateKey key)) {
        throw new AuthorityException(
            "the token '"
                + place.token()
                + "': expected a key with the label '"
                + reference
                + "' and a certificate beside it, found none");
      }
      return new Issuer(signer(key), publicKey);
    } catch (GeneralSecurityException e) {
      throw failed("to find the key '" + reference + "'", e);
    }
  }

  private SignatureSource signer(PrivateKey key) {
    return new TokenSigner(provider, key);
  }

  @Override
  public void destroy(String reference) throws AuthorityException {
    try {
      keys.deleteEntry(reference);
    } catch (GeneralSecurityException e) {
      throw failed("to delete the key '" + reference + "'", e);
    }
  }

  private AuthorityException failed(String what, Exception e) {
    return new AuthorityException(
        "the token '" + place.token() + "': expected " + what + ": " + reason(e), e);
  }

  /// The innermost text: the token's own.
  private static String reason(Throwable e) {
    Throwable inner = e;
    while (inner.getCause() != null) {
      inner = inner.getCause();
    }
    return String.valueOf(inner.getMessage());
  }
}
