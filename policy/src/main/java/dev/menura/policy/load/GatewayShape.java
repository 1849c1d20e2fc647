package dev.menura.policy.load;

import dev.menura.policy.AddressRules;
import dev.menura.policy.ClientCertificate;
import dev.menura.policy.Clients;
import dev.menura.policy.Gateway;
import dev.menura.policy.Gateway.RevocationCheck;
import dev.menura.policy.Gateway.TrustProfile;
import dev.menura.policy.HostAddresses;
import dev.menura.policy.Listen;
import dev.menura.policy.net.Cidr;
import dev.menura.policy.net.HostPattern;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// The keys of the `Gateway` document.
final class GatewayShape {
  /// The longest validity that a mimic can be given.
  static final Duration VALIDITY_MAX = Duration.ofDays(90);

  private static final Gateway STANDARD = Gateway.STANDARD;
  private static final Field<Boolean> SYSTEM_ROOTS =
      Field.withDefault(
          "system-roots",
          Types.flag(),
          STANDARD.upstream().trust().systemRoots(),
          "true",
          "Whether the machine's own roots are trusted.");

  private static final Field<List<Scalar>> ROOTS =
      Field.withDefault(
          "roots",
          Types.listOf(Types.raw("the path of a PEM file inside the policy's folder")),
          List.of(),
          "[]",
          "PEM files with further roots, relative to the policy's folder.");

  private static final Field<TrustProfile> PROFILE =
      Field.withDefault(
          "profile",
          Types.choice(
              words(
                  List.of(
                      TrustProfile.BY_ROOT, TrustProfile.WEBPKI_STRICT, TrustProfile.PRIVATE_CA),
                  TrustProfile::word)),
          STANDARD.upstream().trust().profile(),
          STANDARD.upstream().trust().profile().word(),
          "Which rules certificates are held to: 'webpki-strict' is all rules, 'private-ca' all but"
              + " those about form alone; 'by-root' is 'webpki-strict' below the machine's own roots"
              + " and 'private-ca' below those that 'roots' names.");

  private static final Field<RevocationCheck> REVOCATION =
      Field.withDefault(
          "revocation",
          Types.choice(
              words(
                  List.of(RevocationCheck.SOFT, RevocationCheck.HARD, RevocationCheck.OFF),
                  RevocationCheck::word)),
          STANDARD.upstream().trust().revocation(),
          STANDARD.upstream().trust().revocation().word(),
          "What is done where nothing can be learnt about revocation: 'soft' accepts, 'hard' refuses,"
              + " 'off' asks nobody. A certificate that is known to be revoked is refused unless"
              + " this is 'off'.");

  private static final Field<List<Cidr>> ALLOW_ADDRESSES =
      Field.withDefault(
          "allow-addresses",
          Types.listOf(Names.block()),
          List.of(),
          "[]",
          "Addresses and blocks that may be dialled although they are loopback, private, link-local"
              + " or otherwise not of the public Internet.");

  private static final Field<Map<String, List<InetAddress>>> HOSTS =
      Field.withDefault(
          "hosts",
          Types.mapOf(
              Types.text(
                  "a host name, or '*.' and a host name",
                  text -> HostPattern.parse(text).map(HostPattern::toString)),
              Types.oneOrMore(Names.address())),
          Map.of(),
          "{}",
          "Addresses of names, in place of a resolver's answer. They are still checked.");

  private static final Field<List<InetSocketAddress>> RESOLVERS =
      Field.withDefault(
          "resolvers",
          Types.listOf(Names.nameServer()),
          List.of(),
          "[]",
          "Name servers that are asked in place of the machine's resolver, the first three, in this"
              + " order; port 53 where none is named.");

  private static final Field<Integer> NAMES =
      Field.withDefault(
          "names",
          Types.whole(1, 1_000_000),
          STANDARD.certificates().names(),
          Integer.toString(STANDARD.certificates().names()),
          "How many names have a certificate at the same time; the least recently used goes first.");

  private static final Field<Duration> VALIDITY =
      Field.withDefault(
          "validity",
          Quantity.duration(Duration.ofHours(1), VALIDITY_MAX),
          STANDARD.certificates().validity(),
          Quantity.shownDuration(STANDARD.certificates().validity()),
          "How long a mimic is valid at the most; never longer than the original.");

