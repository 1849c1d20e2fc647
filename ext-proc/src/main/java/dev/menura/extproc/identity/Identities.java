package dev.menura.extproc.identity;

import dev.menura.extproc.gate.Callers;
import dev.menura.extproc.gate.Credentials;
import dev.menura.policy.Clients;
import dev.menura.policy.Facts;
import dev.menura.policy.net.Cidr;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/// Finds out who a client is, by the words of the policy in force: by its password or its token,
/// else by its certificate, else by its address. Thread-safe.
public final class Identities implements Callers {
  private final Supplier<Clients> clients;
  private final KeyFetch fetch;
  private final Clock clock;
  private final Fingerprints fingerprints;
  private final Failures failures;
  private final HashTurns turns;
  private volatile Ways ways;

  /// @param clients what the policy in force says
  /// @param fetch gets the keys of issuers
  public Identities(Supplier<Clients> clients, KeyFetch fetch, SecureRandom random, Clock clock) {
    this(clients, fetch, random, clock, HashTurns.ofThisMachine());
  }

  Identities(
      Supplier<Clients> clients,
      KeyFetch fetch,
      SecureRandom random,
      Clock clock,
      HashTurns turns) {
    this.clients = clients;
    this.fetch = fetch;
    this.clock = clock;
    this.fingerprints = new Fingerprints(random);
    this.failures = new Failures(clock);
    this.turns = turns;
    this.ways = ways(clients.get());
  }

  @Override
  public Answer of(Credentials credentials, String clientIp) {
    Ways now = inForce();
    Optional<InetAddress> address = address(clientIp);
    Check check =
        now.check(credentials.authorization(), address.orElseGet(InetAddress::getLoopbackAddress));
    if (check instanceof Check.Failed(Reason reason) && reason != Reason.MISSING) {
      return new Answer.Unknown(reason, now.challenges());
    }
    Answer.Known found = found(now.clients(), check, credentials.certificate(), clientIp, address);
    Facts.Client client = found.client();
    boolean known =
        !client.user().isEmpty()
            || !client.device().isEmpty()
            || !client.workload().equals(Facts.Workload.NONE);
    return known || !now.clients().required()
        ? found
        : new Answer.Unknown(Reason.MISSING, now.challenges());
  }

  /// Without the zone of an IPv6 address (RFC 4007 11).
  private static Optional<InetAddress> address(String clientIp) {
    int zone = clientIp.indexOf('%');
    return Cidr.address(zone < 0 ? clientIp : clientIp.substring(0, zone));
  }

  private static Answer.Known found(
      Clients clients,
      Check check,
      String certificate,
      String clientIp,
      Optional<InetAddress> address) {
    Optional<Clients.Machine> machine = address.flatMap(clients::machine);
    Optional<ClientCertificate> presented =
        clients.certificate().flatMap(way -> ClientCertificate.read(certificate, way));
    List<Identity> users = new ArrayList<>();
    if (check instanceof Check.Proved(Identity identity)) {
      users.add(identity);
    }
    presented.flatMap(ClientCertificate::identity).ifPresent(users::add);
    machine.map(known -> Identity.of(known.user(), known.groups())).ifPresent(users::add);
    Identity user = users.isEmpty() ? Identity.of("", List.of()) : users.getFirst();
    var workload = presented.map(ClientCertificate::workload).orElse(Facts.Workload.NONE);
    Optional<Identity> holder = presented.flatMap(ClientCertificate::identity);
    boolean byCertificate =
        users.isEmpty()
            ? !workload.equals(Facts.Workload.NONE)
            : !(check instanceof Check.Proved) && holder.isPresent();
    return new Answer.Known(
        new Facts.Client(
            clientIp,
            user.user(),
            user.groups(),
            machine.map(Clients.Machine::device).orElse(""),
            workload),
        presented.filter(_ -> byCertificate).map(ClientCertificate::certificate));
  }

  /// What was remembered of one policy's users does not outlive a change of them.
  @SuppressWarnings("ReferenceEquality") // the same one is equal, and cheap to see
  private Ways inForce() {
    Clients given = clients.get();
    Ways now = ways;
    if (now.clients() != given) {
      now =
          now.clients().equals(given)
              ? new Ways(given, now.passwords(), now.tokens())
              : ways(given);
      ways = now;
    }
    return now;
  }

  private Ways ways(Clients given) {
    return new Ways(
        given,
        given.basic().map(basic -> new Passwords(basic, fingerprints, failures, turns, clock)),
        given.bearer().map(bearer -> new Tokens(bearer, fetch, fingerprints, clock)));
  }
}
