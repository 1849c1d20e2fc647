package dev.menura.certificates.authority;

import dev.menura.certificates.authority.AuthoritySettings.SignedBy;
import dev.menura.certificates.authority.KeyVault.NewKey;
import dev.menura.certificates.authority.Register.Entry;
import dev.menura.certificates.authority.Register.Role;
import dev.menura.certificates.x509.Fingerprint;
import java.io.IOException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;

/// What the operator does to the authorities of a gateway. Each change is whole or not at all, and
/// a running gateway takes it over by itself.
public final class AuthorityChanges {
  private final AuthorityStore store;

  private AuthorityChanges(AuthorityStore store) {
    this.store = store;
  }

  public static AuthorityChanges of(
      AuthoritySettings settings, Crypto crypto, Clock clock, SecureRandom random) {
    return new AuthorityChanges(AuthorityStore.open(settings, crypto, clock, random));
  }

  /// What an authority is like, for the operator.
  ///
  /// @param role `active`, `next` or `former`
  /// @param certificate the one that issues leaves
  /// @param anchor the one that clients are to trust
  /// @param key the reference of its private key
  public record Described(
      String role, X509Certificate certificate, X509Certificate anchor, String key) {}

  public List<Described> described() throws AuthorityException {
    return reading(register ->
        register.entries().stream()
            .map(entry ->
                new Described(
                    entry.role().name().toLowerCase(java.util.Locale.ROOT),
                    entry.certificate(),
                    entry.anchor(),
                    entry.key()))
            .toList());
  }

  /// The certificates that clients are to trust, the active authority's first.
  public List<X509Certificate> published() throws AuthorityException {
    return reading(Register::anchors);
  }

  /// Whether there is nothing yet: neither an authority nor a request.
  public boolean isAbsent() throws AuthorityException {
    try {
      return store.files().absent();
    } catch (IOException e) {
      throw store.unreadable(e);
    }
  }

  /// Whether a certificate was asked for and is not there yet.
  public boolean isAwaiting() throws AuthorityException {
    return reading(register -> register.awaited().isPresent());
  }

  /// What the keys would leave behind if they leaked; nothing of those in a token.
  public List<KeyTraces> traces() throws AuthorityException {
    return reading(register -> {
      var traces = new ArrayList<KeyTraces>();
      for (Entry entry : register.entries()) {
        store.traces(entry).ifPresent(traces::add);
      }
      return traces;
    });
  }

  /// Makes the first authority, or the request for its certificate.
  ///
  /// @return whether there was none
  public boolean init() throws AuthorityException {
    return store.init();
  }

  /// The request in PEM that an offline root is to sign: the one that is open, or one for the key
  /// in use, to renew its certificate.
  public String request() throws AuthorityException {
    return changing(register -> {
      if (register.awaited().isPresent()) {
        return store.files().readRequest();
      }
      String text = Requests.renewal(store, active(register));
      store.files().replaceRequest(text);
      return text;
    });
  }

  /// Begins a rotation. A root of our own gets a successor: clients are told to trust both, the
  /// former one goes on signing, and each certifies the other's key, so that clients that trust
  /// only one of them are served too. Below an offline root, a new key is made and a request
  /// written.
  public void rotate() throws AuthorityException {
    changing(register -> {
      Entry active = active(register);
      if (register.entries().size() > 1 || register.awaited().isPresent()) {
        throw new AuthorityException(
            "expected no rotation under way, found one; to end it: menura ca "
                + (register.awaited().isPresent() ? "import FILE" : "retire"));
      }
      NewKey key = store.vault().make(store.vault().another(store.random()), store.random());
      keep(key);
      if (store.signedBy() == SignedBy.OFFLINE_ROOT) {
        store.files().replaceRequest(store.request(key));
        store.write(new Register(register.entries(), Optional.of(key.reference())));
      } else {
        store.write(succeeded(active, key));
      }
      return key;
    });
  }

