package dev.menura.sidecar.command;

import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `menura` itself, which only names its commands.
@Command(
    name = "menura",
    header = "A TLS-inspecting security gateway for a stock Envoy.",
    synopsisSubcommandLabel = "COMMAND",
    mixinStandardHelpOptions = true,
    versionProvider = MenuraVersion.class,
    description = {
      "",
      "Envoy moves the bytes; Menura decides, by the rules of your policy.",
      "Start with 'menura demo', then 'menura up'; 'menura check DIR' reports a policy's mistakes."
    },
    footer = {"", "'menura help COMMAND' says more about a command."},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:done", "1:failed", "2:the policy or the command line is wrong"})
public final class MenuraCommand implements Runnable {
  private static final String UP = "up";
  private static final String RUN = "run";

  @Spec private CommandSpec spec = CommandSpec.create();

  /// The whole command line, ready to execute.
  public static CommandLine line() {
    return new CommandLine(new MenuraCommand())
        .addSubcommand(new DemoCommand())
        .addSubcommand(UP, new UpCommand())
        .addSubcommand(RUN, new RunCommand())
        .addSubcommand(new RedirectCommand())
        .addSubcommand(new BootstrapCommand())
        .addSubcommand(new CheckCommand())
        .addSubcommand(new PinsCommand())
        .addSubcommand(new CaCommand())
        .addSubcommand(new DoctorCommand())
        .addSubcommand(new VerifyCommand())
        .addSubcommand(new BenchCommand())
        .addSubcommand(new GenerateCompletion())
        .addSubcommand(new CommandLine.HelpCommand());
  }

  /// As much of the command line as these arguments need: reading what all commands may be told
  /// takes a noticeable part of the gateway's start.
  public static CommandLine lineFor(String... args) {
    return switch (args.length == 0 ? "" : args[0]) {
      case UP -> new CommandLine(new MenuraCommand()).addSubcommand(UP, new UpCommand());
      case RUN -> new CommandLine(new MenuraCommand()).addSubcommand(RUN, new RunCommand());
      default -> line();
    };
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "menura: a command is missing");
  }
}
