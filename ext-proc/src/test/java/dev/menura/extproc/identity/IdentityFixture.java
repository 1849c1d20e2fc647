package dev.menura.extproc.identity;

import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.extproc.gate.Credentials;
import dev.menura.policy.Clients;
import dev.menura.policy.PasswordHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;
import org.jspecify.annotations.Nullable;

/// Identities whose policy, clock and issuer a test sets.
final class IdentityFixture {
  static final String CLIENT = "198.51.100.7";

  final MovedClock clock = new MovedClock();
  final HashTurns turns = new HashTurns(1, Duration.ofMillis(1));
  Clients clients;
  int fetches;
  @Nullable String keys;
  private final Identities identities;

  IdentityFixture(Clients clients) {
    this.clients = clients;
    this.identities =
        new Identities(() -> this.clients, _ -> fetched(), new SecureRandom(), clock, turns);
  }

  private String fetched() throws IOException {
    fetches++;
    if (keys == null) {
      throw new IOException("the issuer is away");
    }
    return keys;
  }

  /// Users with passwords, and their groups.
  static Clients basic(Map<String, String> passwords, Map<String, Set<String>> groups) {
    Map<String, PasswordHash> hashes = new HashMap<>();
    passwords.forEach((user, password) -> hashes.put(user, bcrypt(password)));
    return with(new Clients.Basic("Test", hashes, groups));
  }

  static Clients with(Clients.Basic basic) {
    return new Clients(true, Optional.of(basic), Optional.empty(), Optional.empty(), List.of());
  }

  static Clients with(Clients.Bearer bearer) {
    return new Clients(true, Optional.empty(), Optional.of(bearer), Optional.empty(), List.of());
  }

  private static PasswordHash bcrypt(String password) {
    byte[] salt = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    return new PasswordHash(
        PasswordHash.Kind.BCRYPT, OpenBSDBCrypt.generate("2y", password.toCharArray(), salt, 4));
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  Answer ask(String authorization) {
    return ask(authorization, CLIENT);
  }

  Answer ask(String authorization, String clientIp) {
    return identities.of(new Credentials(authorization, ""), clientIp);
  }

  Answer ask(Credentials credentials) {
    return identities.of(credentials, CLIENT);
  }

  Answer askWithCertificate(String certificate) {
    return identities.of(new Credentials("", certificate), CLIENT);
  }

  /// The user whom an answer names, or the word for why there is none.
  static String word(Answer answer) {
    return switch (answer) {
      case Answer.Known known -> known.client().user();
      case Answer.Unknown unknown -> unknown.reason().word();
    };
  }
}
