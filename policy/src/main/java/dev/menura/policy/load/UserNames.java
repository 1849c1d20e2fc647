package dev.menura.policy.load;

import dev.menura.policy.yaml.Type;
import dev.menura.policy.yaml.Types;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The names of users, groups and devices.
final class UserNames {
  private static final int USER_BYTES_MAX = 255;
  private static final int NAME_BYTES_MAX = 128;

  private UserNames() {}

  /// A colon would end the name in a client's credentials (RFC 7617 2).
  static boolean isUser(String text) {
    return isPrintable(text, USER_BYTES_MAX) && text.indexOf(':') < 0;
  }

  static boolean isGroup(String text) {
    return isPrintable(text, NAME_BYTES_MAX);
  }

  static Type<String> user() {
    return Types.text(
        "a user's name of at most " + USER_BYTES_MAX + " bytes, without a colon",
        text -> Optional.of(text).filter(UserNames::isUser));
  }

  static Type<String> name() {
    return Types.text(
        "a name of at most " + NAME_BYTES_MAX + " bytes",
        text -> Optional.of(text).filter(UserNames::isGroup));
  }

  private static boolean isPrintable(String text, int bytesMax) {
    return !text.isBlank()
        && text.getBytes(StandardCharsets.UTF_8).length <= bytesMax
        && text.equals(text.strip())
        && text.codePoints().noneMatch(UserNames::isUnprintable);
  }

  private static boolean isUnprintable(int point) {
    return Character.isISOControl(point)
        || Character.getType(point) == Character.SURROGATE
        || Character.getType(point) == Character.FORMAT
        || !Character.isDefined(point);
  }
}
