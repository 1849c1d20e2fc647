package dev.menura.sidecar.command;

import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.PolicyException;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.policy.PolicyFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `menura check`: every error and warning of a policy.
@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Reports every error and warning of a policy, with file, line and column.")
final class CheckCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The policy's folder.")
  private Path folder = Path.of("");

  @Option(names = "--json", description = "A list of objects instead of text.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    try {
      var documents = new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(folder));
      if (json) {
        out.println(IssueFormat.json(documents.warnings()));
      } else {
        if (!documents.warnings().isEmpty()) {
          out.print(IssueFormat.text(documents.warnings()));
        }
        out.println("The policy is good: version " + documents.version());
      }
      return 0;
    } catch (PolicyException e) {
      if (json) {
        out.println(IssueFormat.json(e.issues()));
      } else {
        out.print(IssueFormat.text(e.issues()));
      }
      out.flush();
      return 2;
    }
  }
}
