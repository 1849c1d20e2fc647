package dev.menura.certificates.path;

import dev.menura.certificates.path.GeneralName.Address;
import dev.menura.certificates.path.GeneralName.Dns;
import dev.menura.certificates.path.GeneralName.Email;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/// The rules that a certificate keeps or breaks by itself, wherever it stands in a chain.
final class CertificateRules {
  private static final String SERVER_PURPOSE = "1.3.6.1.5.5.7.3.1";
  private static final String ANY_PURPOSE = "2.5.29.37.0";
  private static final int SERIAL_BITS_MAX = 20 * Byte.SIZE;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  /// Where in its chain a certificate stands.
  enum Place {
    LEAF,
    INTERMEDIATE,
    ANCHOR
  }

  private final X509 certificate;
  private final Extensions extensions;
  private final Place place;
  private final Profile profile;
  private final List<Fault> faults = new ArrayList<>();

  private CertificateRules(X509 certificate, Place place, Profile profile) {
    this.certificate = certificate;
    this.extensions = certificate.extensions();
    this.place = place;
    this.profile = profile;
  }

  static List<Fault> check(X509 certificate, Place place, Profile profile, Instant now) {
    var rules = new CertificateRules(certificate, place, profile);
    rules.form();
    rules.names();
    switch (place) {
      case LEAF -> rules.leaf();
      case INTERMEDIATE -> rules.authority();
      case ANCHOR -> {
        rules.authority();
        rules.anchor();
      }
    }
    rules.purposes();
    rules.strength();
    rules.dates(now);
    return rules.faults;
  }

  private void fault(Flaw flaw, String what) {
    faults.add(new Fault(flaw, certificate, what));
  }

  private void refuse(boolean condition, Flaw flaw, String what) {
    if (condition) {
      fault(flaw, what);
    }
  }

  private void form(FormRule rule, BooleanSupplier broken) {
    if (profile.applies(rule) && broken.getAsBoolean()) {
      fault(Flaw.FORM, "breaks the rule '" + rule.word() + "': " + rule.text());
    }
  }

  private void form() {
    refuse(certificate.issuerName().isEmpty(), Flaw.NOT_ALLOWED, "names no issuer");
    extensions
        .unknownCritical()
        .ifPresent(oid ->
            fault(
                Flaw.UNKNOWN_CRITICAL,
                "has the critical extension " + oid + ", which is not understood"));
    form(
        FormRule.IDENTIFIERS_NOT_CRITICAL,
        () ->
            extensions.isCritical(Extensions.AUTHORITY_KEY)
                || extensions.isCritical(Extensions.SUBJECT_KEY)
                || extensions.isCritical(Extensions.AUTHORITY_ACCESS));
    form(FormRule.UNIQUE_IDENTIFIERS, certificate::hasUniqueIds);
    form(FormRule.VALIDITY_ENCODING, certificate::hasUnusualTime);
    form(FormRule.KEY_USAGE_NOT_EMPTY, extensions::hasEmptyUsage);
    form(
        FormRule.POLICY_CONSTRAINTS_CRITICAL,
        () ->
            extensions.has(Extensions.POLICY_CONSTRAINTS)
                && !extensions.isCritical(Extensions.POLICY_CONSTRAINTS));
    form(
        FormRule.PATH_LENGTH_OF_AUTHORITIES_ONLY,
        () -> extensions.pathLength() != null && !extensions.isAuthority());
    if (place != Place.ANCHOR) {
      form(
          FormRule.SERIAL,
          () ->
              certificate.serial().signum() <= 0
                  || certificate.serial().bitLength() >= SERIAL_BITS_MAX);
      form(
          FormRule.AUTHORITY_KEY_PRESENT,
          () -> extensions.authorityKey().filter(key -> !key.key().isEmpty()).isEmpty());
      form(
          FormRule.AUTHORITY_KEY_PRESENT,
          () -> extensions.authorityKey().filter(key -> key.issuer() != key.serial()).isPresent());
    }
  }

  private void names() {
    for (GeneralName name : extensions.names()) {
      switch (name) {
        case Dns dns -> form(FormRule.DNS_NAME_SYNTAX, () -> !DnsNames.isCertifiable(dns.text()));
        case Email email ->
            form(FormRule.MAIL_NAME_SYNTAX, () -> !NameConstraints.isMailbox(email.text()));
        case Address _, GeneralName.Uri _, GeneralName.Directory _, GeneralName.Other _ -> {
          // Their syntax is checked where the certificate is read, or does not matter.
        }
      }
    }
    extensions
        .constraints()
        .ifPresent(constraints -> {
          refuse(!constraints.flaw().isEmpty(), Flaw.NOT_ALLOWED, "has " + constraints.flaw());
          form(FormRule.NAME_CONSTRAINT_SYNTAX, constraints::leadingDot);
        });
  }

