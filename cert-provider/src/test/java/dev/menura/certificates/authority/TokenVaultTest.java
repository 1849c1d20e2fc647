package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.menura.certificates.authority.AuthoritySettings.SignedBy;
import dev.menura.certificates.authority.KeyPlace.InToken;
import dev.menura.certificates.testing.TestClock;
import dev.menura.certificates.testing.TestRoot;
import dev.menura.certificates.upstream.Look.Seen;
import dev.menura.certificates.upstream.Verdict;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Security;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With a real SoftHSM2: the key is made in the token and never leaves it.
class TokenVaultTest {
  private static final OriginName NAME = OriginName.of("a.test");

  private final TestClock clock = new TestClock();
  private final SecureRandom random = new SecureRandom();

  @TempDir Path data;
  private InToken token;

  @BeforeEach
  void create() throws Exception {
    token = SoftToken.create(data);
  }

  private AuthoritySettings settings(KeyPlace place) {
    return new AuthoritySettings(
        data.resolve("ca"), place, SignedBy.ITSELF, NameScope.ALL, Duration.ofDays(30));
  }

  private Leaf leaf(Authorities authorities) {
    try (var minter =
        new Minter(
            authorities::active,
            MintLimits.DEFAULT,
            Crypto.preferred(),
            clock,
            random,
            new SimpleMeterRegistry())) {
      return minter.mimic(
          NAME,
          new Seen(TestRoot.create("Root").leaf("a.test").chain(), "TLSv1.3", "h2", Verdict.VALID));
    }
  }

  @Test
  void signsLeavesWithAKeyThatNeverLeavesTheToken() throws Exception {
    var authorities = Authorities.open(settings(token), Crypto.preferred(), clock, random);

    assertThat(OpenSsl.verify(data, authorities.active(), leaf(authorities)))
        .endsWith("leaf.pem: OK\n");
    try (Stream<Path> files = Files.list(data.resolve("ca"))) {
      assertThat(files).containsExactly(data.resolve("ca/ca.pem"));
    }
    var again = Authorities.open(settings(token), Crypto.preferred(), clock, random);
    assertThat(again.active().certificate()).isEqualTo(authorities.active().certificate());
    assertThat(OpenSsl.verify(data, again.active(), leaf(again))).endsWith("leaf.pem: OK\n");
  }

  @Test
  void k6TheKeyHasNoEncoding() throws Exception {
    var _ = Authorities.open(settings(token), Crypto.preferred(), clock, random);
    var key = found(token.label());

    assertThat(key.getEncoded()).isNull();
    assertThat(key.toString()).contains("sensitive").contains("unextractable");
  }

  /// As another program finds it.
  private PrivateKey found(String label) throws Exception {
    var provider =
        Security.getProvider("SunPKCS11")
            .configure(
                "--name = Probe\nlibrary = "
                    + token.library()
                    + "\nslot = "
                    + TokenSlots.find(token.library(), token.token())
                    + "\n");
    var store = KeyStore.getInstance("PKCS11", provider);
    store.load(null, SoftToken.PIN.toCharArray());
    return (PrivateKey) store.getKey(label, null);
  }

  private ClientMinter forClients() throws AuthorityException {
    return ClientMinter.open(settings(token).forClients(), Crypto.preferred(), clock, random);
  }

  private static void issues(ClientMinter clients) throws Exception {
    clients
        .mint(ClientSubject.named("ann"))
        .certificate()
        .verify(clients.published().getFirst().getPublicKey());
  }

  @Test
  void theAuthorityForClientsHasAKeyOfItsOwnInTheSameToken() throws Exception {
    var servers = Authorities.open(settings(token), Crypto.preferred(), clock, random);
    var clients = forClients();

    issues(clients);
    assertThat(OpenSsl.verify(data, servers.active(), leaf(servers))).endsWith("leaf.pem: OK\n");
    assertThat(clients.published().getFirst().getPublicKey())
        .isNotEqualTo(servers.active().certificate().getPublicKey());
    try (Stream<Path> files = Files.list(data.resolve("ca-clients"))) {
      assertThat(files).containsExactly(data.resolve("ca-clients/ca.pem"));
    }
    var key = found(token.label() + "-clients");
    assertThat(key.getEncoded()).isNull();
    assertThat(key.toString()).contains("sensitive").contains("unextractable");
    var again = forClients();
    assertThat(again.published()).isEqualTo(clients.published());
    issues(again);
  }

  @Test
  void theAuthorityForClientsRotatesInTheToken() throws Exception {
    var clients = forClients();
    var former = clients.keyIdentifier();
    var operator =
        AuthorityChanges.of(settings(token).forClients(), Crypto.preferred(), clock, random);
    operator.rotate();
    operator.activate();
    assertThat(clients.refresh()).isTrue();
    assertThat(clients.published()).hasSize(2);
    operator.retire(Optional.empty());
    assertThat(clients.refresh()).isTrue();
    assertThat(clients.keyIdentifier()).isNotEqualTo(former);
    issues(clients);
  }

  @Test
  void rotatesInTheToken() throws Exception {
    var running = Authorities.open(settings(token), Crypto.preferred(), clock, random);
    var operator = AuthorityChanges.of(settings(token), Crypto.preferred(), clock, random);
    operator.rotate();
    assertThatThrownBy(() -> operator.retire(Optional.empty()))
        .hasMessageContaining("to let the other one sign first: menura ca activate");
    operator.activate();
    running.refresh();
    assertThat(running.published()).hasSize(2);
    assertThat(OpenSsl.verify(data, running.active(), leaf(running))).endsWith("leaf.pem: OK\n");
    operator.retire(Optional.empty());
    running.refresh();

    assertThat(running.published()).hasSize(1);
    assertThat(OpenSsl.verify(data, running.active(), leaf(running))).endsWith("leaf.pem: OK\n");
  }

  @Test
  void saysWhichTokensThereAreWhereTheOneIsMissing() {
    var other = new InToken(token.library(), "no-such-token", token.label(), token.pin());

    assertThatThrownBy(() -> Authorities.open(settings(other), Crypto.preferred(), clock, random))
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("expected one token with the label 'no-such-token', found 0")
        .hasMessageContaining("'" + token.token() + "'");
  }

  @Test
  void saysWhereThePinWasExpected() {
    var none =
        new InToken(
            token.library(), token.token(), token.label(), new SecretSource.Variable("NONE_SUCH"));

    assertThatThrownBy(() -> Authorities.open(settings(none), Crypto.preferred(), clock, random))
        .isInstanceOf(AuthorityException.class)
        .hasMessageContaining("the environment variable NONE_SUCH: expected the passphrase or PIN");
  }

  @Test
  void saysThatTheModuleIsMissing() {
    var missing = new InToken(data.resolve("none.so"), token.token(), token.label(), token.pin());

    assertThatThrownBy(() -> Authorities.open(settings(missing), Crypto.preferred(), clock, random))
        .hasMessageContaining("none.so: expected a PKCS#11 module, found no such file");
  }
}
