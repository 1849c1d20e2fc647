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
    Optional<InetAddress> address = Cidr.address(clientIp);
    Check check =
        address.isPresent() ? now.check(credentials.authorization(), address.get()) : Ways.NOTHING;
    if (check instanceof Check.Failed(Reason reason) && reason != Reason.MISSING) {
      return new Answer.Unknown(reason, now.challenges());
    }
    Facts.Client client =
        client(now.clients(), check, credentials.certificate(), clientIp, address);
    boolean known =
        !client.user().isEmpty()
            || !client.device().isEmpty()
            || !client.workload().equals(Facts.Workload.NONE);
    return known || !now.clients().required()
        ? new Answer.Known(client)
        : new Answer.Unknown(Reason.MISSING, now.challenges());
  }

  private static Facts.Client client(
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
    return new Facts.Client(
        clientIp,
        user.user(),
        user.groups(),
        machine.map(Clients.Machine::device).orElse(""),
        presented.map(ClientCertificate::workload).orElse(Facts.Workload.NONE));
  }

  /// What was remembered of one policy's users does not outlive a change of them.
  private Ways inForce() {
    Clients given = clients.get();
    Ways now = ways;
    if (!now.clients().equals(given)) {
      now = ways(given);
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
