package dev.menura.certificates.authority;

import dev.menura.certificates.authority.Register.Entry;
import dev.menura.certificates.authority.Register.Role;
import dev.menura.certificates.x509.Pem;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The authorities of a gateway as they are now: the one that signs, and those that clients are to
/// trust. Another process may change them (`menura ca`); [#refresh] takes that over. Thread-safe.
public final class Authorities {
  private final AuthorityStore store;
  private final Clock clock;
  private final Duration renewBefore;
  private final Remit.Purpose purpose;

  private record State(CertificateAuthority active, Register register, String stamp) {}

  private volatile State state;

  private Authorities(
      AuthorityStore store, Clock clock, Duration renewBefore, Remit.Purpose purpose, State state) {
    this.store = store;
    this.clock = clock;
    this.renewBefore = renewBefore;
    this.purpose = purpose;
    this.state = state;
  }

  /// Reads what is there, or makes the first authority.
  ///
  /// @throws AuthorityException where what is there cannot be used, or the certificate of an
  ///   offline root is still missing; for the operator
  public static Authorities open(
      AuthoritySettings settings, Crypto crypto, Clock clock, SecureRandom random)
      throws AuthorityException {
    var store = AuthorityStore.open(settings, crypto, clock, random);
    store.init();
    return new Authorities(store, clock, settings.renewBefore(), settings.purpose(), load(store));
  }

  private static State load(AuthorityStore store) throws AuthorityException {
    try {
      String stamp = store.files().stamp();
      Register register = store.read();
      Entry active =
          register
              .find(Role.ACTIVE)
              .orElseThrow(() ->
                  new AuthorityException(
                      store.files().request()
                          + ": expected the certificate for this request, found none yet; have"
                          + " it signed by your root and run 'menura ca import FILE'"));
      return new State(store.authority(active), register, stamp);
    } catch (IOException e) {
      throw store.unreadable(e);
    }
  }

  /// The authority that signs.
  public CertificateAuthority active() {
    return state.active();
  }

  /// What the world may know of them.
  Standing standing() {
    State now = state;
    return new Standing(now.active().certificate(), now.register().anchors(), own(now.register()));
  }

  /// What clients are to trust, the active authority's first.
  public List<X509Certificate> published() {
    return state.register().anchors();
  }

  /// [#published] in PEM.
  public String publishedPem() {
    return Pem.certificates(published());
  }

  /// A certificate for each of our keys: whatever one of them signed is never to be trusted as an
  /// origin's. A root above them, whose key is elsewhere, is not among them: a company's own root
  /// may stand above its origins too.
  public List<X509Certificate> own() {
    return own(state.register());
  }

  private static List<X509Certificate> own(Register register) {
    return register.entries().stream().map(Register.Entry::certificate).toList();
  }

  /// Takes over what another process has changed. What cannot be used changes nothing.
  ///
  /// @return whether anything was changed
  /// @throws AuthorityException where what is there now cannot be used
  public synchronized boolean refresh() throws AuthorityException {
    State before = state;
    try {
      if (store.files().stamp().equals(before.stamp())) {
        return false;
      }
    } catch (IOException e) {
      throw store.unreadable(e);
    }
    store.reopen();
    state = load(store);
    return !Objects.equals(before.register(), state.register());
  }

  /// One sentence for the operator where the active certificate ends soon.
  public Optional<String> warning() {
    Instant end = state.active().certificate().getNotAfter().toInstant();
    Instant now = clock.instant();
    if (now.isBefore(end.minus(renewBefore))) {
      return Optional.empty();
    }
    boolean root = state.active().certificate().equals(state.active().anchor());
    return Optional.of(
        "the authority's certificate "
            + (now.isAfter(end) ? "ended on " : "ends on ")
            + end
            + "; to renew it: "
            + (root
                ? "menura ca rotate" + (purpose == Remit.Purpose.CLIENTS ? " --clients" : "")
                : "have the request that 'menura ca request' prints signed by your root, then"
                    + " menura ca import FILE"));
  }

  /// Writes a request to renew the active certificate beside it, where an offline root is to sign
  /// one soon and none is there yet.
  public void prepareRenewal() throws AuthorityException {
    State now = state;
    boolean root = now.active().certificate().equals(now.active().anchor());
    if (root || warning().isEmpty() || java.nio.file.Files.exists(store.files().request())) {
      return;
    }
    try {
      store.files().replaceRequest(Requests.renewal(store, now.register().entries().getFirst()));
    } catch (IOException e) {
      throw store.unreadable(e);
    }
  }

  /// How long the active certificate is still valid; negative where it is no longer.
  public Duration timeLeft() {
    return Duration.between(
        clock.instant(), state.active().certificate().getNotAfter().toInstant());
  }
}
