package dev.menura.bench.compare;

import picocli.CommandLine;

/// The program that the launcher starts for `menura bench`.
public final class Main {
  private Main() {}

  static void main(String[] args) {
    System.exit(new CommandLine(new BenchCommand()).execute(args));
  }
}
