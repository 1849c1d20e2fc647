package dev.menura.extproc.identity;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/// A user whom a credential has proved.
///
/// @param user never empty
/// @param groups in alphabetical order
record Identity(String user, List<String> groups) {
  /// How many groups a user may be in.
  static final int GROUPS_MAX = 64;

  /// How long a user's name and groups may be together, since they travel with each connection.
  static final int BYTES_MAX = 9 * 1024;

  Identity {
    groups = List.copyOf(groups);
  }

  static Identity of(String user, Collection<String> groups) {
    return new Identity(user, groups.stream().distinct().sorted().toList());
  }

  /// False where it is more than can be carried, or holds what cannot be shown.
  boolean sound() {
    long bytes = bytes(user);
    for (String group : groups) {
      bytes += bytes(group);
    }
    return isSound(user)
        && groups.stream().allMatch(Identity::isSound)
        && groups.size() <= GROUPS_MAX
        && bytes <= BYTES_MAX;
  }

  static boolean isSound(String text) {
    return !text.isBlank()
        && text.codePoints()
            .noneMatch(point ->
                Character.isISOControl(point)
                    || Character.getType(point) == Character.FORMAT
                    || Character.getType(point) == Character.SURROGATE);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
