package dev.menura.certificates.authority;

import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.x509.AlternativeNames;
import dev.menura.certificates.x509.KeyKind;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Certificate;
import org.bouncycastle.asn1.x509.GeneralName;

/// Issues leaves: mimics of valid certificates, and certificates of the block page.
public final class Minter implements AutoCloseable {
  private static final Duration BACKDATING = Duration.ofDays(1);
  private static final X500Name BLOCK_PAGE =
      new X500NameBuilder()
          .addRDN(BCStyle.O, "Menura")
          .addRDN(BCStyle.CN, "Menura block page")
          .build();

  private final CertificateAuthority authority;
  private final MintLimits limits;
  private final Clock clock;
  private final LeafKeys keys;
  private final LeafBuilder builder;
  private final Counter mimics;
  private final Counter pages;
  private final Counter shortened;

  public Minter(
      CertificateAuthority authority,
      MintLimits limits,
      Crypto crypto,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this.authority = authority;
    this.limits = limits;
    this.clock = clock;
    this.keys = new LeafKeys(limits, crypto, clock, random);
    this.builder = new LeafBuilder(authority, random);
    this.mimics = registry.counter("menura.certificates.minted", "class", "trusted");
    this.pages = registry.counter("menura.certificates.minted", "class", "block");
    this.shortened = registry.counter("menura.certificates.names.left.out");
  }

  /// A leaf that says what the original says: its subject, its names, its kind of key; valid within
  /// its dates, those of the authority and the limit.
  ///
  /// @throws IllegalStateException where the look found a problem, or the original is not for the
  ///   name or not valid now: such a certificate is never mimicked
  public Leaf mimic(OriginName name, Seen seen) {
    if (!seen.verdict().isValid()) {
      throw new IllegalStateException(
          "a certificate with a problem is never mimicked: " + seen.verdict().problem().word());
    }
    X509Certificate original = seen.leaf();
    AlternativeNames names = names(original);
    if (!names.match(name)) {
      throw new IllegalStateException("a certificate for other names is never mimicked");
    }
    List<GeneralName> copied = names.copied(name, limits.namesMax(), limits.namesBytesMax());
    if (copied.size() < names.count()) {
      shortened.increment();
    }
    Validity validity = validity(limits.validity()).within(original);
    if (!clock.instant().isBefore(validity.until())) {
      throw new IllegalStateException("an expired certificate is never mimicked");
    }
    Leaf leaf =
        builder.build(
            subject(original), copied, validity, keys.key(KeyKind.like(original.getPublicKey())));
    mimics.increment();
    return leaf;
  }

  /// A leaf for this name whose subject says that it is the block page's.
  public Leaf blockPage(OriginName name) {
    var san =
        new GeneralName(
            name.isAddress() ? GeneralName.iPAddress : GeneralName.dNSName, name.text());
    Leaf leaf =
        builder.build(
            BLOCK_PAGE, List.of(san), validity(limits.pageValidity()), keys.key(KeyKind.P256));
    pages.increment();
    return leaf;
  }

  /// From when until when, in whole seconds, and when to renew.
  record Validity(Instant from, Instant until, Instant renewAt) {
    /// @throws IllegalStateException where nothing is left
    Validity within(X509Certificate bounds) {
      Instant notBefore = bounds.getNotBefore().toInstant();
      Instant notAfter = bounds.getNotAfter().toInstant();
      boolean shorter = notAfter.isBefore(until);
      var narrower =
          new Validity(
              notBefore.isAfter(from) ? notBefore : from,
              shorter ? notAfter : until,
              shorter ? Instant.MAX : renewAt);
      if (!narrower.from.isBefore(narrower.until)) {
        throw new IllegalStateException(
            "no certificate can be issued outside the dates of another");
      }
      return narrower;
    }
  }

  /// From a day ago until the limit, renewed when a quarter of that is left.
  private Validity validity(Duration limit) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new Validity(
            now.minus(BACKDATING), now.plus(limit), now.plus(limit).minus(limit.dividedBy(4)))
        .within(authority.certificate());
  }

  private static AlternativeNames names(X509Certificate original) {
    try {
      return AlternativeNames.of(original);
    } catch (CertificateException e) {
      throw new IllegalStateException("a malformed certificate is never mimicked", e);
    }
  }

  /// The subject as it was encoded: attributes, order and kinds of string.
  private static X500Name subject(X509Certificate original) {
    try {
      return Certificate.getInstance(original.getEncoded()).getSubject();
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a parsed certificate has no encoding", e);
    }
  }

  @Override
  public void close() {
    keys.close();
  }
}
