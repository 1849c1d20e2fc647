package dev.menura.certificates.custody;

import dev.menura.certificates.authority.Adaptation;
import dev.menura.certificates.authority.LeafCertificate;
import dev.menura.certificates.authority.LeafSigner;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Problem;
import dev.menura.certificates.upstream.Validator;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Has a leaf signed only where its own validation says that it may be. It knows nothing of what a
/// gateway made of a chain but the chain itself. Immutable.
final class Judge {
  private final LeafSigner signer;
  private final Validator validator;
  private final Set<Problem> excused;

  /// @param excused the problems for which an exception may be made at all
  Judge(LeafSigner signer, Validator validator, Set<Problem> excused) {
    this.signer = signer;
    this.validator = validator;
    this.excused = Set.copyOf(excused);
  }

  /// @param supplied intermediates that were not sent; they vouch for nothing by being here
  /// @throws RefusedException where the chain is not valid for the name
  LeafCertificate mimic(
      OriginName name,
      List<X509Certificate> chain,
      List<X509Certificate> supplied,
      Adaptation adaptation,
      PublicKey key) {
    var whole = new ArrayList<>(chain);
    whole.addAll(supplied);
    Verdict verdict = validator.validate(name, whole);
    if (!verdict.isValid()) {
      throw new RefusedException(verdict.problem().word() + ": " + verdict.detail());
    }
    return signer.mimic(name, new Seen(chain, "", "", verdict), adaptation, key);
  }

  /// A chain that is valid by what is known here may have a problem that only the gateway can know:
  /// it alone asks issuers about revocation. An exception gives it less than a mimic would.
  ///
  /// @param claimed what the gateway found
  /// @throws RefusedException where no exception may be made for the problem
  LeafCertificate excepted(
      OriginName name, List<X509Certificate> chain, Problem claimed, PublicKey key) {
    Verdict found = validator.validate(name, chain);
    Verdict verdict = found.isValid() ? new Verdict(claimed, "the gateway says so") : found;
    if (!excused.contains(verdict.problem())) {
      throw new RefusedException(
          "no rule here lets this problem through: " + verdict.problem().word());
    }
    return signer.excepted(name, new Seen(chain, "", "", verdict), key);
  }

  LeafCertificate blockPage(OriginName name, PublicKey key) {
    return signer.blockPage(name, key);
  }

  LeafCertificate proxy(List<OriginName> names, PublicKey key) {
    return signer.proxy(names, key);
  }
}