  private Register succeeded(Entry active, NewKey key) throws AuthorityException, IOException {
    var now = store.clock().instant();
    var random = store.random();
    var remit = store.remit();
    if (!active.isRoot()) {
      var root = AuthorityCertificates.root(key.issuer(), key.publicKey(), remit, now, random);
      store.vault().attach(key.reference(), root);
      return new Register(
          List.of(active, Entry.root(Role.NEXT, key.reference(), root)), Optional.empty());
    }
    X509Certificate former = active.certificate();
    var name = X500Name.getInstance(former.getSubjectX500Principal().getEncoded());
    var root = AuthorityCertificates.root(key.issuer(), key.publicKey(), name, remit, now, random);
    Issuer signs = store.authority(active).issuer();
    var formerByNew = AuthorityCertificates.crossSigned(former, remit, key.issuer(), root, random);
    var newByFormer = AuthorityCertificates.crossSigned(root, remit, signs, former, random);
    store.vault().attach(key.reference(), root);
    return new Register(
        List.of(
            active.sending(List.of(formerByNew)),
            Entry.root(Role.NEXT, key.reference(), root).sending(List.of(newByFormer))),
        Optional.empty());
  }

  /// Lets the successor sign; clients are still told to trust both.
  public void activate() throws AuthorityException {
    changing(register -> {
      Entry next =
          register
              .find(Role.NEXT)
              .orElseThrow(() ->
                  new AuthorityException(
                      "expected a successor that does not sign yet, found none; to make one:"
                          + " menura ca rotate"));
      var _ = store.authority(next);
      store.write(
          new Register(
              List.of(next.as(Role.ACTIVE), active(register).as(Role.FORMER)), register.awaited()));
      return next;
    });
  }

  /// Ends a rotation: the other one stays alone, and signs. The key of the retired one is deleted.
  ///
  /// @param fingerprint of the certificate to retire; where empty, the older one's
  /// @return what was retired
  public X509Certificate retire(Optional<String> fingerprint) throws AuthorityException {
    return changing(register -> {
      if (register.entries().size() < 2) {
        throw new AuthorityException(
            "expected a rotation under way, found one authority only; to begin one: menura ca"
                + " rotate");
      }
      Entry retired = retired(register, fingerprint);
      if (retired.role() == Role.ACTIVE && !(store.vault() instanceof FileVault)) {
        // A running gateway would sign with a key that is gone, until it takes the change over.
        throw new AuthorityException(
            "expected an authority that no longer signs, found the active one, whose key is in a"
                + " token; to let the other one sign first: menura ca activate");
      }
      Entry left =
          register.entries().stream()
              .filter(entry -> !entry.equals(retired))
              .findFirst()
              .orElseThrow()
              .as(Role.ACTIVE);
      var _ = store.authority(left);
      store.write(
          new Register(
              List.of(left.isRoot() ? left.sending(List.of()) : left), register.awaited()));
      store.vault().destroy(retired.key());
      return retired.certificate();
    });
  }

  private Entry retired(Register register, Optional<String> fingerprint) throws AuthorityException {
    if (fingerprint.isEmpty()) {
      return register.find(Role.FORMER).orElseGet(() -> register.entries().getFirst());
    }
    String wanted = fingerprint.get().replace(":", "").toLowerCase(java.util.Locale.ROOT);
    return register.entries().stream()
        .filter(entry -> Fingerprint.of(entry.certificate()).equals(wanted))
        .findFirst()
        .orElseThrow(() ->
            new AuthorityException(
                "expected the SHA-256 fingerprint of an authority that 'menura ca show' lists,"
                    + " found another"));
  }

  /// Takes the certificate that an offline root has signed: for the key of the open request, or, to
  /// renew it, for the key in use.
  ///
  /// @param certificates that one and those above it, in any order
  public void importCertificate(List<X509Certificate> certificates) throws AuthorityException {
    changing(register -> {
      var path = IssuedPath.of(certificates, register.anchors(), store.clock().instant());
      PublicKey publicKey = path.issuing().getPublicKey();
      Optional<Entry> active = register.find(Role.ACTIVE);
      Optional<Entry> renewed =
          active.filter(entry -> entry.certificate().getPublicKey().equals(publicKey));
      String key = renewed.map(Entry::key).or(register::awaited).orElse("");
      boolean asked = renewed.isPresent() || isAwaited(register, publicKey);
      if (!asked) {
        throw new AuthorityException(
            "expected a certificate for the key of the open request, or for the key in use, found"
                + " one for another key; to see the request: menura ca request");
      }
      Entry fresh = path.entry(Role.ACTIVE, key);
      var _ = store.authority(fresh);
      store.vault().attach(key, path.issuing());
      Optional<Entry> replaced = active.filter(entry -> entry.anchor().equals(fresh.anchor()));
      List<Entry> entries =
          active.isEmpty() || replaced.isPresent()
              ? List.of(fresh)
              : List.of(active.get(), fresh.as(Role.NEXT));
      store.write(new Register(entries, Optional.empty()));
      store.files().deleteRequest();
      if (replaced.isPresent() && !replaced.get().key().equals(key)) {
        store.vault().destroy(replaced.get().key());
      }
      return fresh;
    });
  }

