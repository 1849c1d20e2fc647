package dev.menura.bench.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/// A system that takes connections through a proxy and looks inside them.
interface Contender {
  /// One word, by which options and results call it.
  String name();

  /// What it is, in a few words.
  String about();

  /// Why it cannot run on this machine; empty where it can.
  Optional<String> missing();

  /// Starts it, and returns at once.
  ///
  /// @param port where it is to take connections, on the loopback address
  Running start(Workbench bench, Path folder, int port) throws IOException;

  /// The root that its clients trust. The file may come only once it runs.
  Path trusted(Workbench bench, Path folder);

  /// Where it and its clients run.
  default Place place(Workbench bench) {
    return bench.place();
  }

  /// Why it does not take part in a case; empty where it does.
  default Optional<String> declines(Case which) {
    return Optional.empty();
  }

  /// Whether its policy can be changed while it runs.
  default boolean reloads() {
    return false;
  }

  /// Changes the policy in a way that changes nothing for what is asked.
  default void reload(Path folder, Running running) throws IOException {
    throw new UnsupportedOperationException(name() + " has no policy that can be changed");
  }

  /// How long it is used before anything is measured, as a multiple of the ordinary time.
  default int warming() {
    return 0;
  }
}
