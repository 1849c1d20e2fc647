package dev.menura.extproc.identity;

import static dev.menura.extproc.identity.IdentityFixture.word;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.menura.extproc.gate.Callers.Answer;
import dev.menura.policy.Clients;
import dev.menura.policy.Clients.KeySet;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TokensTest {
  private static RSAKey first;
  private static RSAKey second;

  @BeforeAll
  static void keys() throws JOSEException {
    first = new RSAKeyGenerator(2048).keyID("first").generate();
    second = new RSAKeyGenerator(2048).keyID("second").generate();
  }

  private final IdentityFixture given = new IdentityFixture(clients(inFile(), "sub", "groups"));

  private static KeySet inFile() {
    return new KeySet.InFile(set(first));
  }

  private static String set(RSAKey... keys) {
    return new JWKSet(List.of(keys)).toPublicJWKSet().toString();
  }

  private static Clients clients(KeySet keys, String user, String groups) {
    return IdentityFixture.with(
        new Clients.Bearer(keys, "https://id.test", Set.of("proxy", "other"), user, groups));
  }

  private JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer("https://id.test")
        .audience("proxy")
        .subject("ann")
        .claim("groups", List.of("staff"))
        .expirationTime(Date.from(given.clock.instant().plusSeconds(300)));
  }

  private String ask(UnaryOperator<JWTClaimsSet.Builder> change) throws JOSEException {
    return word(given.ask("Bearer " + signed(first, change.apply(claims()).build())));
  }

  private static String signed(RSAKey key, JWTClaimsSet claims) throws JOSEException {
    return signed(
        new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(),
        new RSASSASigner(key),
        claims);
  }

  private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet claims)
      throws JOSEException {
    var token = new SignedJWT(header, claims);
    token.sign(signer);
    return token.serialize();
  }

  @Test
  void aRightTokenNamesTheUserAndTheGroups() throws JOSEException {
    assertThat(given.ask("bearer " + signed(first, claims().build())))
        .isInstanceOfSatisfying(
            Answer.Known.class,
            known -> {
              assertThat(known.client().user()).isEqualTo("ann");
              assertThat(known.client().groups()).containsExactly("staff");
            });
  }

  @Test
  void aTokenForOthersOrOfOthersIsWrong() throws JOSEException {
    assertThat(ask(claims -> claims.audience("somebody"))).isEqualTo("credentials-wrong");
    assertThat(ask(claims -> claims.audience(List.of()))).isEqualTo("credentials-wrong");
    assertThat(ask(claims -> claims.issuer("https://id.test/"))).isEqualTo("credentials-wrong");
    assertThat(ask(claims -> claims.audience(List.of("x", "other")))).isEqualTo("ann");
  }

  @Test
  void aTokenIsInForceBetweenItsTimesWithAMinuteOfSkew() throws JOSEException {
    var now = given.clock.instant();
    assertThat(ask(claims -> claims.expirationTime(Date.from(now.minusSeconds(58)))))
        .isEqualTo("ann");
    assertThat(ask(claims -> claims.expirationTime(Date.from(now.minusSeconds(62)))))
        .isEqualTo("credentials-expired");
    assertThat(ask(claims -> claims.expirationTime(null))).isEqualTo("credentials-wrong");
    assertThat(ask(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(58)))))
        .isEqualTo("ann");
    assertThat(ask(claims -> claims.notBeforeTime(Date.from(now.plusSeconds(62)))))
        .isEqualTo("credentials-wrong");
  }

  @Test
  void aRememberedTokenStillEnds() throws JOSEException {
    var token = "Bearer " + signed(first, claims().build());
    assertThat(word(given.ask(token))).isEqualTo("ann");
    given.clock.pass(Duration.ofMinutes(5));
    assertThat(word(given.ask(token))).isEqualTo("ann");
    given.clock.pass(Duration.ofSeconds(61));
    assertThat(word(given.ask(token))).isEqualTo("credentials-expired");
  }

  @Test
  void noTokenIsSignedByNobodyOrByAPublicKey() throws JOSEException {
    assertThat(word(given.ask("Bearer " + new PlainJWT(claims().build()).serialize())))
        .isEqualTo("credentials-malformed");
    var forged =
        signed(
            new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("first").build(),
            new MACSigner(first.toPublicJWK().toJSONString()),
            claims().build());
    assertThat(word(given.ask("Bearer " + forged))).isEqualTo("credentials-wrong");
    var renamed =
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("first").build(),
            new RSASSASigner(second),
            claims().build());
    assertThat(word(given.ask("Bearer " + renamed))).isEqualTo("credentials-wrong");
    var own =
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256).jwk(second.toPublicJWK()).build(),
            new RSASSASigner(second),
            claims().build());
    assertThat(word(given.ask("Bearer " + own))).isEqualTo("credentials-wrong");
    var otherKind =
        signed(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("first")
                .type(new JOSEObjectType("logout+jwt"))
                .build(),
            new RSASSASigner(first),
            claims().build());
    assertThat(word(given.ask("Bearer " + otherKind))).isEqualTo("credentials-wrong");
  }

  @Test
  void aTokenThatIsTooLongIsNotRead() {
    assertThat(word(given.ask("Bearer " + "a".repeat(Tokens.TOKEN_CHARS_MAX + 1))))
        .isEqualTo("credentials-malformed");
  }

  @Test
  void theClaimsAreTheOperatorsChoice() throws JOSEException {
    given.clients = clients(inFile(), "email", "realm_access.roles");
    assertThat(ask(claims -> claims)).isEqualTo("credentials-wrong");
    var token =
        signed(
            first,
            claims()
                .claim("email", "ann@a.test")
                .claim("realm_access", Map.of("roles", List.of("b", "a", "b")))
                .build());
    assertThat(given.ask("Bearer " + token))
        .isInstanceOfSatisfying(
            Answer.Known.class,
            known -> {
              assertThat(known.client().user()).isEqualTo("ann@a.test");
              assertThat(known.client().groups()).containsExactly("a", "b");
            });
  }

  @Test
  void groupsAreNotLeftOutButRefused() throws JOSEException {
    var most = Collections.nCopies(Identity.GROUPS_MAX, "g").stream().toList();
    var numbered = new java.util.ArrayList<String>();
    for (int i = 0; i < Identity.GROUPS_MAX; i++) {
      numbered.add(most.get(i) + i);
    }
    assertThat(ask(claims -> claims.claim("groups", List.copyOf(numbered)))).isEqualTo("ann");
    numbered.add("one more");
    assertThat(ask(claims -> claims.claim("groups", numbered))).isEqualTo("credentials-wrong");
    assertThat(ask(claims -> claims.claim("groups", List.of(1)))).isEqualTo("credentials-wrong");
    assertThat(Identity.of("a", List.of("x".repeat(Identity.BYTES_MAX - 1))).sound()).isTrue();
    assertThat(Identity.of("a", List.of("x".repeat(Identity.BYTES_MAX))).sound()).isFalse();
    assertThat(ask(claims -> claims.subject("an\u202en"))).isEqualTo("credentials-wrong");
  }

  @Test
  void keysAreFetchedOnceAndAgainForAKeyThatIsNew() throws JOSEException {
    given.clients = clients(new KeySet.At(URI.create("https://id.test/keys")), "sub", "groups");
    given.keys = set(first);
    assertThat(ask(claims -> claims)).isEqualTo("ann");
    assertThat(ask(claims -> claims.jwtID("another"))).isEqualTo("ann");
    assertThat(given.fetches).isEqualTo(1);

    given.keys = set(first, second);
    var token = "Bearer " + signed(second, claims().build());
    assertThat(word(given.ask(token))).isEqualTo("credentials-wrong");
    assertThat(given.fetches).isEqualTo(1);
    given.clock.pass(IssuerKeys.BETWEEN.plusSeconds(1));
    assertThat(word(given.ask(token))).isEqualTo("ann");
    assertThat(given.fetches).isEqualTo(2);
  }

  @Test
  void keysOfAnIssuerThatIsAwayAreUsedForADay() throws JOSEException {
    given.clients = clients(new KeySet.At(URI.create("https://id.test/keys")), "sub", "groups");
    assertThat(ask(claims -> claims)).isEqualTo("identity-keys-unavailable");
    given.keys = set(first);
    assertThat(ask(claims -> claims)).isEqualTo("identity-keys-unavailable");
    assertThat(given.fetches).isEqualTo(1);

    given.clock.pass(IssuerKeys.BETWEEN.plusSeconds(1));
    assertThat(ask(claims -> claims)).isEqualTo("ann");
    given.keys = null;
    given.clock.pass(Duration.ofHours(23));
    assertThat(ask(claims -> claims)).isEqualTo("ann");
    given.clock.pass(Duration.ofHours(2));
    assertThat(ask(claims -> claims)).isEqualTo("identity-keys-unavailable");
  }
}
