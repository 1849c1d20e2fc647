package dev.menura.e2e;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// A body in two pieces, neither of them empty.
final class Pieces {
  final byte[] first;
  final byte[] second;

  private Pieces(byte[] first, byte[] second) {
    this.first = first;
    this.second = second;
  }

  static Pieces of(byte[] body, int cut) {
    return new Pieces(Arrays.copyOf(body, cut), Arrays.copyOfRange(body, cut, body.length));
  }

  /// The body cut at each of its bytes.
  static List<Pieces> everywhere(byte[] body) {
    return IntStream.range(1, body.length).mapToObj(cut -> of(body, cut)).toList();
  }

  /// The text cut inside the number that it holds, at each byte, and right in front of and behind
  /// it. Where there is a coding, the first piece decodes to all of the text in front of the cut.
  static List<Pieces> inside(CardText text, ContentCoding coding) {
    var all = new ArrayList<Pieces>();
    for (int cut = text.from(); cut <= text.to(); cut++) {
      all.add(coding.flushedAt(cut, text.bytes()));
    }
    return all;
  }

  byte[] whole() {
    var whole = Arrays.copyOf(first, length());
    System.arraycopy(second, 0, whole, first.length, second.length);
    return whole;
  }

  int length() {
    return first.length + second.length;
  }

  @Override
  public String toString() {
    return "cut at " + first.length + " of " + length() + " bytes";
  }
}
