package dev.menura.policy.load;

import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.SourceFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// A file of groups and their users, in the form of Apache's `htgroup`: `group: user user …` in
/// each line, `#` before a comment.
final class GroupFile {
  /// How many groups a user may be in.
  static final int GROUPS_MAX = 64;

  private static final Pattern SPACE = Pattern.compile("\\s+");

  private GroupFile() {}

  /// The groups of each user that has any.
  static Map<String, Set<String>> read(SourceFile file, Issues issues) {
    Map<String, Set<String>> groups = new HashMap<>();
    for (int line = 1; line <= file.lines(); line++) {
      String text = file.line(line);
      if (text.isBlank() || text.startsWith("#")) {
        continue;
      }
      int colon = text.indexOf(':');
      String group = text.substring(0, Math.max(colon, 0)).strip();
      if (colon < 0 || !UserNames.isGroup(group)) {
        issues.error(file, file.lineStart(line), "expected a group's name, a colon and its users");
        continue;
      }
      for (String user : SPACE.split(text.substring(colon + 1).strip(), -1)) {
        Set<String> own = groups.computeIfAbsent(user, _ -> new TreeSet<>());
        own.add(group);
        if (own.size() == GROUPS_MAX + 1) {
          issues.error(
              file,
              file.lineStart(line),
              "expected at most "
                  + GROUPS_MAX
                  + " groups of one user, found more for '"
                  + user
                  + "'");
        }
      }
    }
    groups.remove("");
    return groups;
  }
}
