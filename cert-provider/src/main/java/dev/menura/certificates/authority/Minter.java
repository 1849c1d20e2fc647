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
import java.util.List;
import java.util.function.Supplier;
import org.bouncycastle.asn1.x509.GeneralName;

/// Issues leaves: mimics of valid certificates, certificates of the block page, and distrusted
/// mimics of certificates with a problem. It makes the leaves' keys; a [LeafSigner] signs what
/// clients are to trust.
public final class Minter implements AutoCloseable {
  private final LeafSigner signer;
  private final CertificateAuthority untrusted;
  private final MintLimits limits;
  private final Clock clock;
  private final LeafKeys keys;
  private final LeafBuilder builder;
  private final CopiedNames names;
  private final Counter mimics;
  private final Counter distrusted;
  private final Counter excepted;
  private final Counter pages;
  private final Counter proxies;

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
    this(
        new AuthoritySigner(authority, limits, clock, random, registry),
        limits,
        crypto,
        clock,
        random,
        registry);
  }

  public Minter(
      LeafSigner signer,
      MintLimits limits,
      Crypto crypto,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this.signer = signer;
    this.untrusted = CertificateAuthority.untrusted(crypto, clock, random);
    this.limits = limits;
    this.clock = clock;
    this.keys = new LeafKeys(limits, crypto, clock, random);
    this.builder = new LeafBuilder(random);
    this.names = new CopiedNames(limits, registry);
    this.mimics = registry.counter("menura.certificates.minted", "class", "trusted");
    this.distrusted = registry.counter("menura.certificates.minted", "class", "distrust");
    this.excepted = registry.counter("menura.certificates.minted", "class", "pinned");
    this.pages = registry.counter("menura.certificates.minted", "class", "block");
    this.proxies = registry.counter("menura.certificates.minted", "class", "proxy");
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
        signer.keyIdentifier());
  }

  /// As [#identity], of a certificate of the block page.
  public String pageIdentity() {
    return "block-page/" + signer.keyIdentifier();
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
    LeafKey key = key(seen);
    var leaf = new Leaf(signer.mimic(name, seen, adaptation, key.publicKey()), key);
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
    LeafKey key = key(seen);
    LeafCertificate certificate =
        problem == Problem.SELF_SIGNED
            ? builder.buildSelfSigned(likeness, validity, key)
            : builder.build(untrusted, likeness, validity, key.publicKey());
    distrusted.increment();
    return new Leaf(certificate, key);
  }

  /// A leaf that clients trust, for an origin whose problem a rule lets through. It says the
  /// subject of the original and the one name that was asked for; it is valid within the original's
  /// dates where those hold now.
  ///
  /// @throws IllegalStateException where the look found no problem, or one that no rule can let
  ///   through
  public Leaf excepted(OriginName name, Seen seen) {
    LeafKey key = key(seen);
    var leaf = new Leaf(signer.excepted(name, seen, key.publicKey()), key);
    excepted.increment();
    return leaf;
  }

  /// A leaf for this name whose subject says that it is the block page's.
  public Leaf blockPage(OriginName name) {
    LeafKey key = keys.key(KeyKind.P256);
    var leaf = new Leaf(signer.blockPage(name, key.publicKey()), key);
    pages.increment();
    return leaf;
  }

  /// As [#identity], of a certificate of the proxy itself.
  public String proxyIdentity(List<OriginName> names) {
    return "proxy/" + names + "/" + signer.keyIdentifier();
  }

  /// A leaf for the proxy itself, under the names by which clients know it.
  public Leaf proxy(List<OriginName> names) {
    LeafKey key = keys.key(KeyKind.P256);
    var leaf = new Leaf(signer.proxy(names, key.publicKey()), key);
    proxies.increment();
    return leaf;
  }

  /// The authority of [#distrusted] leaves, for those who look whether anything of it leaks.
  CertificateAuthority untrusted() {
    return untrusted;
  }

  private LeafKey key(Seen seen) {
    if (seen.chain().isEmpty()) {
      throw new IllegalStateException("a certificate that cannot be read is never mimicked");
    }
    return keys.key(KeyKind.like(seen.leaf().getPublicKey()));
  }

  /// The names of a certificate that has a problem; none where that problem is in its names.
  private List<GeneralName> readableNames(X509Certificate original, OriginName asked) {
    try {
      return names.of(AlternativeNames.of(original), asked);
    } catch (CertificateException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    keys.close();
  }
}