  private boolean isAwaited(Register register, PublicKey publicKey)
      throws AuthorityException, IOException {
    return register.awaited().isPresent()
        && Requests.key(store.files().readRequest(), store.files().request().toString())
            .equals(publicKey);
  }

  /// Takes an authority that was made elsewhere, with its key: as the first one, or as the
  /// successor of the one that is there.
  ///
  /// @param certificates that one and those above it, in any order
  /// @param keyText PKCS#8 in PEM
  /// @param origin where the key comes from, for messages
  public void importAuthority(List<X509Certificate> certificates, String keyText, String origin)
      throws AuthorityException {
    if (!(store.vault() instanceof FileVault vault)) {
      throw new AuthorityException(
          "expected no key to import, because keys are made in a token, found one");
    }
    try {
      boolean first = store.files().absent();
      var path = IssuedPath.of(certificates, List.of(), store.clock().instant());
      PublicKey publicKey = path.issuing().getPublicKey();
      var key = vault.parse(keyText, origin, publicKey);
      if (!new Issuer(Crypto.JAVA, key, publicKey).isFor(publicKey)) {
        throw new AuthorityException(
            origin + ": expected the key of the certificate, found another key");
      }
      if (first) {
        NewKey kept = vault.keep(AuthorityFiles.KEY, key, publicKey, store.random());
        store.create(kept, path.entry(Role.ACTIVE, kept.reference()));
        return;
      }
      NewKey kept = vault.keep(vault.another(store.random()), key, publicKey, store.random());
      changing(register -> {
        if (register.entries().size() > 1) {
          throw new AuthorityException(
              "expected no rotation under way, found one; to end it: menura ca retire");
        }
        keep(kept);
        var entries = new ArrayList<>(register.entries());
        entries.add(path.entry(entries.isEmpty() ? Role.ACTIVE : Role.NEXT, kept.reference()));
        store.write(new Register(entries, register.awaited()));
        return kept;
      });
    } catch (IOException e) {
      throw store.unreadable(e);
    }
  }

  /// Encrypts the keys that are not encrypted yet with the configured passphrase.
  public void encrypt() throws AuthorityException {
    changing(register -> {
      if (!(store.vault() instanceof FileVault vault)) {
        throw new AuthorityException("expected keys in files, found them in a token");
      }
      for (Entry entry : register.entries()) {
        vault.encrypt(entry.key(), entry.certificate().getPublicKey(), store.random());
      }
      return register;
    });
  }

  private void keep(NewKey key) throws IOException {
    if (!key.file().isEmpty()) {
      store.files().add(key.reference(), key.file());
    }
  }

  private static Entry active(Register register) throws AuthorityException {
    return register
        .find(Role.ACTIVE)
        .orElseThrow(() ->
            new AuthorityException(
                "expected an authority with a certificate, found none yet; to have one made:"
                    + " menura ca init"));
  }

  private interface Step<T> {
    T apply(Register register) throws AuthorityException, IOException;
  }

  private <T> T reading(Step<T> step) throws AuthorityException {
    try {
      if (store.files().absent()) {
        throw new AuthorityException(
            "there is no authority yet in "
                + store.files().directory()
                + (store.remit().purpose() == Remit.Purpose.CLIENTS
                    ? "; a gateway whose policy presents clients to origins makes it, or 'menura ca"
                        + " init --clients'"
                    : "; 'menura up' or 'menura ca init' makes it"));
      }
      return step.apply(store.read());
    } catch (IOException e) {
      throw store.unreadable(e);
    }
  }

  private <T> T changing(Step<T> step) throws AuthorityException {
    return reading(_ -> {
      try (var _ = store.files().lock()) {
        return step.apply(store.read());
      }
    });
  }
}
