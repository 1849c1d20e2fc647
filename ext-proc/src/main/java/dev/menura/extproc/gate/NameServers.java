package dev.menura.extproc.gate;

import dev.menura.policy.net.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.naming.Context;
import javax.naming.NameNotFoundException;
import javax.naming.NamingException;
import javax.naming.directory.InitialDirContext;

/// The resolvers that the operator names, or the machine's own where there are none. The operator's
/// are asked in their order for the address records (RFC 1035, RFC 3596) of the very name, with no
/// search list and no file of hosts in between, and nothing is kept: what is checked is what they
/// have just said.
public final class NameServers implements SystemAddresses.Lookup {
  /// Of the operator's resolvers, how many are asked for one name.
  static final int SERVERS_MAX = 3;

  /// One that does not answer is asked this often, each time for twice as long as before.
  private static final int TRIES = 2;

  private static final Duration PATIENCE_MIN = Duration.ofMillis(100);

  private final Supplier<List<InetSocketAddress>> servers;
  private final Duration timeout;

  /// @param servers those of the policy in force; empty for the machine's own
  /// @param timeout how long all of them together may take
  public NameServers(Supplier<List<InetSocketAddress>> servers, Duration timeout) {
    this.servers = servers;
    this.timeout = timeout;
  }

  @Override
  public InetAddress[] of(String host) throws UnknownHostException {
    var asked = servers.get();
    var literal = Cidr.address(host);
    if (asked.isEmpty() || literal.isPresent()) {
      return InetAddress.getAllByName(host);
    }
    try {
      return ask(asked.subList(0, Math.min(asked.size(), SERVERS_MAX)), host);
    } catch (NamingException e) {
      var unknown = new UnknownHostException(host);
      unknown.initCause(e);
      throw unknown;
    }
  }

  private InetAddress[] ask(List<InetSocketAddress> asked, String host) throws NamingException {
    var context = new InitialDirContext(environment(asked));
    try {
      var found = new ArrayList<InetAddress>();
      found.addAll(records(context, host, "A"));
      try {
        found.addAll(records(context, host, "AAAA"));
      } catch (NamingException e) {
        if (found.isEmpty()) {
          throw e;
        }
      }
      if (found.isEmpty()) {
        throw new NameNotFoundException(host);
      }
      return found.toArray(InetAddress[]::new);
    } finally {
      context.close();
    }
  }

  // What JNDI takes.
  @SuppressWarnings("JdkObsolete")
  private Hashtable<String, String> environment(List<InetSocketAddress> asked) {
    var environment = new Hashtable<String, String>();
    environment.put(Context.INITIAL_CONTEXT_FACTORY, "com.sun.jndi.dns.DnsContextFactory");
    environment.put(
        Context.PROVIDER_URL,
        asked.stream().map(NameServers::url).collect(Collectors.joining(" ")));
    // Two kinds of records, from each server, for one and then two times as long.
    var patience = timeout.dividedBy(2L * 3 * asked.size());
    environment.put(
        "com.sun.jndi.dns.timeout.initial",
        Long.toString((patience.compareTo(PATIENCE_MIN) < 0 ? PATIENCE_MIN : patience).toMillis()));
    environment.put("com.sun.jndi.dns.timeout.retries", Integer.toString(TRIES));
    return environment;
  }

  private static String url(InetSocketAddress server) {
    var address = server.getAddress().getHostAddress();
    return "dns://"
        + (address.contains(":") ? "[" + address + "]" : address)
        + ":"
        + server.getPort();
  }

  // The DNS provider makes texts of records, and objects of nothing that it is sent.
  @SuppressWarnings("BanJNDI")
  private static List<InetAddress> records(InitialDirContext context, String host, String type)
      throws NamingException {
    var found = new ArrayList<InetAddress>();
    var attribute = context.getAttributes(host + ".", new String[] {type}).get(type);
    for (int i = 0; attribute != null && i < attribute.size(); i++) {
      Cidr.address(String.valueOf(attribute.get(i))).ifPresent(found::add);
    }
    return found;
  }
}
