package dev.menura.certificates.path;

/// A rule that concerns a certificate's form alone: who breaks it deceives nobody, but no authority
/// of the public web may. [Profile#PRIVATE_CA] does without all of them.
public enum FormRule {
  AUTHORITY_KEY_PRESENT(
      "authority-key-present",
      "leaves and intermediates name their issuer's key",
      "RFC 5280 4.2.1.1"),
  AUTHORITY_KEY_OF_ROOT(
      "authority-key-of-root",
      "where a root names its issuer's key, it is its own, by key identifier alone",
      "CA/Browser Forum BR 7.1.2.1.3"),
  SUBJECT_KEY_PRESENT(
      "subject-key-present", "authorities have a subject key identifier", "RFC 5280 4.2.1.2"),
  IDENTIFIERS_NOT_CRITICAL(
      "identifiers-not-critical",
      "key identifiers and access information are not critical",
      "RFC 5280 4.2.1.1, 4.2.1.2, 4.2.2.1"),
  BASIC_CONSTRAINTS_CRITICAL(
      "basic-constraints-critical",
      "the basic constraints of authorities are critical",
      "RFC 5280 4.2.1.9"),
  PATH_LENGTH_OF_AUTHORITIES_ONLY(
      "path-length-of-authorities-only", "only authorities limit paths", "RFC 5280 4.2.1.9"),
  KEY_USAGE_NOT_EMPTY("key-usage-not-empty", "a key usage allows something", "RFC 5280 4.2.1.3"),
  SERIAL(
      "serial",
      "serials of leaves and intermediates are above zero and have at most 20 bytes",
      "RFC 5280 4.1.2.2"),
  VALIDITY_ENCODING(
      "validity-encoding", "dates before 2050 are written as UTCTime", "RFC 5280 4.1.2.5"),
  UNIQUE_IDENTIFIERS("unique-identifiers", "unique identifiers are not used", "RFC 5280 4.1.2.8"),
  EMPTY_SUBJECT_MEANS_CRITICAL_NAMES(
      "empty-subject-means-critical-names",
      "alternative names are critical exactly where the subject is empty",
      "RFC 5280 4.2.1.6, CA/Browser Forum BR 7.1.2.7.12"),
  DNS_NAME_SYNTAX(
      "dns-name-syntax",
      "DNS names are of letters, digits and hyphens, and a star stands for the whole leftmost"
          + " label, with two labels after it",
      "RFC 5280 4.2.1.6, CA/Browser Forum BR 7.1.4.2"),
  MAIL_NAME_SYNTAX("mail-name-syntax", "mailboxes have one @", "RFC 5280 4.2.1.6"),
  COMMON_NAME_AMONG_NAMES(
      "common-name-among-names",
      "a leaf's common name that looks like a server's is one of its alternative names, letter by"
          + " letter, or a domain above one",
      "CA/Browser Forum BR 7.1.4.3"),
  NAME_CONSTRAINTS_OF_AUTHORITIES_ONLY(
      "name-constraints-of-authorities-only",
      "only authorities have name constraints",
      "RFC 5280 4.2.1.10"),
  NAME_CONSTRAINT_SYNTAX(
      "name-constraint-syntax", "DNS constraints do not begin with a dot", "RFC 5280 4.2.1.10"),
  POLICY_CONSTRAINTS_CRITICAL(
      "policy-constraints-critical", "policy constraints are critical", "RFC 5280 4.2.1.11"),
  PURPOSES_OF_SERVERS(
      "purposes-of-servers",
      "a leaf's purposes are not critical and not 'any'",
      "CA/Browser Forum BR 7.1.2.7.10"),
  PURPOSES_NOT_OF_ROOTS(
      "purposes-not-of-roots", "roots have no purposes", "CA/Browser Forum BR 7.1.2.1.2"),
  ROOT_IS_NO_SERVER(
      "root-is-no-server", "a root is not itself a leaf", "CA/Browser Forum BR 6.1.7"),
  ROOT_IS_VERSION_3(
      "root-is-version-3", "roots have basic constraints, and so version 3", "RFC 5280 4.2.1.9");

  private final String word;
  private final String text;
  private final String source;

  FormRule(String word, String text, String source) {
    this.word = word;
    this.text = text;
    this.source = source;
  }

  /// The word by which references and sentences name the rule.
  public String word() {
    return word;
  }

  /// What must be so.
  public String text() {
    return text;
  }

  /// Where it is written.
  public String source() {
    return source;
  }
}
