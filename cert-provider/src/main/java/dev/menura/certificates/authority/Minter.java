package dev.menura.certificates.authority;

import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.x509.AlternativeNames;
import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.KeyKind;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.GeneralName;

/// Issues leaves: mimics of valid certificates, certificates of the block page, and distrusted
/// mimics of certificates with a problem.
public final class Minter implements AutoCloseable {
  /// How long a leaf serves whose key is of another kind than the original's.
  private static final Duration STOPGAP = Duration.ofSeconds(10);

  private static final X500Name BLOCK_PAGE =
      new X500NameBuilder()
          .addRDN(BCStyle.O, "Menura")
          .addRDN(BCStyle.CN, "Menura block page")
          .build();

  private static final X500Name PROXY =
      new X500NameBuilder().addRDN(BCStyle.O, "Menura").addRDN(BCStyle.CN, "Menura proxy").build();

  private final Supplier<CertificateAuthority> authority;
  private final CertificateAuthority untrusted;
  private final MintLimits limits;
  private final Clock clock;
  private final LeafKeys keys;
  private final LeafBuilder builder;
  private final Counter mimics;
  private final Counter distrusted;
  private final Counter excepted;
  private final Counter pages;
  private final Counter proxies;
  private final Counter shortened;

  public Minter(
      CertificateAuthority authority,
      MintLimits limits,
      Crypto crypto,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this(() -> authority, limits, crypto, clock, random, registry);
  }

  /// @param authority the one that issues now
  public Minter(
      Supplier<CertificateAuthority> authority,
      MintLimits limits,
      Crypto crypto,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this.authority = authority;
    this.untrusted = CertificateAuthority.untrusted(crypto, clock, random);
    this.limits = limits;
    this.clock = clock;
    this.keys = new LeafKeys(limits, crypto, clock, random);
    this.builder = new LeafBuilder(random);
    this.mimics = registry.counter("menura.certificates.minted", "class", "trusted");
    this.distrusted = registry.counter("menura.certificates.minted", "class", "distrust");
    this.excepted = registry.counter("menura.certificates.minted", "class", "pinned");
    this.pages = registry.counter("menura.certificates.minted", "class", "block");
    this.proxies = registry.counter("menura.certificates.minted", "class", "proxy");
    this.shortened = registry.counter("menura.certificates.names.left.out");
  }

  /// Has RSA keys made in the background, so that the first origin that has one finds one.
  public void fill() {
    keys.fill();
  }

  /// What a leaf stands for beside its name: another value means that it must be minted anew. It
  /// holds the fingerprint of the origin's chain, the verdict, the adaptation, and who issues.
  public String identity(Seen seen, Adaptation adaptation) {
    return String.join(
        "/",
        Fingerprint.of(seen.chain()),
        seen.verdict().problem().name(),
        adaptation.validity(limits.validity()).toString(),
        HexFormat.of().formatHex(authority.get().keyIdentifier()));
  }

  /// As [#identity], of a certificate of the block page.
  public String pageIdentity() {
    return "block-page/" + HexFormat.of().formatHex(authority.get().keyIdentifier());
  }

  /// As [#mimic(OriginName, Seen, Adaptation)], without any.
  public Leaf mimic(OriginName name, Seen seen) {
    return mimic(name, seen, Adaptation.NONE);
  }

  /// A leaf that says what the original says: its subject, its names, its kind of key, its usage;
  /// valid within its dates, those of the authority and the limit.
  ///
  /// @throws IllegalStateException where the look found a problem, or the original is not for the
  ///   name or not valid now: such a certificate is never mimicked
  public Leaf mimic(OriginName name, Seen seen, Adaptation adaptation) {
    if (!seen.verdict().isValid()) {
      throw new IllegalStateException(
          "a certificate with a problem is never mimicked: " + seen.verdict().problem().word());
    }
    X509Certificate original = seen.leaf();
    AlternativeNames names = names(original);
    if (!names.match(name)) {
      throw new IllegalStateException("a certificate for other names is never mimicked");
    }
    var issuing = authority.get();
    Validity validity = validity(issuing, adaptation.validity(limits.validity())).within(original);
    if (!clock.instant().isBefore(validity.until())) {
      throw new IllegalStateException("an expired certificate is never mimicked");
    }
    var copied = issuing.nameLimits().without(copied(names, name), name);
    LeafKey key = key(original);
    Leaf leaf =
        builder.build(
            issuing,
            Likeness.of(original, copied),
            isLike(key, original) ? validity : validity.renewedBy(clock.instant().plus(STOPGAP)),
            key);
    mimics.increment();
    return leaf;
  }

