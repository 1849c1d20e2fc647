package dev.menura.certificates.upstream;

import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/// What is wrong with cipher suites that are not spoken, the least grave first.
enum Weakness {
  NO_AEAD("suites without authenticated encryption"),
  DIFFIE_HELLMAN("Diffie-Hellman"),
  NO_FORWARD_SECRECY("suites without forward secrecy"),
  TRIPLE_DES("3DES"),
  DES("DES"),
  RC4("RC4"),
  NO_CERTIFICATE("anonymous suites"),
  EXPORT_KEYS("export suites"),
  NO_ENCRYPTION("suites without encryption");

  private static final Map<Weakness, int[]> SUITES = new EnumMap<>(Weakness.class);

  static {
    put(NO_AEAD, 0xC009, 0xC00A, 0xC023, 0xC024, 0xC027, 0xC028);
    put(
        DIFFIE_HELLMAN,
        0x0032,
        0x0033,
        0x0038,
        0x0039,
        0x0040,
        0x0067,
        0x006A,
        0x006B,
        0x009E,
        0x009F,
        0x00A2,
        0x00A3,
        0xCCAA);
    put(NO_FORWARD_SECRECY, 0x0007, 0x003C, 0x003D, 0x0041, 0x0084, 0x0096, 0xC09C, 0xC09D);
    put(TRIPLE_DES, 0x000A, 0x0013, 0x0016, 0xC008, 0xC012);
    put(DES, 0x0009, 0x0012, 0x0015);
    put(RC4, 0x0004, 0x0005, 0xC007, 0xC011);
    put(
        NO_CERTIFICATE,
        0x0018,
        0x001A,
        0x001B,
        0x0034,
        0x003A,
        0x006C,
        0x006D,
        0x00A6,
        0x00A7,
        0xC016,
        0xC017,
        0xC018,
        0xC019);
    put(
        EXPORT_KEYS,
        0x0003,
        0x0006,
        0x0008,
        0x000B,
        0x000E,
        0x0011,
        0x0014,
        0x0017,
        0x0019,
        0x0060,
        0x0061,
        0x0062,
        0x0063,
        0x0064,
        0x0065);
    put(NO_ENCRYPTION, 0x0001, 0x0002, 0x003B, 0xC006, 0xC010, 0xC015);
  }

  private final String words;

  Weakness(String words) {
    this.words = words;
  }

  private static void put(Weakness weakness, int... suites) {
    SUITES.put(weakness, suites);
  }

  /// What is wrong with a suite; empty where nothing is known.
  static Optional<Weakness> of(int suite) {
    return SUITES.entrySet().stream()
        .filter(entry -> IntStream.of(entry.getValue()).anyMatch(one -> one == suite))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /// All suites that are not spoken, the soundest first.
  static int[] suites() {
    return SUITES.values().stream().flatMapToInt(IntStream::of).toArray();
  }

  String words() {
    return words;
  }
}
