package dev.menura.certificates.authority;

import dev.menura.certificates.x509.KeyKind;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Issues certificates that are presented to origins, under an authority of its own. They are for
/// clients only, each has a P-256 key of its own, and their dates are whole hours, which do not
/// tell when their holder came. Thread-safe.
public final class ClientMinter {
  /// From the hour in which one is issued.
  static final Duration VALIDITY = Duration.ofHours(8);

  /// For origins whose clock is slow.
  static final Duration BACKDATING = Duration.ofHours(1);

  /// How long before its end another one takes its place.
  static final Duration LEFT_MIN = Duration.ofHours(2);

  private final Authorities authorities;
  private final LeafBuilder builder;
  private final Crypto crypto;
  private final Clock clock;
  private final SecureRandom random;

  private ClientMinter(Authorities authorities, Crypto crypto, Clock clock, SecureRandom random) {
    this.authorities = authorities;
    this.builder = new LeafBuilder(random);
    this.crypto = crypto;
    this.clock = clock;
    this.random = random;
  }

  /// Opens the authority, or makes it where there is none.
  ///
  /// @param settings as [AuthoritySettings#forClients] gives them
  /// @throws AuthorityException where its files cannot be used; for the operator
  public static ClientMinter open(
      AuthoritySettings settings, Crypto crypto, Clock clock, SecureRandom random)
      throws AuthorityException {
    if (settings.purpose() != Remit.Purpose.CLIENTS) {
      throw new IllegalArgumentException("expected the settings of an authority for clients");
    }
    return new ClientMinter(
        Authorities.open(settings, crypto, clock, random), crypto, clock, random);
  }

  /// A certificate with its key.
  ///
  /// @throws CannotSignException where the authority's key does not sign now
  public Leaf mint(ClientSubject subject) {
    var issuing = authorities.active();
    Instant now = clock.instant();
    var key = new LeafKey(KeyKind.P256, crypto.ellipticCurve("secp256r1", random), now);
    Instant hour = now.truncatedTo(ChronoUnit.HOURS);
    var validity =
        new Validity(
                hour.minus(BACKDATING), hour.plus(VALIDITY), hour.plus(VALIDITY).minus(LEFT_MIN))
            .within(issuing.certificate());
    return new Leaf(builder.build(issuing, subject.likeness(), validity, key.publicKey()), key);
  }

  /// The identifier of the key that signs.
  public String keyIdentifier() {
    return HexFormat.of().formatHex(authorities.active().keyIdentifier());
  }

  /// What origins are to be given: the authority's certificate, during a rotation two.
  public List<X509Certificate> published() {
    return authorities.published();
  }

  /// Takes over what another process has changed of the authority.
  ///
  /// @throws AuthorityException where what is there now cannot be used
  public boolean refresh() throws AuthorityException {
    return authorities.refresh();
  }

  /// One sentence for the operator where the authority's certificate ends soon.
  public Optional<String> warning() {
    return authorities.warning();
  }
}
