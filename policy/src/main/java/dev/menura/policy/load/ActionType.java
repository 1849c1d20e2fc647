package dev.menura.policy.load;

import dev.menura.policy.Action;
import dev.menura.policy.CertificateProblem;
import dev.menura.policy.text.Json;
import dev.menura.policy.text.Words;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Found;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue;
import dev.menura.policy.yaml.YamlValue.Entry;
import dev.menura.policy.yaml.YamlValue.Mapping;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// The type of one action: a word, or a mapping from the word to what it takes.
final class ActionType implements Type<Action> {
  private static final int REASON_MAX = 500;

  private static final Field<String> REASON =
      Field.optional(
          "reason",
          Types.text(
              "text of at most " + REASON_MAX + " characters",
              text -> Optional.of(text).filter(given -> given.length() <= REASON_MAX)),
          "What the person who is refused is told.");

  private static final Field<Action.Page> PAGE =
      Field.withDefault(
          "page",
          Types.choice("inside", Action.Page.INSIDE, "refuse", Action.Page.REFUSE),
          Action.Page.INSIDE,
          "inside",
          "Where a blocked HTTPS request is answered: `inside` the tunnel, where browsers show the"
              + " page, or by a refusal (`refuse`) of the CONNECT with 403.");

  static final Shape<Action> BLOCK =
      Shape.of(
          List.of(REASON, PAGE),
          found -> new Action.Block(found.optional(REASON), found.get(PAGE)));

  private static final Field<List<CertificateProblem>> PROBLEMS =
      Field.optional(
          "problems",
          Types.oneOrMore(
              Types.choice(
                  Arrays.stream(CertificateProblem.values())
                      .filter(CertificateProblem::excusable)
                      .collect(
                          Collectors.toMap(
                              CertificateProblem::word,
                              problem -> problem,
                              (one, _) -> one,
                              LinkedHashMap::new)))),
          "What may be wrong with the origin's certificate all the same, in the words of"
              + " `upstream.certificate.problem`. The condition must name the hosts. The origin is"
              + " then held to the very certificate that was looked at, and every connection is an"
              + " event.");

  static final Shape<Action> ALLOW =
      Shape.of(
          List.of(PROBLEMS),
          found -> new Action.Allow(Set.copyOf(found.optional(PROBLEMS).orElse(List.of()))));

  /// Shorter would have each client meet a certificate at its end.
  private static final Duration VALID_FOR_MIN = Duration.ofMinutes(10);

  static final Field<Duration> VALID_FOR =
      Field.required(
          "valid-for",
          Quantity.duration(VALID_FOR_MIN, GatewayShape.VALIDITY_MAX),
          "How long the certificate is valid at the most, from 10m up to `certificates.validity` of"
              + " the `Gateway` document.");

  static final Shape<Action> CERTIFICATE =
      Shape.of(List.of(VALID_FOR), found -> new Action.AdaptCertificate(found.get(VALID_FOR)));

  static final Field<String> STORED =
      Field.optional(
          "name", Names.name(), "One of `upstream.client-certificates` of the `Gateway` document.");

  static final Field<Boolean> MIMIC =
      Field.optional(
          "mimic",
          Types.flag(),
          "True for a certificate that says who is asking, issued by the gateway's authority for"
              + " clients. Whoever is not known is refused. Either this or `name`.");

  static final Shape<Action> CLIENT_CERTIFICATE =
      Shape.checked(List.of(STORED, MIMIC), ActionType::presented);

  private static Optional<Action> presented(Found found, Issues issues) {
    Optional<String> name = found.optional(STORED);
    Optional<Boolean> mimic = found.optional(MIMIC);
    if (found.has(STORED) && found.has(MIMIC)) {
      issues.error(found.at(MIMIC), "expected either 'name' or 'mimic', found both");
      return Optional.empty();
    }
    if (mimic.isPresent() && !mimic.get()) {
      issues.error(
          found.value(MIMIC), "expected 'true', found 'false'; leave the action out instead");
      return Optional.empty();
    }
    if (name.isEmpty() && mimic.isEmpty()) {
      if (!found.has(STORED) && !found.has(MIMIC)) {
        issues.error(found.mapping(), "expected the key 'name' or 'mimic', found neither");
      }
      return Optional.empty();
    }
    return Optional.of(
        new Action.PresentClientCertificate(
            name.<Action.Presented>map(Action.Presented.Stored::new)
                .orElseGet(Action.Presented.Mimic::new)));
  }

  /// What the reference page says about an action.
  record Doc(boolean decides, String text) {}

  static final Map<String, Doc> DOCS = docs();

  private static final List<String> WORDS = List.copyOf(DOCS.keySet());

  private static final Type<Map<String, String>> HEADERS =
      Types.mapOf(HeaderType.NAME, HeaderType.VALUE);

