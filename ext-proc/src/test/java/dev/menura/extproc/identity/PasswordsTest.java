package dev.menura.extproc.identity;

import static dev.menura.extproc.identity.IdentityFixture.basic;
import static dev.menura.extproc.identity.IdentityFixture.word;
import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.extproc.gate.Callers.Reason;
import dev.menura.extproc.gate.Credentials;
import dev.menura.policy.Clients;
import dev.menura.policy.PasswordHash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordsTest {
  private static final Clients USERS =
      IdentityFixture.basic(
          Map.of("ann", "horse", "bób", "pässword"), Map.of("ann", Set.of("staff", "admins")));

  private final IdentityFixture given = new IdentityFixture(USERS);

  @Test
  void aRightPasswordNamesTheUserAndTheGroups() {
    assertThat(given.ask(basic("ann", "horse")))
        .isInstanceOfSatisfying(
            Answer.Known.class,
            known -> {
              assertThat(known.client().user()).isEqualTo("ann");
              assertThat(known.client().groups()).containsExactly("admins", "staff");
              assertThat(known.client().ip()).isEqualTo(IdentityFixture.CLIENT);
            });
    assertThat(word(given.ask(basic("bób", "pässword")))).isEqualTo("bób");
  }

  @Test
  void whoSaysNothingIsAsked() {
    assertThat(given.ask(""))
        .isEqualTo(
            new Answer.Unknown(Reason.MISSING, List.of("Basic realm=\"Test\", charset=\"UTF-8\"")));
  }

  @ParameterizedTest
  @CsvSource({"ann, Horse", "ann, ''", "nobody, horse", "'', horse"})
  void aWrongPasswordIsWhatAnUnknownUserIs(String user, String password) {
    assertThat(word(given.ask(basic(user, password)))).isEqualTo("credentials-wrong");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Basic", "Basic !!!", "Basic YW5u", "Basic /////w==", "Negotiate abc", "Bearer x"})
  void whatIsNoCredentialIsMalformed(String authorization) {
    assertThat(word(given.ask(authorization))).isEqualTo("credentials-malformed");
  }

  @Test
  void theLongestCredentialIsReadAndALongerOneIsNot() {
    String longest = "Basic " + "A".repeat(Passwords.CREDENTIAL_CHARS_MAX - 1);
    var longPassword = "x".repeat(Passwords.CREDENTIAL_CHARS_MAX / 4 * 3 - "ann:".length());
    assertThat(basic("ann", longPassword)).hasSameSizeAs(longest + "A");
    assertThat(word(given.ask(basic("ann", longPassword)))).isEqualTo("credentials-wrong");
    assertThat(word(given.ask(basic("ann", longPassword + "xyz"))))
        .isEqualTo("credentials-malformed");
  }

  @Test
  void guessingFromAnAddressEnds() {
    for (int i = 0; i < Failures.MAX; i++) {
      assertThat(word(given.ask(basic("ann", "guess" + i)))).isEqualTo("credentials-wrong");
    }
    assertThat(word(given.ask(basic("ann", "horse")))).isEqualTo("too-many-failures");
    assertThat(word(given.ask(basic("ann", "horse"), "198.51.100.8"))).isEqualTo("ann");

    given.clock.pass(Failures.PERIOD.plusSeconds(1));
    assertThat(word(given.ask(basic("ann", "guess")))).isEqualTo("credentials-wrong");
  }

  @Test
  void whoIsRememberedIsNotHinderedByGuessesOfOthers() {
    given.ask(basic("ann", "horse"));
    for (int i = 0; i <= Failures.MAX; i++) {
      given.ask(basic("ann", "guess" + i));
    }
    assertThat(word(given.ask(basic("ann", "horse")))).isEqualTo("ann");
  }

  @Test
  void anIpv6NetworkIsOneAddress() {
    for (int i = 0; i < Failures.MAX; i++) {
      given.ask(basic("ann", "guess" + i), "2001:db8::" + i);
    }
    assertThat(word(given.ask(basic("ann", "horse"), "2001:db8::ffff")))
        .isEqualTo("too-many-failures");
    assertThat(word(given.ask(basic("ann", "horse"), "2001:db8:0:1::1"))).isEqualTo("ann");
  }

  @Test
  void aRememberedCredentialNeedsNoTurn() {
    given.ask(basic("ann", "horse"));
    var answers =
        new Answer[] {
          whileBusy(() -> given.ask(basic("ann", "horse"))),
          whileBusy(() -> given.ask(basic("bób", "pässword")))
        };
    assertThat(word(answers[0])).isEqualTo("ann");
    assertThat(word(answers[1])).isEqualTo("identity-busy");

    given.clock.pass(Passwords.REMEMBERED_FOR.plus(Duration.ofSeconds(1)));
    assertThat(word(whileBusy(() -> given.ask(basic("ann", "horse"))))).isEqualTo("identity-busy");
  }

  private Answer whileBusy(java.util.function.Supplier<Answer> question) {
    var answers = new java.util.ArrayList<Answer>();
    given.turns.take(() -> {
      answers.add(question.get());
      return Ways.NOTHING;
    });
    return answers.getFirst();
  }

  @Test
  void aChangeOfThePolicyForgetsWhatWasRight() {
    given.ask(basic("ann", "horse"));
    given.clients = IdentityFixture.basic(Map.of("ann", "other"), Map.of());
    assertThat(word(given.ask(basic("ann", "horse")))).isEqualTo("credentials-wrong");
  }

  /// Vectors of the reference implementations.
  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "BCRYPT U*U $2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
        "ARGON2 password"
            + " $argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        "ARGON2 password"
            + " $argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA"
      })
  void aHashIsThatOfItsPasswordAlone(PasswordHash.Kind kind, String password, String text) {
    var hash = new PasswordHash(kind, text);
    assertThat(PasswordHashes.matches(hash, password.getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(PasswordHashes.matches(hash, "other".getBytes(StandardCharsets.UTF_8))).isFalse();
  }

  @Test
  void nothingThatHoldsASecretShowsIt() {
    assertThat(new Credentials("Basic c2VjcmV0", "cert").toString()).doesNotContain("c2Vj", "cert");
    assertThat(USERS.toString()).contains("ann").doesNotContain("$2y$");
  }
}
