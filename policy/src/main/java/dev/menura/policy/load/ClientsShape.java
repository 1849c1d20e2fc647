package dev.menura.policy.load;

import dev.menura.policy.Clients;
import dev.menura.policy.Clients.Basic;
import dev.menura.policy.Clients.Bearer;
import dev.menura.policy.Clients.Certificate;
import dev.menura.policy.Clients.KeySet;
import dev.menura.policy.Clients.Machine;
import dev.menura.policy.Clients.UserName;
import dev.menura.policy.PasswordHash;
import dev.menura.policy.net.Cidr;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.SourceFile;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The key `clients` of the `Gateway` document.
final class ClientsShape {
  private static final int REALM_CHARS_MAX = 64;
  private static final int CLAIM_CHARS_MAX = 256;
  private static final String REALM_STANDARD = "Menura proxy";

  private static final Field<Boolean> REQUIRE =
      Field.withDefault(
          "require",
          Types.flag(),
          true,
          "true",
          "Whether a client that does not say who it is is refused, with 407 where it can be asked."
              + " With `false` it goes on, and its `client.user` is empty.");

  private static final Field<Scalar> PASSWORDS =
      Field.required(
          "file",
          Types.raw("the path of a file inside the policy's folder"),
          "Users and hashes by bcrypt or argon2, in the form of `htpasswd`.");
  private static final Field<String> REALM =
      Field.withDefault(
          "realm",
          Types.text(
              "1 to " + REALM_CHARS_MAX + " printable ASCII characters without quotes",
              ClientsShape::realm),
          REALM_STANDARD,
          REALM_STANDARD,
          "What browsers show beside their question.");
  private static final Field<Scalar> GROUPS =
      Field.optional(
          "groups",
          Types.raw("the path of a file inside the policy's folder"),
          "Groups and their users, in the form of `htgroup`: `group: user user` in each line.");

  private static final Field<Scalar> JWKS =
      Field.required(
          "jwks",
          Types.raw("the path of a file inside the policy's folder, or an https:// address"),
          "The issuer's public keys, a JSON Web Key Set: a file, or where to fetch it.");
  private static final Field<String> ISSUER =
      Field.required("issuer", claim("the issuer's name"), "What the claim `iss` must be.");
  private static final Field<List<String>> AUDIENCE =
      Field.required(
          "audience",
          Types.oneOrMore(claim("an audience")),
          "What the claim `aud` must hold, one of them.");
  private static final Field<String> USER_CLAIM =
      Field.withDefault(
          "user-claim",
          claim("the name of a claim"),
          "sub",
          "sub",
          "The claim with the user's name.");
  private static final Field<String> GROUPS_CLAIM =
      Field.withDefault(
          "groups-claim",
          claim("the name of a claim"),
          "groups",
          "groups",
          "The claim with the user's groups, a list of texts or one text.");

  private static final Field<List<Scalar>> ROOTS =
      Field.required(
          "roots",
          Types.listOf(Types.raw("the path of a PEM file inside the policy's folder")),
          "PEM files with the authorities that clients' certificates are issued under.");
  private static final Field<UserName> USER_NAME =
      Field.withDefault(
          "user",
          Types.choice(userNames()),
          UserName.COMMON_NAME,
          UserName.COMMON_NAME.word(),
          "Where a certificate names its user. A SPIFFE ID is always read, as `workload.id`.");

  private static final Field<List<Cidr>> BLOCKS =
      Field.required(
          "blocks",
          Types.oneOrMore(Names.block()),
          "The addresses that clients come from; the smallest block wins.");
  private static final Field<String> USER =
      Field.withDefault("user", UserNames.user(), "", "", "Their `client.user`.");
  private static final Field<List<String>> MEMBER_OF =
      Field.withDefault(
          "groups", Types.listOf(UserNames.name()), List.of(), "[]", "Their `client.groups`.");
  private static final Field<String> DEVICE =
      Field.withDefault("device", UserNames.name(), "", "", "Their `client.device`.");

  private static final Field<List<Machine>> ADDRESSES =
      Field.withDefault(
          "addresses",
          Types.listOf(
              Shape.of(
                  List.of(BLOCKS, USER, MEMBER_OF, DEVICE),
                  found ->
                      new Machine(
                          found.get(BLOCKS),
                          found.get(USER),
                          Set.copyOf(found.get(MEMBER_OF)),
                          found.get(DEVICE)))),
          List.of(),
          "[]",
          "Clients that are known by their address, for machines that cannot answer a question.");

  private ClientsShape() {}

