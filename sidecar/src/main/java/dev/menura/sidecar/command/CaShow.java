package dev.menura.sidecar.command;

import dev.menura.certificates.authority.AuthorityChanges;
import dev.menura.certificates.authority.AuthorityException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `menura ca show`: which authorities there are.
@Command(
    name = "show",
    mixinStandardHelpOptions = true,
    description = {
      "Says which authorities there are, what each is for, and until when it is valid."
    })
final class CaShow extends OfAuthority {
  @Option(names = "--json", description = "An object instead of text.")
  private boolean json;

  @Override
  int run(AuthorityChanges changes, PrintWriter out) throws AuthorityException {
    return show(changes, json, out);
  }
}
