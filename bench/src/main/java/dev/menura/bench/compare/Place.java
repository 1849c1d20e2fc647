package dev.menura.bench.compare;

import java.util.ArrayList;
import java.util.List;

/// Where a contender and its clients run, and the origin that is reached from there.
///
/// @param prefix what a command line begins with, so that it runs there; empty for this machine
record Place(List<String> prefix, Origin origin) {
  Place {
    prefix = List.copyOf(prefix);
  }

  /// A command line as it runs there.
  List<String> command(List<String> command) {
    var whole = new ArrayList<>(prefix);
    whole.addAll(command);
    return whole;
  }
}
