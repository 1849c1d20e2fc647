package dev.menura.policy.yaml;

import dev.menura.policy.Place;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/// The text of one file, in characters that are Unicode code points.
public final class SourceFile {
  private static final int BYTE_ORDER_MARK = 0xfeff;

  private final String name;
  private final int[] text;
  private final int[] lineStarts;

  private SourceFile(String name, int[] text) {
    this.name = name;
    this.text = text;
    this.lineStarts = lineStarts(text);
  }

  /// Decodes a file, or reports the first byte that is not UTF-8. A byte order mark is left out.
  public static Optional<SourceFile> decode(String name, byte[] bytes, Issues issues) {
    CharBuffer chars = CharBuffer.allocate(bytes.length);
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, chars, true);
    int[] text = chars.flip().codePoints().toArray();
    if (text.length > 0 && text[0] == BYTE_ORDER_MARK) {
      text = Arrays.copyOfRange(text, 1, text.length);
    }
    SourceFile file = new SourceFile(name, text);
    if (result.isError()) {
      String found = String.format("the byte 0x%02x", bytes[in.position()] & 0xff);
      issues.error(file, text.length, "expected UTF-8 text, found " + found);
      return Optional.empty();
    }
    return Optional.of(file);
  }

  public String name() {
    return name;
  }

  int[] text() {
    return text;
  }

  String string() {
    return new String(text, 0, text.length);
  }

  /// The place of the character with this index.
  public Place place(int index) {
    int found = Arrays.binarySearch(lineStarts, index);
    int line = found >= 0 ? found : -found - 2;
    return new Place(name, line + 1, index - lineStarts[line] + 1);
  }

  /// The line with this number, counted from one; empty where there is none.
  public String line(int number) {
    if (number < 1 || number > lineStarts.length) {
      return "";
    }
    int start = lineStarts[number - 1];
    int end = number < lineStarts.length ? lineStarts[number] : text.length;
    while (end > start && (text[end - 1] == '\n' || text[end - 1] == '\r')) {
      end--;
    }
    return new String(text, start, end - start);
  }

  /// How many lines there are.
  public int lines() {
    return lineStarts.length;
  }

  /// The index of the first character of the line with this number, counted from one.
  public int lineStart(int number) {
    return lineStarts[number - 1];
  }

  private static int[] lineStarts(int[] text) {
    int[] starts = new int[16];
    int count = 1;
    for (int i = 0; i < text.length; i++) {
      boolean lineEnds =
          text[i] == '\n' || (text[i] == '\r' && (i + 1 == text.length || text[i + 1] != '\n'));
      if (lineEnds) {
        if (count == starts.length) {
          starts = Arrays.copyOf(starts, count * 2);
        }
        starts[count++] = i + 1;
      }
    }
    return Arrays.copyOf(starts, count);
  }
}
