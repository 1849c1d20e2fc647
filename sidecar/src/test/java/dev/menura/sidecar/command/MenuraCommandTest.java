package dev.menura.sidecar.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MenuraCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    CommandLine line = MenuraCommand.line();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }

  @Test
  void saysItsVersion() {
    assertThat(run("--version")).isZero();
    assertThat(out.toString()).matches("(?s)menura \\d+\\.\\d+\\.\\d+.*\\Rjava 25.*");
  }

  @Test
  void namesItsCommandsInItsHelp() {
    assertThat(run("--help")).isZero();
    assertThat(out.toString()).contains("verify").contains("Exit codes:");
  }

  @Test
  void exitsWithTwoWhereTheCommandIsMissing() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("a command is missing").contains("Usage: menura");
  }

  @Test
  void exitsWithTwoOnAnUnknownCommandAndSuggestsOne() {
    assertThat(run("verfy")).isEqualTo(2);
    assertThat(err.toString()).contains("Did you mean").contains("verify");
  }

  @Test
  void refusesToVerifyOutsideACheckout() {
    assertThat(run("verify")).isEqualTo(1);
    assertThat(err.toString()).contains("./menura verify");
  }
}
