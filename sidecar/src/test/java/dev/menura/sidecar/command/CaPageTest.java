package dev.menura.sidecar.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.extproc.inspect.Detectors;
import dev.menura.policy.load.PolicyLoader;
import dev.menura.sidecar.policy.PolicyFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// Runs the commands and loads the documents of `docs/ca.md`.
class CaPageTest {
  private static final Path PAGE = Path.of("../docs/ca.md");
  private static final Pattern COMMANDS = Pattern.compile("```sh\n(.*?)```", Pattern.DOTALL);
  private static final Pattern DOCUMENT = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);

  @TempDir Path folder;

  private static List<String> blocks(Pattern pattern) throws IOException {
    return pattern.matcher(Files.readString(PAGE)).results().map(found -> found.group(1)).toList();
  }

  static List<String> commands() throws IOException {
    return blocks(COMMANDS);
  }

  static List<String> documents() throws IOException {
    return blocks(DOCUMENT);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandWorks(String block) throws Exception {
    for (String line : block.lines().toList()) {
      var words = new ArrayList<String>();
      for (String word : List.of(line.replaceAll(" > .*", "").split(" "))) {
        // Files are written to the test's own folder.
        words.add(
            word.matches("[a-z]+\\.(der|pem|mobileconfig)")
                ? folder.resolve(word).toString()
                : word);
      }
      assertThat(words.removeFirst()).isEqualTo("menura");
      words.addAll(List.of("--data", folder.resolve("data").toString()));
      var err = new StringWriter();
      CommandLine command = MenuraCommand.line();
      command.setOut(new PrintWriter(new StringWriter(), true));
      command.setErr(new PrintWriter(err, true));
      assertThat(command.execute(words.toArray(String[]::new))).as(line + err).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("documents")
  void everyDocumentLoads(String ca) throws Exception {
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        apiVersion: menura.dev/v1
        kind: Gateway
        metadata: {name: default}
        spec:
        %s---
        apiVersion: menura.dev/v1
        kind: Policy
        metadata: {name: p}
        spec:
          rules:
            - {name: all, when: true, then: allow}
        """
            .formatted(ca.indent(2)));

    assertThat(new PolicyLoader(Detectors.kinds()).load(new PolicyFolder(folder)).gateway().ca())
        .isNotNull();
  }
}