  private static final Field<Gateway.Certificates> CERTIFICATES =
      section(
          "certificates",
          List.of(NAMES, VALIDITY),
          found -> new Gateway.Certificates(found.get(NAMES), found.get(VALIDITY)),
          STANDARD.certificates(),
          "The bounds of the certificates that clients are shown.");

  private static final Field<Duration> DNS =
      timeout("dns", STANDARD.timeouts().dns(), "How long a resolver's answer is awaited.");
  private static final Field<Duration> CONNECT =
      timeout("connect", STANDARD.timeouts().connect(), "How long a connection may take to open.");
  private static final Field<Duration> PEEK =
      timeout("peek", STANDARD.timeouts().peek(), "How long an origin's certificate is awaited.");

  private static final Field<Gateway.Timeouts> TIMEOUTS =
      section(
          "timeouts",
          List.of(DNS, CONNECT, PEEK),
          found -> new Gateway.Timeouts(found.get(DNS), found.get(CONNECT), found.get(PEEK)),
          STANDARD.timeouts(),
          "How long the gate waits.");

  private GatewayShape() {}

  /// The type of the document's `spec`. Roots are read as the document is.
  static Shape<Gateway> shape(Folder folder) {
    Field<Listen> listen = ListenShape.listen(folder);
    Field<Gateway.Trust> trust = trust(folder);
    Field<List<ClientCertificate>> stored = ClientCertificateShape.certificates(folder);
    Field<Gateway.Upstream> upstream =
        section(
            "upstream",
            List.of(trust, ALLOW_ADDRESSES, HOSTS, RESOLVERS, stored),
            found ->
                new Gateway.Upstream(
                    found.get(trust),
                    new AddressRules(found.get(ALLOW_ADDRESSES)),
                    hosts(found.get(HOSTS)),
                    found.get(RESOLVERS),
                    found.get(stored)),
            STANDARD.upstream(),
            "Which origins are trusted and dialled.");
    Field<Clients> clients = ClientsShape.clients(folder);
    return Shape.of(
        List.of(
            listen,
            upstream,
            CERTIFICATES,
            CaShape.CA,
            TIMEOUTS,
            TlsShape.TLS,
            clients,
            PinnedClientsShape.PINNED_CLIENTS),
        found ->
            new Gateway(
                found.get(listen),
                found.get(upstream),
                found.get(CERTIFICATES),
                found.get(CaShape.CA),
                found.get(TIMEOUTS),
                found.get(TlsShape.TLS),
                found.get(clients),
                found.get(PinnedClientsShape.PINNED_CLIENTS)));
  }

  private static Field<Gateway.Trust> trust(Folder folder) {
    Shape<Gateway.Trust> shape =
        Shape.checked(
            List.of(SYSTEM_ROOTS, ROOTS, PROFILE, REVOCATION),
            (found, issues) -> {
              List<X509Certificate> roots =
                  found.get(ROOTS).stream()
                      .flatMap(file -> RootFile.read(file, folder, issues).stream())
                      .distinct()
                      .toList();
              return Optional.of(
                  new Gateway.Trust(
                      found.get(SYSTEM_ROOTS), roots, found.get(PROFILE), found.get(REVOCATION)));
            });
    return Field.withDefault(
        "trust",
        shape,
        STANDARD.upstream().trust(),
        "",
        "The roots that an origin's certificate may lead to.");
  }

  private static <T> Map<String, T> words(List<T> values, Function<T, String> word) {
    Map<String, T> words = new LinkedHashMap<>();
    values.forEach(value -> words.put(word.apply(value), value));
    return words;
  }

  private static HostAddresses hosts(Map<String, List<InetAddress>> names) {
    Map<HostPattern, List<InetAddress>> patterns = new LinkedHashMap<>();
    names.forEach(
        (name, addresses) -> patterns.put(HostPattern.parse(name).orElseThrow(), addresses));
    return new HostAddresses(patterns);
  }

  private static Field<Duration> timeout(String name, Duration standard, String doc) {
    Type<Duration> type = Quantity.duration(Duration.ofMillis(100), Duration.ofMinutes(1));
    return Field.withDefault(name, type, standard, Quantity.shownDuration(standard), doc);
  }

  private static <T> Field<T> section(
      String name,
      List<Field<?>> fields,
      Function<dev.menura.policy.yaml.Found, T> build,
      T standard,
      String doc) {
    return Field.withDefault(name, Shape.of(fields, build), standard, "", doc);
  }
}
