package dev.menura.policy.load;

import dev.menura.policy.AuthorityKeys;
import dev.menura.policy.AuthorityKeys.Place;
import dev.menura.policy.AuthorityKeys.Secret;
import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The key `ca` of the `Gateway` document.
final class CaShape {
  private static final AuthorityKeys STANDARD = AuthorityKeys.STANDARD;
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,127}");
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,64}");
  private static final int LABEL_LENGTH_MAX = 32;

  private static final Field<String> ENV =
      Field.optional(
          "env",
          Types.text("the name of an environment variable", text -> matching(VARIABLE, text)),
          "An environment variable that holds it.");
  private static final Field<Path> SECRET_FILE =
      Field.optional("file", path(), "A file of mode 0600 whose first line it is.");
  private static final Field<String> CREDENTIAL =
      Field.optional(
          "credential",
          Types.text("the name of a systemd credential", text -> matching(WORD, text)),
          "A credential that systemd hands to the service with LoadCredential.");

  private static final Shape<Secret> SECRET =
      Shape.checked(List.of(ENV, SECRET_FILE, CREDENTIAL), CaShape::secret);

  private static final Field<Secret> PASSPHRASE =
      Field.optional(
          "passphrase", SECRET, "Where the passphrase that encrypts the key comes from.");

  private static final Field<Place> FILE =
      Field.optional(
          "file",
          Shape.of(List.of(PASSPHRASE), found -> new Place.InFile(found.optional(PASSPHRASE))),
          "The key is a file of mode 0600 in the data directory.");

  private static final Field<Path> LIBRARY =
      Field.required("library", path(), "The PKCS#11 module.");
  private static final Field<String> TOKEN =
      Field.required("token", label(), "The label of the token.");
  private static final Field<String> LABEL =
      Field.withDefault("label", label(), "menura-ca", "menura-ca", "The label of the key in it.");
  private static final Field<Secret> PIN =
      Field.required("pin", SECRET, "Where the token's user PIN comes from.");

  private static final Field<Place> PKCS11 =
      Field.optional(
          "pkcs11",
          Shape.of(
              List.of(LIBRARY, TOKEN, LABEL, PIN),
              found ->
                  new Place.InToken(
                      found.get(LIBRARY), found.get(TOKEN), found.get(LABEL), found.get(PIN))),
          "The key is made in a PKCS#11 token, and never leaves it.");

  private static final Field<Place> KEY =
      Field.withDefault(
          "key",
          Shape.checked(List.of(FILE, PKCS11), CaShape::place),
          STANDARD.key(),
          "",
          "Where the authority's private key is kept: `file` or `pkcs11`.");

  private static final Field<Boolean> SIGNED_BY =
      Field.withDefault(
          "signed-by",
          Types.choice("itself", false, "offline-root", true),
          STANDARD.offlineRoot(),
          "itself",
          "Whose signature its certificate bears. With `offline-root`, `menura ca request` prints a"
              + " request, and `menura ca import` takes what the root has signed.");

  private static final Field<List<String>> PERMIT =
      names("permit", "Domains, each with all below it, and address blocks that it may vouch for.");
  private static final Field<List<String>> EXCLUDE =
      names("exclude", "Domains, each with all below it, and address blocks that it may not.");

  private static final Field<Duration> RENEW_BEFORE =
      Field.withDefault(
          "renew-before",
          Quantity.duration(Duration.ofHours(1), Duration.ofDays(365)),
          STANDARD.renewBefore(),
          Quantity.shownDuration(STANDARD.renewBefore()),
          "How long before the end of its certificate a warning says so.");

  static final Field<AuthorityKeys> CA =
      Field.withDefault(
          "ca",
          Shape.of(
              List.of(KEY, SIGNED_BY, PERMIT, EXCLUDE, RENEW_BEFORE),
              found ->
                  new AuthorityKeys(
                      found.get(KEY),
                      found.get(SIGNED_BY),
                      found.get(PERMIT),
                      found.get(EXCLUDE),
                      found.get(RENEW_BEFORE))),
          STANDARD,
          "",
          "The gateway's own certificate authority.");

  private CaShape() {}

  private static Optional<Secret> secret(Found found, Issues issues) {
    List<Secret> given =
        Stream.of(
                found.optional(ENV).<Secret>map(Secret.Variable::new),
                found.optional(SECRET_FILE).<Secret>map(Secret.InFile::new),
                found.optional(CREDENTIAL).<Secret>map(Secret.Credential::new))
            .flatMap(Optional::stream)
            .toList();
    if (found.mapping().entries().size() != 1) {
      issues.error(found.mapping(), "expected one of the keys 'env', 'file' and 'credential'");
      return Optional.empty();
    }
    return given.stream().findFirst();
  }

  private static Optional<Place> place(Found found, Issues issues) {
    List<Place> given =
        Stream.of(found.optional(FILE), found.optional(PKCS11)).flatMap(Optional::stream).toList();
    if (found.mapping().entries().size() != 1) {
      issues.error(found.mapping(), "expected one of the keys 'file' and 'pkcs11'");
      return Optional.empty();
    }
    return given.stream().findFirst();
  }

  private static Field<List<String>> names(String name, String doc) {
    return Field.withDefault(
        name,
        Types.listOf(Types.text("a domain, or an address block as 10.0.0.0/8", CaShape::name)),
        List.of(),
        "[]",
        doc);
  }

  private static Optional<String> name(String text) {
    if (text.indexOf('/') >= 0) {
      return Cidr.parse(text).map(Cidr::toString).filter(block -> block.indexOf('/') >= 0);
    }
    return text.contains("*") ? Optional.empty() : HostPattern.normalised(text);
  }

  private static Type<Path> path() {
    return Types.text(
        "the absolute path of a file",
        text ->
            text.startsWith("/") && text.indexOf('\0') < 0
                ? Optional.of(Path.of(text))
                : Optional.empty());
  }

  private static Type<String> label() {
    return Types.text(
        "a label of 1 to " + LABEL_LENGTH_MAX + " characters",
        text ->
            !text.isBlank()
                    && text.length() <= LABEL_LENGTH_MAX
                    && text.chars().noneMatch(Character::isISOControl)
                ? Optional.of(text)
                : Optional.empty());
  }

  private static Optional<String> matching(Pattern pattern, String text) {
    return pattern.matcher(text).matches() ? Optional.of(text) : Optional.empty();
  }
}
