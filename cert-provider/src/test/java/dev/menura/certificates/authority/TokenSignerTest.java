package dev.menura.certificates.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/// K11: a token that stalls keeps nobody waiting.
class TokenSignerTest {
  private static final CountDownLatch RELEASE = new CountDownLatch(1);

  /// A token that hangs until it is let go.
  public static final class Stalling extends SignatureSpi {
    @Override
    protected void engineInitVerify(PublicKey key) {}

    @Override
    protected void engineInitSign(PrivateKey key) throws InvalidKeyException {}

    @Override
    protected void engineUpdate(byte b) {}

    @Override
    protected void engineUpdate(byte[] bytes, int offset, int length) {}

    @Override
    protected byte[] engineSign() throws SignatureException {
      try {
        RELEASE.await();
      } catch (InterruptedException e) {
        throw new SignatureException(e);
      }
      return new byte[] {1};
    }

    @Override
    protected boolean engineVerify(byte[] signature) {
      return false;
    }

    @Override
    @Deprecated
    protected void engineSetParameter(String name, Object value) {}

    @Override
    @Deprecated
    protected Object engineGetParameter(String name) {
      throw new UnsupportedOperationException(name);
    }
  }

  private static final class StallingProvider extends Provider {
    private static final long serialVersionUID = 1L;

    StallingProvider() {
      super("Stalling", "1", "hangs");
      put("Signature.SHA256withECDSA", Stalling.class.getName());
    }
  }

  @Test
  void k11GivesUpOnATokenThatStallsAndGoesOnWhenItIsBack() throws Exception {
    var key = KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate();
    var signer = new TokenSigner(new StallingProvider(), key, Duration.ofMillis(50));

    long begun = System.nanoTime();
    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> signer.sign("SHA256withECDSA", new byte[] {1}))
          .isInstanceOf(GeneralSecurityException.class)
          .hasMessageStartingWith("the token ");
    }
    // Once all threads wait for the token, nobody waits for a thread.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
    RELEASE.countDown();
    var patient = new TokenSigner(new StallingProvider(), key, Duration.ofSeconds(30));
    byte[] signed = {};
    while (signed.length == 0) {
      try {
        signed = patient.sign("SHA256withECDSA", new byte[] {1});
      } catch (GeneralSecurityException e) {
        // The threads are still on their way back.
        Thread.onSpinWait();
      }
    }
    assertThat(signed).containsExactly(1);
  }
}
