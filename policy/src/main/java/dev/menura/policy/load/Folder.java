package dev.menura.policy.load;

import dev.menura.policy.PolicySource;
import dev.menura.policy.yaml.Issues;
import dev.menura.policy.yaml.Quantity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/// The files of a policy, each read once, and the hash of all that was read.
final class Folder {
  /// How large a document may be.
  static final int DOCUMENT_MAX = 8 << 20;

  /// How large a file that a document names may be.
  static final int FILE_MAX = 64 << 20;

  /// How many documents a folder may hold.
  static final int DOCUMENTS_MAX = 1000;

  private static final int VERSION_LENGTH = 12;

  private final PolicySource source;
  private final Map<String, byte[]> hashes = new TreeMap<>();

  Folder(PolicySource source) {
    this.source = source;
  }

  /// The names of the documents, in order.
  List<String> documents(Issues issues) {
    try {
      List<String> names = source.documents().stream().sorted().distinct().toList();
      if (names.size() > DOCUMENTS_MAX) {
        issues.error("the folder", "expected at most " + DOCUMENTS_MAX + " documents, found more");
        return List.of();
      }
      return names;
    } catch (IOException e) {
      issues.error("the folder", "cannot be read: " + reason(e));
      return List.of();
    }
  }

  Optional<byte[]> document(String name, Issues issues) {
    return read(name, DOCUMENT_MAX, message -> issues.error(name, message));
  }

  /// Reads a file that a document names.
  ///
  /// @param wrong is told why it cannot be read
  Optional<byte[]> named(String name, Consumer<String> wrong) {
    return read(name, FILE_MAX, message -> wrong.accept("the file '" + name + "' " + message));
  }

  private Optional<byte[]> read(String name, int max, Consumer<String> wrong) {
    hashes.putIfAbsent(name, new byte[0]); // a missing file is watched too
    try {
      byte[] bytes = source.read(name, max + 1);
      if (bytes.length > max) {
        wrong.accept("is larger than " + Quantity.shownSize(max));
        return Optional.empty();
      }
      hashes.put(name, sha256().digest(bytes));
      return Optional.of(bytes);
    } catch (IOException e) {
      wrong.accept("cannot be read: " + reason(e));
      return Optional.empty();
    }
  }

  Set<String> files() {
    return hashes.keySet();
  }

  /// The hash of all files that were read, their names included.
  String version() {
    MessageDigest digest = sha256();
    hashes.forEach((name, hash) -> {
      byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
      digest.update(sha256().digest(bytes));
      digest.update(hash);
    });
    return HexFormat.of().formatHex(digest.digest()).substring(0, VERSION_LENGTH);
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "there is no such file";
      case AccessDeniedException _ -> "no permission";
      default -> String.valueOf(e.getMessage());
    };
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
