package dev.menura.certificates.upstream;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.SignatureScheme;

/// What origins are offered in TLS when they are looked at: the versions, groups and signatures
/// that Envoy offers them afterwards, so that who cannot be spoken to then is refused at the look,
/// with a reason.
///
/// @param lowest the lowest version
/// @param algorithms which groups, suites and signatures
public record TlsOffer(Lowest lowest, Algorithms algorithms) {
  public static final TlsOffer STANDARD = new TlsOffer(Lowest.TLS_1_2, Algorithms.SOUND);

  /// The lowest version that is spoken.
  public enum Lowest {
    TLS_1_2,
    TLS_1_3
  }

  /// Which algorithms are used.
  public enum Algorithms {
    /// What browsers speak: the sound ones first, and at the end, for TLS 1.2 with origins that
    /// have nothing better, AES-CBC with ECDHE and key exchange by RSA.
    SOUND,
    /// Of the sound ones, those that Envoy's FIPS policy leaves.
    FIPS
  }

  private static final int[] FIPS_SUITES = {
    CipherSuite.TLS_AES_128_GCM_SHA256,
    CipherSuite.TLS_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
  };
  private static final int[] FURTHER_SUITES = {
    CipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    CipherSuite.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256
  };

  /// Those of browsers that HTTP/2 forbids (RFC 9113, appendix A). Chromium speaks CBC with ECDHE
  /// with RSA keys alone.
  private static final int[] LAST_SUITES = {
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA,
    CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384,
    CipherSuite.TLS_RSA_WITH_AES_128_CBC_SHA,
    CipherSuite.TLS_RSA_WITH_AES_256_CBC_SHA
  };

  private static final List<Integer> GROUPS =
      List.of(
          NamedGroup.X25519MLKEM768,
          NamedGroup.x25519,
          NamedGroup.secp256r1,
          NamedGroup.secp384r1,
          NamedGroup.secp521r1);
  private static final List<Integer> FIPS_GROUPS =
      List.of(NamedGroup.secp256r1, NamedGroup.secp384r1);
  private static final List<Integer> FIPS_SIGNATURES =
      List.of(
          SignatureScheme.ecdsa_secp256r1_sha256,
          SignatureScheme.rsa_pss_rsae_sha256,
          SignatureScheme.rsa_pkcs1_sha256,
          SignatureScheme.ecdsa_secp384r1_sha384,
          SignatureScheme.rsa_pss_rsae_sha384,
          SignatureScheme.rsa_pkcs1_sha384,
          SignatureScheme.rsa_pss_rsae_sha512,
          SignatureScheme.rsa_pkcs1_sha512);
  private static final List<Integer> FURTHER_SIGNATURES =
      List.of(SignatureScheme.ecdsa_secp521r1_sha512, SignatureScheme.ed25519);

  private boolean fips() {
    return algorithms == Algorithms.FIPS;
  }

  int[] suites() {
    return fips()
        ? FIPS_SUITES.clone()
        : Stream.of(FIPS_SUITES, FURTHER_SUITES, LAST_SUITES).flatMapToInt(IntStream::of).toArray();
  }

  /// Whether HTTP/2 may be spoken over a suite that is offered (RFC 9113 9.2.2).
  static boolean carriesHttp2(int suite) {
    return IntStream.of(LAST_SUITES).noneMatch(last -> last == suite);
  }

  ProtocolVersion[] versions() {
    return switch (lowest) {
      case TLS_1_2 -> ProtocolVersion.TLSv13.downTo(ProtocolVersion.TLSv12);
      case TLS_1_3 -> ProtocolVersion.TLSv13.only();
    };
  }

  List<Integer> groups() {
    return fips() ? FIPS_GROUPS : GROUPS;
  }

  /// Those of [#groups] for which a share of a key is sent at once.
  List<Integer> earlyGroups() {
    return groups().subList(0, fips() ? 1 : 2);
  }

  /// With what origins may sign in the handshake.
  List<SignatureAndHashAlgorithm> signatures() {
    return Stream.concat(
            FIPS_SIGNATURES.stream(), fips() ? Stream.empty() : FURTHER_SIGNATURES.stream())
        .map(SignatureScheme::getSignatureAndHashAlgorithm)
        .toList();
  }
}