  /// Files are read as the document is.
  static Field<Clients> clients(Folder folder) {
    Field<Basic> basic =
        Field.optional(
            "basic",
            Shape.checked(
                List.of(PASSWORDS, REALM, GROUPS), (found, issues) -> basic(found, folder, issues)),
            "User names and passwords (RFC 7617).");
    Field<Bearer> bearer =
        Field.optional(
            "bearer",
            Shape.checked(
                List.of(JWKS, ISSUER, AUDIENCE, USER_CLAIM, GROUPS_CLAIM),
                (found, issues) -> bearer(found, folder, issues)),
            "Tokens that an issuer signs (RFC 6750, RFC 7519).");
    Field<Certificate> certificate =
        Field.optional(
            "certificate",
            Shape.checked(
                List.of(ROOTS, USER_NAME, GROUPS),
                (found, issues) -> certificate(found, folder, issues)),
            "Certificates of the TLS connection to the proxy.");
    Shape<Clients> shape =
        Shape.checked(
            List.of(REQUIRE, basic, bearer, certificate, ADDRESSES),
            (found, issues) -> {
              var clients =
                  new Clients(
                      found.get(REQUIRE),
                      found.optional(basic),
                      found.optional(bearer),
                      found.optional(certificate),
                      found.get(ADDRESSES));
              if (found.mapping().entries().stream()
                  .allMatch(entry -> entry.key().text().equals(REQUIRE.name()))) {
                issues.error(
                    found.mapping(),
                    "expected one of 'basic', 'bearer', 'certificate' and 'addresses', found none");
                return Optional.empty();
              }
              return Optional.of(clients);
            });
    return Field.withDefault(
        "clients",
        shape,
        Clients.NONE,
        "",
        "How clients say who they are. Without it nobody is asked.");
  }

  private static Optional<Basic> basic(Found found, Folder folder, Issues issues) {
    Optional<Map<String, PasswordHash>> passwords =
        bytes(found.get(PASSWORDS), folder, issues)
            .flatMap(file -> PasswordFile.decode(file.name(), file.bytes(), issues))
            .map(file -> PasswordFile.read(file, issues));
    return passwords.map(
        users -> new Basic(found.get(REALM), users, groups(found, folder, issues)));
  }

  private static Optional<Bearer> bearer(Found found, Folder folder, Issues issues) {
    return keys(found.get(JWKS), folder, issues)
        .map(keys ->
            new Bearer(
                keys,
                found.get(ISSUER),
                Set.copyOf(found.get(AUDIENCE)),
                found.get(USER_CLAIM),
                found.get(GROUPS_CLAIM)));
  }

  private static Optional<Certificate> certificate(Found found, Folder folder, Issues issues) {
    List<X509Certificate> roots =
        found.get(ROOTS).stream()
            .flatMap(file -> RootFile.read(file, folder, issues).stream())
            .distinct()
            .toList();
    if (found.get(ROOTS).isEmpty()) {
      issues.error(found.value(ROOTS), "expected the path of a PEM file, found none");
    }
    return roots.isEmpty()
        ? Optional.empty()
        : Optional.of(new Certificate(roots, found.get(USER_NAME), groups(found, folder, issues)));
  }

  private static Optional<KeySet> keys(Scalar given, Folder folder, Issues issues) {
    if (!given.text().contains("://")) {
      return KeySetFile.read(given, folder, issues);
    }
    Optional<KeySet> address = address(given.text()).map(KeySet.At::new);
    if (address.isEmpty()) {
      issues.expected(given, "an https:// address with a host name");
    }
    return address;
  }

  private static Optional<URI> address(String text) {
    try {
      URI uri = new URI(text);
      boolean usable =
          "https".equals(uri.getScheme())
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawFragment() == null
              && uri.getPort() <= 65_535;
      return usable ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException _) {
      return Optional.empty();
    }
  }

  private static Map<String, Set<String>> groups(Found found, Folder folder, Issues issues) {
    return found
        .optional(GROUPS)
        .flatMap(file -> bytes(file, folder, issues))
        .flatMap(file -> SourceFile.decode(file.name(), file.bytes(), issues))
        .map(file -> GroupFile.read(file, issues))
        .orElse(Map.of());
  }

  private static Optional<NamedBytes> bytes(Scalar file, Folder folder, Issues issues) {
    return Names.file()
        .read(file, issues)
        .flatMap(name ->
            folder
                .named(name, message -> issues.error(file, message))
                .map(bytes -> new NamedBytes(name, bytes)));
  }

  /// A file's name and its content.
  private static final class NamedBytes {
    private final String name;
    private final byte[] bytes;

    NamedBytes(String name, byte[] bytes) {
      this.name = name;
      this.bytes = bytes;
    }

    String name() {
      return name;
    }

    byte[] bytes() {
      return bytes;
    }
  }

  private static Type<String> claim(String what) {
    return Types.text(
        what + " of at most " + CLAIM_CHARS_MAX + " characters",
        text ->
            Optional.of(text)
                .filter(given -> !given.isBlank() && given.length() <= CLAIM_CHARS_MAX));
  }

  private static Optional<String> realm(String text) {
    boolean sound =
        !text.isBlank()
            && text.length() <= REALM_CHARS_MAX
            && text.chars().allMatch(c -> c >= ' ' && c <= '~' && c != '"' && c != '\\');
    return sound ? Optional.of(text) : Optional.empty();
  }

  private static Map<String, UserName> userNames() {
    Map<String, UserName> words = new LinkedHashMap<>();
    for (UserName name : UserName.values()) {
      words.put(name.word(), name);
    }
    return words;
  }
}
