package dev.menura.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Holds `docs/attacks.md` to the tests that it names.
class AttacksPageTest {
  private static final Path PAGE = Path.of("../docs/attacks.md");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| ([UKPB][0-9]+) \\|.*\\| (.*) \\|$");
  private static final Pattern NAMED = Pattern.compile("(\\*\\*)?(\\w+?)(?:\\*\\*)?\\.`(\\w+)`");

  /// What is sent over no connection, or is the authority's alone.
  private static final List<String> IN_PROCESS = List.of("K7", "K8", "K9", "K10");

  /// Those of the groups P and B that are shown already; the page names the others apart.
  private static final List<String> PROTOCOLS_AND_WAYS_AROUND =
      List.of(
          "P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "B1", "B2", "B3", "B4", "B5",
          "B6", "B7", "B9", "B11", "B12");

  @Test
  void everyRowHasTestsThatCarryItsNumber() throws IOException {
    var rows = ROW.matcher(Files.readString(PAGE)).results().toList();
    var ids = new ArrayList<String>();
    for (var row : rows) {
      var id = row.group(1);
      ids.add(id);
      var tests = NAMED.matcher(row.group(2)).results().toList();
      assertThat(tests).as(id).isNotEmpty();
      boolean throughEnvoy = false;
      for (var test : tests) {
        var source = DocumentsTest.testSource(test.group(2));
        var method = test.group(3);
        assertThat(source).as(id).contains("void " + method + "(");
        assertThat(method.toUpperCase(Locale.ROOT)).as(id).matches(id + "[^0-9].*");
        boolean bold = test.group(1) != null;
        assertThat(source.contains("package dev.menura.e2e;")).as(test.group(2)).isEqualTo(bold);
        throughEnvoy |= bold;
      }
      assertThat(throughEnvoy).as(id).isEqualTo(!IN_PROCESS.contains(id));
    }
    assertThat(ids)
        .startsWith(IntStream.rangeClosed(1, 17).mapToObj(n -> "U" + n).toArray(String[]::new))
        .containsSubsequence(
            IntStream.rangeClosed(1, 12).mapToObj(n -> "K" + n).toArray(String[]::new))
        .containsAll(PROTOCOLS_AND_WAYS_AROUND)
        .doesNotHaveDuplicates();
    assertThat(cells()).as("rows that cannot be read").hasSize(rows.size());
  }

  private static List<String> cells() throws IOException {
    try (Stream<String> lines = Files.lines(PAGE)) {
      return lines.filter(line -> line.startsWith("| ") && !line.startsWith("| id |")).toList();
    }
  }
}
