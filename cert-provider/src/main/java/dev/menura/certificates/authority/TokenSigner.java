package dev.menura.certificates.authority;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Signs with a key in a token, and waits for it only so long: where the token stalls, what needs a
/// signature fails at once, and everything else goes on.
final class TokenSigner implements SignatureSource {
  private static final int THREADS_MAX = 16;
  private static final Duration WAIT = Duration.ofSeconds(2);
  private static final Duration IDLE = Duration.ofSeconds(30);

  /// Platform threads, as calls into native code hold theirs; shared by all keys.
  private static final ExecutorService THREADS =
      new ThreadPoolExecutor(
          0,
          THREADS_MAX,
          IDLE.toSeconds(),
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Thread.ofPlatform().name("token-", 0).daemon().factory());

  private final Provider provider;
  private final PrivateKey key;
  private final Duration wait;

  TokenSigner(Provider provider, PrivateKey key) {
    this(provider, key, WAIT);
  }

  TokenSigner(Provider provider, PrivateKey key, Duration wait) {
    this.provider = provider;
    this.key = key;
    this.wait = wait;
  }

  @Override
  public byte[] sign(String algorithm, byte[] content) throws GeneralSecurityException {
    Future<byte[]> signed;
    try {
      signed = THREADS.submit(() -> signNow(algorithm, content));
    } catch (RejectedExecutionException e) {
      throw new GeneralSecurityException("the token is busy with other signatures", e);
    }
    try {
      return signed.get(wait.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new GeneralSecurityException("the token did not sign in time", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new GeneralSecurityException("interrupted while the token was signing", e);
    } catch (ExecutionException e) {
      throw new GeneralSecurityException("the token did not sign", e.getCause());
    }
  }

  private byte[] signNow(String algorithm, byte[] content) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm, provider);
    signature.initSign(key);
    signature.update(content);
    return signature.sign();
  }
}
