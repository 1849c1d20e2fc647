package dev.menura.sidecar;

import dev.menura.sidecar.command.MenuraCommand;

/// The program that the launcher starts.
public final class Main {
  private Main() {}

  static void main(String[] args) {
    System.exit(MenuraCommand.lineFor(args).execute(args));
  }
}
