package dev.menura.certificates.authority;

import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.x509.AlternativeNames;
import dev.menura.certificates.x509.KeyKind;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.PublicKey;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Signs leaves with an authority of this process.
final class AuthoritySigner implements LeafSigner {
  private static final Logger LOG = LoggerFactory.getLogger(AuthoritySigner.class);

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
  private final MintLimits limits;
  private final Clock clock;
  private final LeafBuilder builder;
  private final CopiedNames copied;

  /// @param authority the one that issues now
  AuthoritySigner(
      Supplier<CertificateAuthority> authority,
      MintLimits limits,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry) {
    this.authority = authority;
    this.limits = limits;
    this.clock = clock;
    this.builder = new LeafBuilder(random);
    this.copied = new CopiedNames(limits, registry);
  }

  @Override
  public String keyIdentifier() {
    return HexFormat.of().formatHex(authority.get().keyIdentifier());
  }

  @Override
  public LeafCertificate mimic(OriginName name, Seen seen, Adaptation adaptation, PublicKey key) {
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
    return builder.build(
        issuing,
        Likeness.of(original, issuing.nameLimits().without(copied.of(names, name), name)),
        isLike(key, original) ? validity : validity.renewedBy(clock.instant().plus(STOPGAP)),
        key);
  }

  @Override
  public LeafCertificate excepted(OriginName name, Seen seen, PublicKey key) {
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
    return builder.build(issuing, Likeness.of(original, List.of(generalName(name))), validity, key);
  }

  @Override
  public LeafCertificate blockPage(OriginName name, PublicKey key) {
    var issuing = authority.get();
    return builder.build(
        issuing,
        Likeness.ofOurs(BLOCK_PAGE, List.of(generalName(name))),
        validity(issuing, limits.pageValidity()),
        key);
  }

  @Override
  public LeafCertificate proxy(List<OriginName> names, PublicKey key) {
    var issuing = authority.get();
    var outside =
        names.stream().filter(name -> !issuing.nameLimits().allows(generalName(name))).toList();
    if (!outside.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("names", outside)
          .log("the authority may not vouch for these names of the proxy; clients will refuse it");
    }
    return builder.build(
        issuing,
        Likeness.ofOurs(PROXY, names.stream().map(AuthoritySigner::generalName).toList()),
        validity(issuing, limits.validity()),
        key);
  }

  private static GeneralName generalName(OriginName name) {
    return new GeneralName(
        name.isAddress() ? GeneralName.iPAddress : GeneralName.dNSName, name.text());
  }

  private static boolean isLike(PublicKey key, X509Certificate original) {
    return KeyKind.like(key) == KeyKind.like(original.getPublicKey());
  }

  private Validity validity(CertificateAuthority issuing, Duration limit) {
    return Validity.of(clock.instant(), limit).within(issuing.certificate());
  }

  private static AlternativeNames names(X509Certificate original) {
    try {
      return AlternativeNames.of(original);
    } catch (CertificateException e) {
      throw new IllegalStateException("a malformed certificate is never mimicked", e);
    }
  }
}