  private static Map<String, Doc> docs() {
    Map<String, Doc> docs = new LinkedHashMap<>();
    docs.put(
        "allow",
        new Doc(
            true,
            "Decrypt and forward. An origin whose certificate has a problem is refused all the"
                + " same, but for the `problems` that the rule names."));
    docs.put("passthrough", new Doc(true, "Tunnel without decrypting."));
    docs.put(
        "distrust",
        new Doc(
            true,
            "Decrypt and forward; where the origin's certificate has a problem, show the client one"
                + " that it does not trust, so that it warns by itself."));
    docs.put("block", new Doc(true, "Refuse, with a page that names the rule and the reason."));
    docs.put("alert", new Doc(false, "Record that the rule was true."));
    docs.put(
        "certificate",
        new Doc(
            false,
            "Change what the client is shown in place of the origin's certificate: its validity. Of"
                + " several that apply the shortest counts."));
    docs.put(
        "present-client-certificate",
        new Doc(
            false,
            "Present a client certificate to the origin where it asks for one: a stored one, or with"
                + " `mimic` one that says who is asking. Of several that apply the first counts."
                + " Not where the client names no server in TLS, nor where the origin's certificate"
                + " has a problem."));
    docs.put(
        "set-request-headers",
        new Doc(false, "Set headers of the request: a mapping from names to values."));
    docs.put(
        "set-response-headers",
        new Doc(false, "Set headers of the response: a mapping from names to values."));
    return Collections.unmodifiableMap(docs);
  }

  @Override
  public Optional<Action> read(YamlValue value, Issues issues) {
    return switch (value) {
      case Scalar scalar -> word(scalar, issues);
      case Mapping mapping when mapping.entries().size() == 1 ->
          entry(mapping.entries().getFirst(), issues);
      case Mapping mapping when mapping.entries().size() > 1 -> {
        issues.error(
            mapping.entries().get(1).key(),
            "expected one action, found another key; write several actions as a list");
        yield Optional.empty();
      }
      default -> {
        issues.expected(value, expected());
        yield Optional.empty();
      }
    };
  }

  private Optional<Action> word(Scalar scalar, Issues issues) {
    return switch (scalar.text()) {
      case "allow" -> Optional.of(new Action.Allow());
      case "passthrough" -> Optional.of(new Action.Passthrough());
      case "distrust" -> Optional.of(new Action.Distrust());
      case "block" -> Optional.of(new Action.Block(Optional.empty(), Action.Page.INSIDE));
      case "alert" -> Optional.of(new Action.Alert());
      case "certificate" -> {
        issues.error(scalar, "expected 'certificate: {valid-for: 24h}', found no change");
        yield Optional.empty();
      }
      case "present-client-certificate" -> {
        issues.error(
            scalar,
            "expected 'present-client-certificate: {name: crm}' or '{mimic: true}', found neither");
        yield Optional.empty();
      }
      case "set-request-headers", "set-response-headers" -> {
        issues.error(scalar, "expected '" + scalar.text() + ": {Name: value}', found no headers");
        yield Optional.empty();
      }
      default -> {
        issues.error(
            scalar,
            "expected " + expected() + ", found " + scalar.described(),
            Words.didYouMean(scalar.text(), WORDS));
        yield Optional.empty();
      }
    };
  }

  private Optional<Action> entry(Entry entry, Issues issues) {
    return switch (entry.key().text()) {
      case "block" -> BLOCK.read(entry.value(), issues);
      case "certificate" -> CERTIFICATE.read(entry.value(), issues);
      case "present-client-certificate" -> CLIENT_CERTIFICATE.read(entry.value(), issues);
      case "set-request-headers" ->
          headers(entry.value(), issues).map(Action.SetRequestHeaders::new);
      case "set-response-headers" ->
          headers(entry.value(), issues).map(Action.SetResponseHeaders::new);
      case "allow" ->
          entry.value() instanceof Mapping
              ? ALLOW.read(entry.value(), issues)
              : bare(entry, issues);
      case "passthrough", "distrust", "alert" -> bare(entry, issues);
      default -> word(entry.key(), issues);
    };
  }

  /// A word that takes nothing.
  private Optional<Action> bare(Entry entry, Issues issues) {
    if (entry.value() instanceof Scalar scalar && scalar.isNothing()) {
      return word(entry.key(), issues);
    }
    issues.error(
        entry.value(),
        "expected nothing behind '" + entry.key().text() + "', found " + entry.value().described());
    return Optional.empty();
  }

  private static Optional<Map<String, String>> headers(YamlValue value, Issues issues) {
    Optional<Map<String, String>> headers = HEADERS.read(value, issues);
    if (value instanceof Mapping mapping) {
      Set<String> seen = new HashSet<>();
      for (Entry entry : mapping.entries()) {
        if (!seen.add(entry.key().text().toLowerCase(Locale.ROOT))) {
          issues.error(
              entry.key(), "expected each header once, found '" + entry.key().text() + "' again");
        }
      }
    }
    if (headers.isPresent() && value instanceof Mapping mapping && mapping.entries().isEmpty()) {
      issues.error(value, "expected a mapping of headers, found an empty one");
    }
    return headers;
  }

  @Override
  public String expected() {
    return Words.quotedChoice(WORDS);
  }

  @Override
  public Map<String, Object> schema() {
    Map<String, Object> properties =
        Json.object(
            "allow", ALLOW.schema(),
            "block", BLOCK.schema(),
            "certificate", CERTIFICATE.schema(),
            "present-client-certificate", CLIENT_CERTIFICATE.schema(),
            "set-request-headers", HEADERS.schema(),
            "set-response-headers", HEADERS.schema());
    Map<String, Object> mapping =
        Json.object(
            "type",
            "object",
            "additionalProperties",
            false,
            "minProperties",
            1,
            "maxProperties",
            1,
            "properties",
            properties);
    List<String> words = List.of("allow", "passthrough", "distrust", "block", "alert");
    return Json.object("anyOf", List.of(Json.object("enum", words), mapping));
  }
}
