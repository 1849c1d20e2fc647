package dev.menura.certificates.authority;

import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.MeterRegistry;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/// Keeps the authority's key in this process, or has a token of this machine keep it.
public final class LocalCustodian implements Custodian {
  private final Authorities authorities;
  private final LeafSigner signer;

  private LocalCustodian(Authorities authorities, LeafSigner signer) {
    this.authorities = authorities;
    this.signer = signer;
  }

  /// Opens the authority, or makes it at the first start.
  ///
  /// @throws AuthorityException where the authority's files cannot be used; for the operator
  public static LocalCustodian open(
      AuthoritySettings settings,
      MintLimits limits,
      Crypto crypto,
      Clock clock,
      SecureRandom random,
      MeterRegistry registry)
      throws AuthorityException {
    var authorities = Authorities.open(settings, crypto, clock, random);
    return new LocalCustodian(
        authorities, new AuthoritySigner(authorities::active, limits, clock, random, registry));
  }

  @Override
  public Standing standing() {
    return authorities.standing();
  }

  @Override
  public boolean refresh() throws AuthorityException {
    return authorities.refresh();
  }

  /// Another process changes the files: that is noticed by who looks.
  @Override
  public void onChange(Runnable listener) {}

  @Override
  public Optional<String> warning() {
    return authorities.warning();
  }

  @Override
  public void prepareRenewal() throws AuthorityException {
    authorities.prepareRenewal();
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  public String keyIdentifier() {
    return signer.keyIdentifier();
  }

  @Override
  public LeafCertificate mimic(OriginName name, Seen seen, Adaptation adaptation, PublicKey key) {
    return signer.mimic(name, seen, adaptation, key);
  }

  @Override
  public LeafCertificate excepted(OriginName name, Seen seen, PublicKey key) {
    return signer.excepted(name, seen, key);
  }

  @Override
  public LeafCertificate blockPage(OriginName name, PublicKey key) {
    return signer.blockPage(name, key);
  }

  @Override
  public LeafCertificate proxy(List<OriginName> names, PublicKey key) {
    return signer.proxy(names, key);
  }

  @Override
  public void close() {}
}