  private void leaf() {
    refuse(
        !extensions.isAuthority()
            && extensions.hasUsage()
            && extensions.allows(Extensions.KEY_CERT_SIGN),
        Flaw.NOT_ALLOWED,
        "may sign certificates, but is of no authority");
    refuse(
        extensions.isAuthority() && !extensions.allows(Extensions.KEY_CERT_SIGN),
        Flaw.NOT_ALLOWED,
        "is of an authority that may sign no certificates");
    // A certificate of an authority that serves is judged by RFC 5280 alone, which allows it; the
    // TLS client holds the key to its usage.
    refuse(
        !extensions.isAuthority() && !extensions.allows(Extensions.DIGITAL_SIGNATURE),
        Flaw.NOT_ALLOWED,
        "may not sign handshakes");
    form(
        FormRule.NAME_CONSTRAINTS_OF_AUTHORITIES_ONLY,
        () -> extensions.has(Extensions.NAME_CONSTRAINTS) && !extensions.isAuthority());
    boolean critical = extensions.isCritical(Extensions.ALTERNATIVE_NAMES);
    form(
        FormRule.EMPTY_SUBJECT_MEANS_CRITICAL_NAMES,
        () ->
            extensions.has(Extensions.ALTERNATIVE_NAMES)
                && critical != certificate.subjectName().isEmpty());
    form(FormRule.COMMON_NAME_AMONG_NAMES, () -> !CommonNames.agree(certificate));
    refuse(
        certificate.version() != 3 && profile.applies(FormRule.ROOT_IS_VERSION_3),
        Flaw.NOT_ALLOWED,
        "is of version " + certificate.version());
  }

  private void authority() {
    boolean oldRoot =
        place == Place.ANCHOR
            && certificate.version() < 3
            && !profile.applies(FormRule.ROOT_IS_VERSION_3);
    refuse(!extensions.isAuthority() && !oldRoot, Flaw.NOT_ALLOWED, "is of no authority");
    refuse(
        !extensions.allows(Extensions.KEY_CERT_SIGN),
        Flaw.NOT_ALLOWED,
        "may not sign certificates");
    refuse(certificate.subjectName().isEmpty(), Flaw.NOT_ALLOWED, "has no name");
    form(
        FormRule.BASIC_CONSTRAINTS_CRITICAL,
        () -> !extensions.isCritical(Extensions.BASIC_CONSTRAINTS));
    form(FormRule.SUBJECT_KEY_PRESENT, () -> extensions.subjectKey().isEmpty());
  }

  private void anchor() {
    extensions
        .authorityKey()
        .ifPresent(key -> {
          boolean own = extensions.subjectKey().filter(key.key()::equals).isPresent();
          form(
              FormRule.AUTHORITY_KEY_OF_ROOT,
              () -> certificate.isSelfIssued() && (!own || key.issuer() || key.serial()));
        });
    form(FormRule.PURPOSES_NOT_OF_ROOTS, () -> extensions.has(Extensions.PURPOSES));
  }

  /// RFC 5280 4.2.1.12 for servers, on the leaf and, as browsers do, on those above it.
  private void purposes() {
    extensions
        .purposes()
        .ifPresent(purposes -> {
          refuse(
              !purposes.contains(SERVER_PURPOSE) && !purposes.contains(ANY_PURPOSE),
              Flaw.NOT_ALLOWED,
              "is not meant for servers");
          form(
              FormRule.PURPOSES_OF_SERVERS,
              () ->
                  place == Place.LEAF
                      && (purposes.contains(ANY_PURPOSE)
                          || extensions.isCritical(Extensions.PURPOSES)));
        });
  }

  private void strength() {
    String key = certificate.key().weakness();
    refuse(!key.isEmpty(), Flaw.WEAK_KEY, "has " + key);
    if (place != Place.ANCHOR) {
      // A root's own signature proves nothing, so its strength does not matter.
      String signature = Signatures.weakness(certificate);
      refuse(!signature.isEmpty(), Flaw.WEAK_SIGNATURE, "is signed with " + signature);
    }
  }

  private void dates(Instant now) {
    refuse(
        now.isBefore(certificate.notBefore()),
        Flaw.NOT_YET_VALID,
        "is valid only from " + DAY.format(certificate.notBefore()));
    refuse(
        now.isAfter(certificate.notAfter()),
        Flaw.EXPIRED,
        "expired on " + DAY.format(certificate.notAfter()));
  }
}
