package dev.menura.policy.load;

import dev.menura.policy.PasswordHash;
import dev.menura.policy.PasswordHash.Kind;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.SourceFile;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A file of users and password hashes, in the form of Apache's `htpasswd`: `user:hash` in each
/// line, `#` before a comment. Only hashes that are slow to try are taken. No issue shows a line of
/// it.
final class PasswordFile {
  /// How many users a file may hold.
  static final int USERS_MAX = 100_000;

  /// What one verification may cost, as powers of two, and how much it should at least.
  static final int BCRYPT_COST_MAX = 14;

  private static final int BCRYPT_COST_FAIR = 10;

  /// The memory, passes and lanes of one verification.
  static final int ARGON2_KIB_MAX = 256 * 1024;

  static final int ARGON2_PASSES_MAX = 16;
  static final int ARGON2_LANES_MAX = 16;

  private static final Pattern BCRYPT =
      Pattern.compile("\\$2[aby]\\$([0-9]{2})\\$[./A-Za-z0-9]{53}");
  private static final Pattern ARGON2 =
      Pattern.compile(
          "\\$argon2(?:i|d|id)\\$v=(?:16|19)\\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,3})"
              + "\\$([A-Za-z0-9+/]{11,128})\\$([A-Za-z0-9+/]{16,256})");

  private PasswordFile() {}

  /// The file's text; where it is none, no part of it is shown either.
  static Optional<SourceFile> decode(String name, byte[] bytes, Issues issues) {
    Optional<SourceFile> file = SourceFile.decode(name, bytes, new Issues());
    if (file.isEmpty()) {
      issues.error(name, "expected UTF-8 text, found other bytes");
    }
    return file;
  }

  static Map<String, PasswordHash> read(SourceFile file, Issues issues) {
    Map<String, PasswordHash> users = new LinkedHashMap<>();
    for (int line = 1; line <= file.lines(); line++) {
      String text = file.line(line);
      if (text.isBlank() || text.startsWith("#")) {
        continue;
      }
      int at = file.lineStart(line);
      int colon = text.indexOf(':');
      String user = text.substring(0, Math.max(colon, 0));
      if (colon < 0 || !UserNames.isUser(user)) {
        issues.hiddenError(
            file, at, "expected a user's name of 1 to 255 bytes, a colon and a hash");
        continue;
      }
      Optional<PasswordHash> hash =
          hash(
              text.substring(colon + 1).stripTrailing(),
              file,
              at + user.codePointCount(0, user.length()) + 1,
              issues);
      if (hash.isPresent() && users.putIfAbsent(user, hash.get()) != null) {
        issues.hiddenError(file, at, "the user '" + user + "' stands here twice");
      }
    }
    if (users.size() > USERS_MAX) {
      issues.error(file.name(), "expected at most " + USERS_MAX + " users, found more");
    }
    if (users.isEmpty()) {
      issues.error(file.name(), "expected a user, found none");
    }
    return users;
  }

  private static Optional<PasswordHash> hash(String text, SourceFile file, int at, Issues issues) {
    Matcher bcrypt = BCRYPT.matcher(text);
    if (bcrypt.matches()) {
      int cost = Integer.parseInt(bcrypt.group(1));
      if (cost < 4 || cost > BCRYPT_COST_MAX) {
        issues.hiddenError(
            file, at, "expected a bcrypt cost from 4 to " + BCRYPT_COST_MAX + ", found " + cost);
        return Optional.empty();
      }
      if (cost < BCRYPT_COST_FAIR) {
        issues.hiddenWarning(
            file,
            at,
            "the bcrypt cost " + cost + " is low; 'htpasswd -B -C 12' makes a stronger hash");
      }
      return Optional.of(new PasswordHash(Kind.BCRYPT, text));
    }
    Matcher argon2 = ARGON2.matcher(text);
    if (argon2.matches() && isBase64(argon2.group(4)) && isBase64(argon2.group(5))) {
      int kib = Integer.parseInt(argon2.group(1));
      int passes = Integer.parseInt(argon2.group(2));
      int lanes = Integer.parseInt(argon2.group(3));
      boolean sound =
          lanes >= 1
              && lanes <= ARGON2_LANES_MAX
              && passes >= 1
              && passes <= ARGON2_PASSES_MAX
              && kib >= 8 * lanes
              && kib <= ARGON2_KIB_MAX;
      if (!sound) {
        issues.hiddenError(
            file,
            at,
            "expected an argon2 hash of at most m="
                + ARGON2_KIB_MAX
                + ",t="
                + ARGON2_PASSES_MAX
                + ",p="
                + ARGON2_LANES_MAX
                + ", found m="
                + kib
                + ",t="
                + passes
                + ",p="
                + lanes);
        return Optional.empty();
      }
      return Optional.of(new PasswordHash(Kind.ARGON2, text));
    }
    issues.hiddenError(
        file, at, "expected a hash by bcrypt ('htpasswd -B') or argon2, found " + found(text));
    return Optional.empty();
  }

  /// What a hash seems to be, without its text.
  private static String found(String text) {
    if (text.isEmpty()) {
      return "nothing";
    }
    if (text.startsWith("$2")) {
      return "a broken bcrypt hash";
    }
    if (text.startsWith("$argon2")) {
      return "a broken argon2 hash";
    }
    if (text.startsWith("$apr1$") || text.startsWith("$1$")) {
      return "one by MD5";
    }
    if (text.startsWith("{SHA}") || text.startsWith("{SSHA}")) {
      return "one by SHA-1";
    }
    if (text.startsWith("$5$") || text.startsWith("$6$")) {
      return "one by SHA-2 crypt";
    }
    return "one by crypt, or no hash";
  }

  private static boolean isBase64(String text) {
    try {
      return Base64.getDecoder().decode(text).length >= 8;
    } catch (IllegalArgumentException _) {
      return false;
    }
  }
}
