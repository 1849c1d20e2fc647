package dev.menura.bench.compare;

import java.util.List;
import java.util.Locale;

/// What is wanted of one figure of a row.
record Goal(Column column, Bound bound, double value) {
  enum Bound {
    AT_LEAST("≥"),
    AT_MOST("≤");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }
  }

  static Goal atLeast(Column column, double value) {
    return new Goal(column, Bound.AT_LEAST, value);
  }

  static Goal atMost(Column column, double value) {
    return new Goal(column, Bound.AT_MOST, value);
  }

  boolean metBy(double found) {
    return switch (bound) {
      case AT_LEAST -> found >= value;
      case AT_MOST -> found <= value;
    };
  }

  String text() {
    return String.format(Locale.ROOT, "%s %s %s", column.title(), bound.sign, Column.text(value));
  }

  /// The goals of a case for one of Menura's policies.
  ///
  /// @param contender the policy's name
  static List<Goal> of(Case which, String contender) {
    return switch (contender) {
      // Neither needs content.
      case "certificates", "cleared" -> ofCertificates(which);
      case "headers" -> ofHeaders(which);
      case "bodies" -> ofBodies(which);
      default -> List.of();
    };
  }

  static List<Goal> ofStart(Contender contender) {
    return switch (contender) {
      case Menura menura when menura.cached() -> List.of(atMost(Column.SERVED, 900));
      case Menura _ -> List.of(atMost(Column.SERVED, 1_500));
      default -> List.of();
    };
  }

  static List<Goal> ofAttack(Contender contender) {
    return contender instanceof Menura
        ? List.of(atMost(Column.P99_RATIO, 2), atMost(Column.CLOSED, 0), atMost(Column.ERRORS, 0))
        : List.of();
  }

  static List<Goal> ofReload(Contender contender) {
    return contender instanceof Menura
        ? List.of(atMost(Column.P99_RATIO, 2), atMost(Column.CLOSED, 0), atMost(Column.ERRORS, 0))
        : List.of();
  }

  /// Of the clients without a proxy setting, beside those with one.
  static List<Goal> ofTransparent() {
    return List.of(atLeast(Column.OF_EXPLICIT, 1));
  }

  private static List<Goal> ofCertificates(Case which) {
    return switch (which) {
      case JSON -> List.of(atLeast(Column.OF_E, 0.90), atMost(Column.CPU_OF_E, 1.2));
      case NEW_CONNECTION -> List.of(atLeast(Column.OF_E, 0.95), atMost(Column.CPU_OF_E, 1.5));
      case FIRST_CONTACT, FIRST_CONTACTS -> ofFirstContacts(which);
      case POST_1K, POST_64K, UPLOAD, DOWNLOAD, HTTP2 -> List.of();
    };
  }

  private static List<Goal> ofHeaders(Case which) {
    return switch (which) {
      case JSON -> List.of(atLeast(Column.OF_E, 0.48), atMost(Column.CPU_OF_E, 2.8));
      case NEW_CONNECTION -> List.of(atLeast(Column.OF_E, 0.70));
      case FIRST_CONTACT, FIRST_CONTACTS -> ofFirstContacts(which);
      case POST_1K, POST_64K, UPLOAD, DOWNLOAD, HTTP2 -> List.of();
    };
  }

  private static List<Goal> ofBodies(Case which) {
    return switch (which) {
      case JSON, POST_1K -> List.of(atLeast(Column.OF_E, 0.40), atMost(Column.CPU_OF_E, 3.4));
      case UPLOAD -> List.of(atLeast(Column.OF_E, 0.40));
      case NEW_CONNECTION -> List.of(atLeast(Column.OF_E, 0.70));
      case FIRST_CONTACT, FIRST_CONTACTS -> ofFirstContacts(which);
      case POST_64K, DOWNLOAD, HTTP2 -> List.of();
    };
  }

  private static List<Goal> ofFirstContacts(Case which) {
    return which == Case.FIRST_CONTACT
        ? List.of(atMost(Column.FIRST_BYTE_OF_E, 2.2))
        : List.of(atLeast(Column.OF_E, 0.42));
  }
}
