package dev.menura.sidecar.command;

import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.menura.policy.net.Cidr;
import dev.menura.sidecar.os.Places;
import dev.menura.sidecar.redirect.Iptables;
import dev.menura.sidecar.redirect.Machine;
import dev.menura.sidecar.redirect.Nftables;
import dev.menura.sidecar.redirect.Redirection;
import dev.menura.sidecar.redirect.Redirection.Account;
import dev.menura.sidecar.redirect.Redirection.Interface;
import dev.menura.sidecar.redirect.Redirection.Scope;
import dev.menura.sidecar.redirect.Rules;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `menura redirect`: the packet filter's rules for clients without a proxy setting.
@Command(
    name = "redirect",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the rules that bring connections of clients without a proxy setting to the",
      "transparent listener, and refuse QUIC, so that clients fall back to TCP.",
      "What is printed for nftables is for 'nft -f -', for iptables for 'sh'."
    })
final class RedirectCommand implements Callable<Integer> {
  private static final int PORT_DEFAULT = 15001;

  /// Whose connections are redirected.
  enum Mode {
    SIDECAR,
    GATEWAY
  }

  /// What to do other than print.
  static final class Doing {
    @Option(names = "--apply", description = "Puts the rules in force, in place of earlier ones.")
    private boolean apply;

    @Option(names = "--remove", description = "Takes the rules away.")
    private boolean remove;
  }

  @ArgGroup private Doing doing = new Doing();

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      description =
          "sidecar: connections of this machine or pod; gateway: those that it forwards for others."
              + " Default: sidecar.")
  private String mode = "sidecar";

  @Option(
      names = "--ports",
      paramLabel = "PORT",
      split = ",",
      description = "The TCP ports to redirect, or 'all'. Default: 80,443.")
  private List<String> ports = List.of("80", "443");

  @Option(
      names = "--to",
      paramLabel = "PORT",
      description =
          "The transparent listener's port. Default: as DATA/ready.json says, else 15001.")
  private @Nullable Integer to;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The data directory of the gateway; its owner is who runs Envoy."
              + " Default: ~/.local/state/menura.")
  private @Nullable Path data;

  @Option(
      names = "--exclude-user",
      paramLabel = "USER",
      split = ",",
      description =
          "Users whose connections are left alone: the one who runs Envoy, or its connections would"
              + " come back to it. Default: the owner of DATA.")
  private List<String> users = List.of();

  @Option(
      names = "--exclude-group",
      paramLabel = "GROUP",
      split = ",",
      description = "As --exclude-user, for groups.")
  private List<String> groups = List.of();

  @Option(
      names = "--exclude-address",
      paramLabel = "BLOCK",
      split = ",",
      description = "Destinations that are left alone, as 10.0.0.0/8.")
  private List<String> addresses = List.of();

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      split = ",",
      description = "With --mode gateway: where clients come from. Default: all interfaces.")
  private List<String> interfaces = List.of();

  @Option(
      names = "--close",
      description = "Also refuse what is not redirected, but for ICMP, DNS and DHCP.")
  private boolean close;

  @Option(names = "--iptables", description = "Rules for iptables and ip6tables, in place of nft.")
  private boolean iptables;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Rules rules = iptables ? new Iptables() : new Nftables();
    if (doing.remove) {
      return run(rules, rules.remove());
    }
    var text = rules.add(redirection());
    if (doing.apply) {
      return run(rules, text);
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(text);
    out.flush();
    return 0;
  }

  private int run(Rules rules, String text) throws IOException, InterruptedException {
    Optional<String> problem = Machine.run(rules, text);
    problem.ifPresent(words -> spec.commandLine().getErr().println("menura: " + words));
    return problem.isPresent() ? 1 : 0;
  }

  private Redirection redirection() {
    var all = ports.equals(List.of("all"));
    return checked(
        () ->
            new Redirection(
                scope(),
                to == null ? transparentPort() : to,
                all ? List.of() : each(ports, RedirectCommand::port),
                each(addresses, RedirectCommand::block),
                close));
  }

  private Scope scope() {
    return switch (mode()) {
      case SIDECAR -> {
        refuse(interfaces, "--interface is for --mode gateway");
        yield new Scope.OwnConnections(each(excludedUsers(), Account::new), each(groups, Account::new));
      }
      case GATEWAY -> {
        refuse(users, "--exclude-user is for --mode sidecar: what Envoy opens is not forwarded");
        refuse(groups, "--exclude-group is for --mode sidecar: what Envoy opens is not forwarded");
        yield new Scope.Forwarded(each(interfaces, Interface::new));
      }
    };
  }

  private Mode mode() {
    return Stream.of(Mode.values())
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(mode))
        .findFirst()
        .orElseThrow(() -> wrong("expected 'sidecar' or 'gateway', found '" + mode + "'"));
  }

  /// Those who are named, else the one who runs the gateway.
  private List<String> excludedUsers() {
    if (!users.isEmpty() || !groups.isEmpty()) {
      return users;
    }
    try {
      var owner = String.valueOf(Files.getAttribute(directory(), "unix:uid"));
      if (owner.equals("0")) {
        spec.commandLine()
            .getErr()
            .println("menura: root runs the gateway, so no connection of root is redirected");
      }
      return List.of(owner);
    } catch (IOException | UnsupportedOperationException e) {
      throw wrong(
          "who runs Envoy is not known, as there is no "
              + directory()
              + "; name the data directory with --data, or the user with --exclude-user");
    }
  }

  private int transparentPort() {
    try {
      var listeners =
          JsonParser.parseString(Files.readString(directory().resolve("ready.json")))
              .getAsJsonObject()
              .getAsJsonObject("listeners");
      if (listeners != null && listeners.has("transparent")) {
        var address = listeners.get("transparent").getAsString();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      }
      throw wrong(
          "the running gateway has no transparent listener; start it with --transparent HOST:PORT");
    } catch (IOException | JsonParseException | IllegalStateException e) {
      return PORT_DEFAULT;
    }
  }

  private Path directory() {
    return Optional.ofNullable(data).orElse(Places.ofThisUser().state());
  }

  private static Integer port(String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("expected a port or 'all', found '" + text + "'", e);
    }
  }

  private static Cidr block(String text) {
    return Cidr.parse(text)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected an address or a block such as 10.0.0.0/8, found '" + text + "'"));
  }

  private static <T> List<T> each(List<String> texts, Function<String, T> type) {
    return texts.stream().map(type).toList();
  }

  private void refuse(List<String> given, String words) {
    if (!given.isEmpty()) {
      throw wrong(words);
    }
  }

  private <T> T checked(java.util.function.Supplier<T> value) {
    try {
      return value.get();
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private ParameterException wrong(String words) {
    return new ParameterException(spec.commandLine(), "menura: " + words);
  }
}
