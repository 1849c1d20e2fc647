package dev.menura.certificates.path;

import java.util.Arrays;
import java.util.Optional;

/// Which rules a chain is held to, chosen by the anchor that it leads to.
public enum Profile {
  /// Every rule, form included: for roots of the public web.
  WEBPKI_STRICT("webpki-strict"),
  /// All rules but those of [FormRule]: for roots of companies, whose certificates are often not in
  /// form.
  PRIVATE_CA("private-ca");

  private final String word;

  Profile(String word) {
    this.word = word;
  }

  /// The word that the `Gateway` document uses.
  public String word() {
    return word;
  }

  public static Optional<Profile> named(String word) {
    return Arrays.stream(values()).filter(profile -> profile.word.equals(word)).findFirst();
  }

  boolean applies(FormRule rule) {
    return switch (this) {
      case WEBPKI_STRICT -> rule != null;
      case PRIVATE_CA -> false;
    };
  }
}
