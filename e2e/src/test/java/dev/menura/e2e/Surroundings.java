package dev.menura.e2e;

import java.nio.file.Path;
import java.util.List;

/// What a process sees of the machine, where that is not what this process sees.
interface Surroundings {
  /// What to put in front of a command. The process keeps its id all the way.
  List<String> prefix(Path folder);
}
