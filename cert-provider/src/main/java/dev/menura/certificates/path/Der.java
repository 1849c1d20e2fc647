package dev.menura.certificates.path;

import java.util.Arrays;

/// The distinguished encoding rules (X.690 8 and 10), which leave one encoding for each value. What
/// the ASN.1 library lets pass is refused here: lengths that are not the shortest, lengths left
/// open, bytes behind the end, odd booleans and padded integers.
public final class Der {
  private static final int DEPTH_MAX = 32;
  private static final int CONSTRUCTED = 0x20;
  private static final int BOOLEAN = 1;
  private static final int INTEGER = 2;
  private static final int BIT_STRING = 3;
  private static final int OCTET_STRING = 4;
  private static final int NULL = 5;
  private static final int OID = 6;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;

  private final byte[] bytes;

  private Der(byte[] bytes) {
    this.bytes = bytes;
  }

  /// @throws MalformedException where the bytes are not exactly one value in DER
  public static void check(byte[] bytes) throws MalformedException {
    int end = new Der(bytes).value(0, bytes.length, 0);
    if (end != bytes.length) {
      throw new MalformedException("bytes follow its end");
    }
  }

  /// The first value inside a sequence, byte by byte as it was: signatures are over these bytes,
  /// not over what a library makes of them.
  static byte[] first(byte[] sequence) throws MalformedException {
    var der = new Der(sequence);
    int from = der.contentOf(0);
    return Arrays.copyOfRange(sequence, from, der.value(from, sequence.length, 0));
  }

  private int contentOf(int from) throws MalformedException {
    int first = at(from + 1, bytes.length);
    return from + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  /// Where the value that begins here ends.
  private int value(int from, int limit, int depth) throws MalformedException {
    if (depth > DEPTH_MAX) {
      throw new MalformedException("it is nested too deeply");
    }
    int tag = at(from, limit);
    int at = from + 1;
    if ((tag & 0x1f) == 0x1f) {
      throw new MalformedException("it holds a tag of more than one byte");
    }
    int first = at(at++, limit);
    int length = first;
    if (first == 0x80 || first > 0x84) {
      throw new MalformedException("it holds a length that is open or too long");
    }
    if (first > 0x80) {
      int count = first & 0x7f;
      long sum = 0;
      for (int i = 0; i < count; i++) {
        sum = (sum << 8) | at(at++, limit);
      }
      if (sum < 0x80 || (count > 1 && sum >> (8 * (count - 1)) == 0)) {
        throw new MalformedException("it holds a length that is not the shortest");
      }
      length = (int) Math.min(sum, Integer.MAX_VALUE);
    }
    if (length > limit - at) {
      throw new MalformedException("it ends too early");
    }
    int end = at + length;
    if ((tag & CONSTRUCTED) != 0) {
      inner(tag, at, end, depth);
    } else {
      primitive(tag, at, length);
    }
    return end;
  }

  private void inner(int tag, int from, int end, int depth) throws MalformedException {
    if ((tag & 0xc0) == 0 && tag != SEQUENCE && tag != SET) {
      throw new MalformedException("it holds a string in pieces");
    }
    for (int at = from; at < end; ) {
      at = value(at, end, depth + 1);
    }
  }

  private void primitive(int tag, int at, int length) throws MalformedException {
    boolean sound =
        switch (tag) {
          case BOOLEAN -> length == 1 && (bytes[at] == 0 || bytes[at] == (byte) 0xff);
          case INTEGER -> length > 0 && !isPadded(at, length);
          case BIT_STRING -> isBitString(at, length);
          case OCTET_STRING -> true;
          case NULL -> length == 0;
          case OID -> isOid(at, length);
          case SEQUENCE & ~CONSTRUCTED, SET & ~CONSTRUCTED -> false;
          default -> true;
        };
    if (!sound) {
      throw new MalformedException("it holds a value that is not in DER");
    }
  }

  private boolean isPadded(int at, int length) {
    return length > 1
        && ((bytes[at] == 0 && bytes[at + 1] >= 0) || (bytes[at] == -1 && bytes[at + 1] < 0));
  }

  private boolean isBitString(int at, int length) {
    if (length < 1) {
      return false;
    }
    int unused = bytes[at] & 0xff;
    return unused <= 7
        && (unused == 0 || (length > 1 && (bytes[at + length - 1] & ((1 << unused) - 1)) == 0));
  }

  private boolean isOid(int at, int length) {
    if (length < 1 || bytes[at + length - 1] < 0) {
      return false;
    }
    boolean start = true;
    for (int i = at; i < at + length; i++) {
      if (start && bytes[i] == (byte) 0x80) {
        return false;
      }
      start = bytes[i] >= 0;
    }
    return true;
  }

  private int at(int index, int limit) throws MalformedException {
    if (index >= limit) {
      throw new MalformedException("it ends too early");
    }
    return bytes[index] & 0xff;
  }
}