  /// A leaf that says what an original with a problem says, its dates included, and which no client
  /// trusts: the authority that issues it is known to nobody; where the original vouches for
  /// itself, so does the leaf.
  ///
  /// @throws IllegalStateException where the look found no problem, or our own authority
  public Leaf distrusted(OriginName name, Seen seen) {
    Problem problem = seen.verdict().problem();
    if (problem == Problem.NONE || problem == Problem.OWN_CA) {
      throw new IllegalStateException(
          "a certificate that is valid, or our own, is never mimicked as a distrusted one");
    }
    X509Certificate original = seen.leaf();
    var likeness = Likeness.of(original, readableNames(original, name));
    var validity = Validity.as(original, clock.instant().plus(limits.validity().dividedBy(2)));
    LeafKey key = key(original);
    Leaf leaf =
        problem == Problem.SELF_SIGNED
            ? builder.buildSelfSigned(likeness, validity, key)
            : builder.build(untrusted, likeness, validity, key);
    distrusted.increment();
    return leaf;
  }

  /// A leaf that clients trust, for an origin whose problem a rule lets through. It says the
  /// subject of the original and the one name that was asked for; it is valid within the original's
  /// dates where those hold now.
  ///
  /// @throws IllegalStateException where the look found no problem, or one that no rule can let
  ///   through
  public Leaf excepted(OriginName name, Seen seen) {
    Problem problem = seen.verdict().problem();
    if (problem == Problem.NONE || problem == Problem.OWN_CA || problem == Problem.MALFORMED) {
      throw new IllegalStateException("no exception is made for such a certificate");
    }
    X509Certificate original = seen.leaf();
    var issuing = authority.get();
    Validity validity = validity(issuing, limits.validity());
    Instant now = clock.instant();
    if (now.isAfter(original.getNotBefore().toInstant())
        && now.isBefore(original.getNotAfter().toInstant())) {
      validity = validity.within(original);
    }
    LeafKey key = key(original);
    Leaf leaf =
        builder.build(issuing, Likeness.of(original, List.of(generalName(name))), validity, key);
    excepted.increment();
    return leaf;
  }

  /// A leaf for this name whose subject says that it is the block page's.
  public Leaf blockPage(OriginName name) {
    var san = generalName(name);
    var issuing = authority.get();
    Leaf leaf =
        builder.build(
            issuing,
            Likeness.ofOurs(BLOCK_PAGE, List.of(san)),
            validity(issuing, limits.pageValidity()),
            keys.key(KeyKind.P256));
    pages.increment();
    return leaf;
  }

  /// As [#identity], of a certificate of the proxy itself.
  public String proxyIdentity(List<OriginName> names) {
    return "proxy/" + names + "/" + HexFormat.of().formatHex(authority.get().keyIdentifier());
  }

  /// A leaf for the proxy itself, under the names by which clients know it.
  public Leaf proxy(List<OriginName> names) {
    var issuing = authority.get();
    Leaf leaf =
        builder.build(
            issuing,
            Likeness.ofOurs(PROXY, names.stream().map(Minter::generalName).toList()),
            validity(issuing, limits.validity()),
            keys.key(KeyKind.P256));
    proxies.increment();
    return leaf;
  }

  /// Those names for which the authority may not vouch. Clients refuse a leaf that has one.
  public List<OriginName> beyondReach(List<OriginName> names) {
    var limited = authority.get().nameLimits();
    return names.stream().filter(name -> !limited.allows(generalName(name))).toList();
  }

  /// The authority of [#distrusted] leaves, for those who look whether anything of it leaks.
  CertificateAuthority untrusted() {
    return untrusted;
  }

  private static GeneralName generalName(OriginName name) {
    return new GeneralName(
        name.isAddress() ? GeneralName.iPAddress : GeneralName.dNSName, name.text());
  }

  private LeafKey key(X509Certificate original) {
    return keys.key(KeyKind.like(original.getPublicKey()));
  }

  private static boolean isLike(LeafKey key, X509Certificate original) {
    return key.kind() == KeyKind.like(original.getPublicKey());
  }

  private Validity validity(CertificateAuthority issuing, Duration limit) {
    Instant now = clock.instant();
    return Validity.of(now, limit).within(issuing.certificate());
  }

  private List<GeneralName> copied(AlternativeNames names, OriginName asked) {
    List<GeneralName> copied = names.copied(asked, limits.namesMax(), limits.namesBytesMax());
    if (copied.size() < names.count()) {
      shortened.increment();
    }
    return copied;
  }

  private static AlternativeNames names(X509Certificate original) {
    try {
      return AlternativeNames.of(original);
    } catch (CertificateException e) {
      throw new IllegalStateException("a malformed certificate is never mimicked", e);
    }
  }

  /// The names of a certificate that has a problem; none where that problem is in its names.
  private List<GeneralName> readableNames(X509Certificate original, OriginName asked) {
    try {
      return copied(AlternativeNames.of(original), asked);
    } catch (CertificateException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    keys.close();
  }
}
