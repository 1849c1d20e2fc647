package dev.menura.policy.load;

import dev.menura.policy.text.Json;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import dev.menura.policy.yaml.YamlValue;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// The types of a header's name and value, where a rule sets it.
final class HeaderType {
  /// How long a value may be, in bytes.
  private static final int VALUE_MAX = 4096;

  private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");

  /// Visible ASCII, with spaces and tabs inside (RFC 9110 section 5.5).
  private static final Pattern FIELD_VALUE = Pattern.compile("[!-~]([ \\t!-~]*[!-~])?|");

  /// Headers that steer the connection, the message's framing or its target; Envoy owns them.
  private static final Set<String> RESERVED =
      Set.of(
          "host",
          "content-length",
          "transfer-encoding",
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "upgrade",
          "http2-settings",
          "expect");

  static final Type<String> NAME =
      new Type<>() {
        @Override
        public Optional<String> read(YamlValue value, Issues issues) {
          if (!(value instanceof Scalar scalar) || !TOKEN.matcher(scalar.text()).matches()) {
            issues.expected(value, expected());
            return Optional.empty();
          }
          String lower = scalar.text().toLowerCase(Locale.ROOT);
          if (RESERVED.contains(lower) || lower.startsWith("x-envoy-")) {
            issues.error(value, "expected a header that rules may set, found " + value.described());
            return Optional.empty();
          }
          return Optional.of(scalar.text());
        }

        @Override
        public String expected() {
          return "the name of a header";
        }

        @Override
        public Map<String, Object> schema() {
          return Json.object("type", "string");
        }
      };

  static final Type<String> VALUE =
      Types.text(
          "a header's value of visible ASCII characters, at most " + VALUE_MAX,
          text ->
              Optional.of(text)
                  .filter(given -> given.length() <= VALUE_MAX)
                  .filter(given -> FIELD_VALUE.matcher(given).matches()));

  private HeaderType() {}
}
