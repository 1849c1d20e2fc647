package dev.menura.sidecar.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.menura.sidecar.doctor.Doctor;
import dev.menura.sidecar.doctor.Finding;
import dev.menura.sidecar.doctor.Finding.State;
import dev.menura.sidecar.os.Places;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `menura doctor`: what is missing or wrong, and the command that mends it.
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description = "Says what is missing or wrong on this machine, and the command that mends it.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:nothing that Menura needs is missing", "1:something is"})
final class DoctorCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "The data directory. Default: ~/.local/state/menura.")
  private @Nullable Path data;

  @Option(names = "--policy", paramLabel = "DIR", description = "The policy's folder.")
  private @Nullable Path policy;

  @Option(names = "--envoy", paramLabel = "PATH", description = "Envoy's program.")
  private @Nullable Path envoy;

  @Option(names = "--json", description = "A list of objects instead of text.")
  private boolean json;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws InterruptedException {
    Doctor doctor =
        new Doctor(
            Optional.ofNullable(data).orElse(Places.ofThisUser().state()).toAbsolutePath(),
            Optional.ofNullable(policy),
            Optional.ofNullable(envoy),
            System.getenv(),
            Clock.systemUTC());
    List<Finding> findings = doctor.look();
    PrintWriter out = spec.commandLine().getOut();
    out.print(json ? asJson(findings) : asText(findings));
    out.flush();
    return findings.stream().anyMatch(finding -> finding.state() == State.BAD) ? 1 : 0;
  }

  private static String asText(List<Finding> findings) {
    int width = findings.stream().mapToInt(finding -> finding.check().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Finding finding : findings) {
      String mark =
          switch (finding.state()) {
            case GOOD -> "✓";
            case OPTIONAL -> "-";
            case BAD -> "✗";
          };
      String padding = " ".repeat(width - finding.check().length());
      text.append(mark).append(' ').append(finding.check()).append(padding);
      text.append("  ").append(finding.seen()).append('\n');
      if (!finding.mend().isEmpty()) {
        text.append(" ".repeat(width + 4)).append("mend: ").append(finding.mend()).append('\n');
      }
    }
    return text.toString();
  }

  private static String asJson(List<Finding> findings) {
    JsonArray all = new JsonArray();
    for (Finding finding : findings) {
      JsonObject one = new JsonObject();
      one.addProperty("check", finding.check());
      one.addProperty("state", finding.state().name().toLowerCase(Locale.ROOT));
      one.addProperty("seen", finding.seen());
      one.addProperty("mend", finding.mend());
      all.add(one);
    }
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(all) + "\n";
  }
}
