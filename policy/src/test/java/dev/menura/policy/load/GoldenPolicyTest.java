package dev.menura.policy.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.menura.policy.Documents;
import dev.menura.policy.IssueFormat;
import dev.menura.policy.PolicyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the loader says about each folder below `src/test/resources/policy`, held against its
/// `expected.txt`; `-Dgolden.update=true` rewrites that.
class GoldenPolicyTest {
  private static final Path CASES = Path.of("src/test/resources/policy");
  private static final String EXPECTED = "expected.txt";

  static List<String> cases() throws IOException {
    try (Stream<Path> folders = Files.list(CASES)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void saysWhatIsExpected(String name) throws IOException {
    Path folder = CASES.resolve(name);
    String said = said(folder);
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(folder.resolve(EXPECTED), said);
    }
    assertThat(said).isEqualTo(Files.readString(folder.resolve(EXPECTED)));
  }

  private static String said(Path folder) {
    try {
      PolicyLoader loader = new PolicyLoader(Set.of("credit-card"));
      Documents documents = loader.load(new DirectorySource(folder));
      return "loaded\n" + IssueFormat.text(documents.warnings());
    } catch (PolicyException e) {
      return IssueFormat.text(e.issues());
    }
  }
}
