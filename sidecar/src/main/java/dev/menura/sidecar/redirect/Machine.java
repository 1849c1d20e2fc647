package dev.menura.sidecar.redirect;

import dev.menura.sidecar.os.PrivateFiles;
import dev.menura.sidecar.os.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;

/// The packet filter of this machine, or of this network namespace.
public final class Machine {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Machine() {}

  /// Runs a text of these rules.
  ///
  /// @return what went wrong, and how to mend it; empty where nothing did
  public static Optional<String> run(Rules rules, String text)
      throws IOException, InterruptedException {
    Path file = Files.createTempFile("menura-redirect", ".rules", PrivateFiles.fileMode());
    try {
      Files.writeString(file, text);
      var command = new ArrayList<>(rules.program());
      command.add(file.toString());
      return problem(rules, Tool.run(command, LIMIT));
    } finally {
      Files.deleteIfExists(file);
    }
  }

  static Optional<String> problem(Rules rules, Tool.Outcome outcome) {
    return switch (outcome) {
      case Tool.Outcome.Ended(int exit, String _) when exit == 0 -> Optional.empty();
      case Tool.Outcome.Ended(int exit, String _) when exit == 127 -> Optional.of(missing(rules));
      case Tool.Outcome.NotStarted _ -> Optional.of(missing(rules));
      case Tool.Outcome.TimedOut(Duration limit) ->
          Optional.of("the packet filter gave no answer in " + limit.toSeconds() + " s");
      case Tool.Outcome.Ended(int _, String output) ->
          Optional.of(
              isForbidden(output)
                  ? "this needs root, or CAP_NET_ADMIN in this network namespace: "
                      + output.lines().findFirst().orElse("")
                  : "the packet filter refused the rules:\n" + output.strip());
    };
  }

  private static boolean isForbidden(String output) {
    return output.contains("Operation not permitted")
        || output.contains("Permission denied")
        || output.contains("you must be root");
  }

  private static String missing(Rules rules) {
    var here = rules.debianPackage();
    var other = rules instanceof Nftables ? "--iptables uses iptables" : "without --iptables it is nft";
    return here + " is not installed (apt-get install " + here + "); " + other;
  }
}
