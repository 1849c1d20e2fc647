package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.command.MenuraCommand;
import dev.menura.sidecar.policy.PolicyFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Holds what the documents show to the program: policies load, and commands are understood.
class DocumentsTest {
  private static final Path README = Path.of("../README.md");
  private static final Pattern YAML = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
  private static final Pattern SHELL = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMMAND = Pattern.compile("(?:\\./)?menura ([^#>\n]*)");

  @TempDir private Path folder;

  @Test
  void thePolicyInTheReadmeIsTheExampleAndLoads() throws Exception {
    var blocks = YAML.matcher(Files.readString(README)).results().map(r -> r.group(1)).toList();
    assertThat(blocks).hasSize(1);
    var example = Path.of("../envoy-configs/policies/corporate/policy.yaml");
    assertThat(
            Files.readString(example)
                .lines()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.joining("\n", "", "\n")))
        .isEqualTo(blocks.getFirst());
    Files.writeString(folder.resolve("policy.yaml"), blocks.getFirst());
    var documents = new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(folder));
    assertThat(documents.warnings()).isEmpty();
  }

  @Test
  void everyCommandInADocumentIsUnderstood() throws IOException {
    var commands =
        Stream.of(README, Path.of("../envoy-configs/README.md"))
            .flatMap(page -> SHELL.matcher(text(page)).results())
            .flatMap(block -> COMMAND.matcher(block.group(1)).results())
            .map(command -> command.group(1).strip())
            .toList();
    assertThat(commands).contains("demo", "up", "doctor", "run --policy DIR --data DATA");
    for (String command : commands) {
      MenuraCommand.line().parseArgs(command.split(" +", -1));
    }
  }

  @Test
  void theExitCodesAreThoseOfTheCommand() throws IOException {
    var listed =
        Pattern.compile("\\| `(\\d)` \\| (.*) \\|")
            .matcher(Files.readString(Path.of("../docs/command.md")))
            .results()
            .map(row -> row.group(1) + ":" + row.group(2))
            .toList();
    var codes = MenuraCommand.line().getCommandSpec().usageMessage().exitCodeList();
    assertThat(listed)
        .isEqualTo(codes.entrySet().stream().map(e -> e.getKey() + ":" + e.getValue()).toList());
    assertThat(List.of(0, 2))
        .isEqualTo(
            List.of(
                MenuraCommand.line().execute("bootstrap", "--data", folder.toString()),
                MenuraCommand.line().execute("check", folder.toString())));
  }

  @Test
  void everyGuaranteeHasItsTest() throws IOException {
    var rows =
        Pattern.compile("\\| (.*) \\| `(\\w+)\\.(\\w+)` \\|")
            .matcher(Files.readString(Path.of("../docs/tls-guarantees.md")))
            .results()
            .toList();
    assertThat(rows).hasSizeGreaterThan(25);
    for (var row : rows) {
      assertThat(testSource(row.group(2))).as(row.group(1)).contains("void " + row.group(3) + "(");
    }
    assertThat(Files.readString(Path.of("../docs/tls-guarantees.md")).lines())
        .as("rows without a test")
        .filteredOn(line -> line.startsWith("| ") && !line.startsWith("| what"))
        .hasSameSizeAs(rows);
  }

  static String testSource(String name) throws IOException {
    for (String module : List.of("cert-provider", "control-plane", "ext-proc", "sidecar", "e2e")) {
      try (var files = Files.walk(Path.of("..", module, "src/test/java"))) {
        var found = files.filter(file -> file.endsWith(name + ".java")).findFirst();
        if (found.isPresent()) {
          return Files.readString(found.get());
        }
      }
    }
    throw new AssertionError("no test class " + name);
  }

  private static String text(Path page) {
    try {
      return Files.readString(page);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
