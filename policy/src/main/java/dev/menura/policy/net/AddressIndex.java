package dev.menura.policy.net;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/// Finds the numbers that blocks of addresses were filed under, by one hash look-up for each prefix
/// length in use. Filled first, then only read.
public final class AddressIndex {
  /// The first bits of an address.
  ///
  /// @param size the address's length in bytes
  private record Prefix(int size, long high, long low) {
    static Prefix of(byte[] address, int bits) {
      ByteBuffer buffer = ByteBuffer.wrap(java.util.Arrays.copyOf(address, 16));
      long high = buffer.getLong() & mask(bits);
      long low = buffer.getLong() & mask(bits - 64);
      return new Prefix(address.length, high, low);
    }

    private static long mask(int bits) {
      return bits <= 0 ? 0 : bits >= 64 ? -1L : -1L << (64 - bits);
    }
  }

  private final NavigableMap<Integer, Map<Prefix, List<Integer>>> byLength = new TreeMap<>();

  /// Files a block under a number.
  public void add(Cidr block, int number) {
    List<Integer> numbers =
        byLength
            .computeIfAbsent(block.prefix(), _ -> new HashMap<>())
            .computeIfAbsent(
                Prefix.of(block.network().getAddress(), block.prefix()), _ -> new ArrayList<>(1));
    if (!numbers.contains(number)) {
      numbers.add(number);
    }
  }

  /// Passes the numbers of all blocks that hold an address, the smallest block's first.
  public void find(InetAddress address, IntConsumer found) {
    byte[] bytes = address.getAddress();
    byLength
        .descendingMap()
        .forEach((bits, blocks) ->
            blocks.getOrDefault(Prefix.of(bytes, bits), List.of()).forEach(found::accept));
  }
}
