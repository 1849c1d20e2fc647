package dev.menura.policy;

/// A place in one of the policy's files.
///
/// @param file the file's name, relative to the policy's folder
/// @param line counted from one; zero where the place is the file as a whole
/// @param column counted from one, in characters; zero where the place is the file as a whole
public record Place(String file, int line, int column) implements Comparable<Place> {
  public static Place of(String file) {
    return new Place(file, 0, 0);
  }

  @Override
  public int compareTo(Place other) {
    int byFile = file.compareTo(other.file);
    if (byFile != 0) {
      return byFile;
    }
    int byLine = Integer.compare(line, other.line);
    return byLine != 0 ? byLine : Integer.compare(column, other.column);
  }

  @Override
  public String toString() {
    return line == 0 ? file : file + ":" + line + ":" + column;
  }
}
