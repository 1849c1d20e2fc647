package dev.menura.certificates.upstream;

import dev.menura.certificates.path.MalformedException;
import dev.menura.certificates.path.Signatures;
import dev.menura.certificates.path.X509;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.ocsp.BasicOCSPResponse;
import org.bouncycastle.asn1.ocsp.CertID;
import org.bouncycastle.asn1.ocsp.OCSPObjectIdentifiers;
import org.bouncycastle.asn1.ocsp.OCSPRequest;
import org.bouncycastle.asn1.ocsp.OCSPResponse;
import org.bouncycastle.asn1.ocsp.OCSPResponseStatus;
import org.bouncycastle.asn1.ocsp.Request;
import org.bouncycastle.asn1.ocsp.ResponseData;
import org.bouncycastle.asn1.ocsp.RevokedInfo;
import org.bouncycastle.asn1.ocsp.SingleResponse;
import org.bouncycastle.asn1.ocsp.TBSRequest;
import org.bouncycastle.asn1.oiw.OIWObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extensions;

/// What an issuer answered about one certificate by OCSP (RFC 6960), with its signature checked.
///
/// @param revokedAt when it was taken back; the answer's own time where it was not
record StatusAnswer(State state, Instant thisUpdate, Instant nextUpdate, Instant revokedAt) {
  static final String MEDIA_TYPE = "application/ocsp-request";
  private static final String OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
  private static final Duration WITHOUT_END = Duration.ofDays(1);
  private static final int GOOD_TAG = 0;
  private static final int REVOKED_TAG = 1;

  /// The three answers.
  enum State {
    GOOD,
    REVOKED,
    UNKNOWN
  }

  /// @throws MalformedException where it cannot be used: it is broken, about another certificate,
  ///   or not its issuer's
  static StatusAnswer read(byte[] der, X509 certificate, X509 issuer, Instant now)
      throws MalformedException {
    try {
      OCSPResponse response = OCSPResponse.getInstance(ASN1Primitive.fromByteArray(der));
      if (response.getResponseStatus().getIntValue() != OCSPResponseStatus.SUCCESSFUL
          || response.getResponseBytes() == null
          || !response
              .getResponseBytes()
              .getResponseType()
              .equals(OCSPObjectIdentifiers.id_pkix_ocsp_basic)) {
        throw new MalformedException("the answer is none");
      }
      byte[] inner = response.getResponseBytes().getResponse().getOctets();
      BasicOCSPResponse basic = BasicOCSPResponse.getInstance(ASN1Primitive.fromByteArray(inner));
      checkSigner(basic, issuer, now);
      ResponseData data = basic.getTbsResponseData();
      if (hasCritical(data.getResponseExtensions())) {
        throw new MalformedException("the answer is of a kind that is not understood");
      }
      for (var element : data.getResponses()) {
        SingleResponse single = SingleResponse.getInstance(element);
        if (isAbout(single.getCertID(), certificate, issuer)) {
          return of(single);
        }
      }
      throw new MalformedException("the answer is about another certificate");
    } catch (IOException
        | ParseException
        | IllegalArgumentException
        | IllegalStateException
        | IndexOutOfBoundsException
        | ClassCastException e) {
      throw new MalformedException("the answer cannot be read", e);
    }
  }

  private static StatusAnswer of(SingleResponse single) throws ParseException, MalformedException {
    if (hasCritical(single.getSingleExtensions())) {
      throw new MalformedException("the answer is of a kind that is not understood");
    }
    Instant from = single.getThisUpdate().getDate().toInstant();
    Instant until =
        single.getNextUpdate() == null
            ? from.plus(WITHOUT_END)
            : single.getNextUpdate().getDate().toInstant();
    return switch (single.getCertStatus().getTagNo()) {
      case GOOD_TAG -> new StatusAnswer(State.GOOD, from, until, from);
      case REVOKED_TAG -> {
        RevokedInfo info = RevokedInfo.getInstance(single.getCertStatus().getStatus());
        yield new StatusAnswer(
            State.REVOKED, from, until, info.getRevocationTime().getDate().toInstant());
      }
      default -> new StatusAnswer(State.UNKNOWN, from, until, from);
    };
  }

  private static boolean hasCritical(Extensions extensions) {
    return extensions != null && extensions.hasAnyCriticalExtensions();
  }

  /// RFC 6960 4.2.2.2: the issuer itself signed, or one whom it made a responder directly.
  private static void checkSigner(BasicOCSPResponse basic, X509 issuer, Instant now)
      throws IOException, MalformedException {
    if (isSignedBy(basic, issuer)) {
      return;
    }
    ASN1Sequence certificates = basic.getCerts();
    if (certificates != null) {
      for (var element : certificates) {
        X509 responder = X509.parse(element.toASN1Primitive().getEncoded("DER"));
        boolean dated = now.isBefore(responder.notBefore()) || now.isAfter(responder.notAfter());
        if (!dated
            && responder.hasPurpose(OCSP_SIGNING)
            && new Signatures().isIssuedBy(responder, issuer)
            && isSignedBy(basic, responder)) {
          return;
        }
      }
    }
    throw new MalformedException("the answer is not the issuer's");
  }

  private static boolean isSignedBy(BasicOCSPResponse basic, X509 signer) throws IOException {
    return Signatures.isSound(
        basic.getSignatureAlgorithm().getEncoded("DER"),
        basic.getTbsResponseData().getEncoded("DER"),
        basic.getSignature().getOctets(),
        signer.key());
  }

  private static boolean isAbout(CertID id, X509 certificate, X509 issuer) {
    return id.getSerialNumber().getValue().equals(certificate.serial())
        && id.getHashAlgorithm().getAlgorithm().equals(OIWObjectIdentifiers.idSHA1)
        && Arrays.equals(id.getIssuerNameHash().getOctets(), sha1(certificate.issuerEncoded()))
        && Arrays.equals(id.getIssuerKeyHash().getOctets(), issuer.key().bitsSha1());
  }

  /// The question about one certificate, in the form that RFC 5019 2.1 asks for.
  static byte[] question(X509 certificate, X509 issuer) {
    ASN1OctetString name = new DEROctetString(sha1(certificate.issuerEncoded()));
    ASN1OctetString key = new DEROctetString(issuer.key().bitsSha1());
    var id =
        new CertID(
            new AlgorithmIdentifier(OIWObjectIdentifiers.idSHA1, DERNull.INSTANCE),
            name,
            key,
            new ASN1Integer(certificate.serial()));
    var request =
        new OCSPRequest(
            new TBSRequest(null, new DERSequence(new Request(id, null)), (Extensions) null), null);
    try {
      return request.getEncoded("DER");
    } catch (IOException e) {
      throw new IllegalStateException("a question cannot be encoded", e);
    }
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-1", e);
    }
  }

  boolean isCurrent(Instant now) {
    return !now.plus(Duration.ofMinutes(5)).isBefore(thisUpdate) && !now.isAfter(nextUpdate);
  }
}
