package dev.menura.extproc.gate;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Resolves names as the machine or the operator's name servers do, or as the operator maps them,
/// and keeps to what may be dialled. The addresses that it answers with are the ones that are
/// dialled: nobody resolves the name again.
public final class SystemAddresses implements Addresses {
  /// A name may have many addresses; this many are handed on.
  static final int ADDRESSES_MAX = 4;

  /// Names that are being resolved at the same time; more are refused.
  static final int LOOKUPS_MAX = 512;

  /// What the operator says of addresses.
  public interface Rules {
    /// The addresses that the operator maps this name to, empty where it is left to the machine's
    /// resolver.
    List<InetAddress> mapped(String host);

    boolean allowed(InetAddress address);

    /// Whether this is one of our own listeners, which are refused whatever else is allowed.
    boolean own(InetAddress address, int port);
  }

  /// Asks a resolver. May block.
  public interface Lookup {
    InetAddress[] of(String host) throws UnknownHostException;
  }

  private final Supplier<Rules> rules;
  private final Lookup lookup;
  private final Duration timeout;

  /// Platform threads: the machine's resolver waits in native code, where a virtual thread would
  /// keep its carrier from all others. As few as there are carriers would stop every gate.
  private final ExecutorService threads =
      Executors.newCachedThreadPool(Thread.ofPlatform().name("look-up-", 1).daemon().factory());

  private final Semaphore lookups = new Semaphore(LOOKUPS_MAX);

  public SystemAddresses(Supplier<Rules> rules, Lookup lookup, Duration timeout) {
    this.rules = rules;
    this.lookup = lookup;
    this.timeout = timeout;
  }

  @Override
  public Answer of(String host, int port) {
    var current = rules.get();
    return switch (found(current, host)) {
      case Found.Some(List<InetAddress> addresses) -> checked(current, host, addresses, port);
      case Found.None(String detail) -> new Answer.Unresolved(detail);
    };
  }

  @Override
  public Answer dialled(InetAddress address, int port) {
    return checked(rules.get(), address.getHostAddress(), List.of(address), port);
  }

  @Override
  public boolean has(String host, InetAddress address) {
    return switch (found(rules.get(), host)) {
      case Found.Some(List<InetAddress> addresses) -> addresses.contains(address);
      case Found.None _ -> false;
    };
  }

  private Found found(Rules current, String host) {
    var mapped = current.mapped(host);
    return mapped.isEmpty() ? lookUp(host) : new Found.Some(mapped);
  }

  private static Answer checked(Rules current, String host, List<InetAddress> found, int port) {
    var checked = new ArrayList<InetAddress>();
    var refused = "";
    for (InetAddress address : found) {
      if (current.own(address, port)) {
        return new Answer.Refused(
            "%s is this gateway itself (%s port %d)."
                .formatted(host, address.getHostAddress(), port));
      }
      if (!current.allowed(address)) {
        refused = address.getHostAddress();
      } else if (checked.size() < ADDRESSES_MAX) {
        checked.add(address);
      }
    }
    if (checked.isEmpty()) {
      return new Answer.Refused(
          "%s, an address that is not allowed here (spec.upstream.allow-addresses)."
              .formatted(
                  host.equals(refused) ? "This is " + host : host + " resolves to " + refused));
    }
    return new Answer.Checked(checked);
  }

  private Found lookUp(String host) {
    if (!lookups.tryAcquire()) {
      return new Found.None("Too many names are being resolved at once.");
    }
    var answer =
        threads.submit(() -> {
          try {
            return lookup.of(host);
          } finally {
            lookups.release();
          }
        });
    try {
      var addresses = answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      // IPv4 first: a machine without an IPv6 route still gets AAAA records.
      return new Found.Some(
          Arrays.stream(addresses)
              .sorted((a, b) -> Integer.compare(a.getAddress().length, b.getAddress().length))
              .toList());
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Found.None("The name server gave no answer for %s in time.".formatted(host));
    } catch (ExecutionException e) {
      return new Found.None("The name %s does not resolve.".formatted(host));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Found.None("The look-up of %s was interrupted.".formatted(host));
    }
  }

  private sealed interface Found {
    record Some(List<InetAddress> addresses) implements Found {}

    record None(String detail) implements Found {}
  }
}
