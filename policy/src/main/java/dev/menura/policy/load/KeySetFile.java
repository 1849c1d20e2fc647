package dev.menura.policy.load;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import dev.menura.policy.Clients.KeySet;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.YamlValue.Scalar;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Optional;

/// A JSON Web Key Set (RFC 7517) that a document names. Only public keys are taken: who checks
/// tokens by a key that can make them trusts everybody who can read the policy.
final class KeySetFile {
  private KeySetFile() {}

  static Optional<KeySet> read(Scalar file, Folder folder, Issues issues) {
    return Names.file()
        .read(file, issues)
        .flatMap(name -> folder.named(name, message -> issues.error(file, message)))
        .flatMap(bytes -> checked(file, new String(bytes, StandardCharsets.UTF_8), issues));
  }

  private static Optional<KeySet> checked(Scalar file, String json, Issues issues) {
    JWKSet keys;
    try {
      keys = JWKSet.parse(json);
    } catch (ParseException _) {
      issues.error(file, "expected a JSON Web Key Set in '" + file.text() + "', found none");
      return Optional.empty();
    }
    boolean secret = keys.getKeys().stream().anyMatch(JWK::isPrivate);
    if (secret || keys.isEmpty()) {
      issues.error(
          file,
          "expected public keys in '"
              + file.text()
              + "', found "
              + (secret ? "one that is private or symmetric" : "none"));
      return Optional.empty();
    }
    return Optional.of(new KeySet.InFile(json));
  }
}
