package dev.menura.certificates.authority;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Finds the slot of a token by the token's label. Java's provider takes a slot's number only, and
/// a number changes when tokens come and go: signing in to a wrong one could lock it.
@SuppressWarnings("restricted") // the module is native code, and so is whatever the operator names
final class TokenSlots {
  private static final long OK = 0;
  private static final long ALREADY_INITIALIZED = 0x191;
  private static final int SLOTS_MAX = 256;
  private static final int LABEL_LENGTH = 32;

  /// More than CK_TOKEN_INFO takes on any platform.
  private static final int TOKEN_INFO_BYTES = 1024;

  private final MethodHandle initialize;
  private final MethodHandle slotList;
  private final MethodHandle tokenInfo;

  private TokenSlots(SymbolLookup symbols) {
    var linker = Linker.nativeLinker();
    this.initialize =
        linker.downcallHandle(
            symbols.findOrThrow("C_Initialize"), FunctionDescriptor.of(JAVA_LONG, ADDRESS));
    this.slotList =
        linker.downcallHandle(
            symbols.findOrThrow("C_GetSlotList"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_BYTE, ADDRESS, ADDRESS));
    this.tokenInfo =
        linker.downcallHandle(
            symbols.findOrThrow("C_GetTokenInfo"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS));
  }

  /// The number of the slot that holds the token.
  ///
  /// @throws AuthorityException where the library cannot be used, or no token or several have this
  ///   label
  static long find(Path library, String label) throws AuthorityException {
    try (var arena = Arena.ofConfined()) {
      // The library stays loaded: Java's provider uses it too.
      var symbols = SymbolLookup.libraryLookup(library, Arena.global());
      return new TokenSlots(symbols).find(arena, library, label);
    } catch (IllegalArgumentException | java.util.NoSuchElementException e) {
      throw new AuthorityException(library + ": expected a PKCS#11 module: " + e.getMessage(), e);
    }
  }

  private long find(Arena arena, Path library, String label) throws AuthorityException {
    long started = call(initialize, MemorySegment.NULL);
    if (started != OK && started != ALREADY_INITIALIZED) {
      throw failed(library, "C_Initialize", started);
    }
    var count = arena.allocate(JAVA_LONG);
    // To ask for the number alone makes the module look which slots there are now (PKCS#11 5.5).
    var _ = call(slotList, (byte) 1, MemorySegment.NULL, count);
    count.set(JAVA_LONG, 0, SLOTS_MAX);
    var slots = arena.allocate(JAVA_LONG, SLOTS_MAX);
    long listed = call(slotList, (byte) 1, slots, count);
    if (listed != OK) {
      throw failed(library, "C_GetSlotList", listed);
    }
    var found = new ArrayList<Long>();
    var labels = new ArrayList<String>();
    var info = arena.allocate(TOKEN_INFO_BYTES);
    for (int i = 0; i < count.get(JAVA_LONG, 0); i++) {
      long slot = slots.getAtIndex(JAVA_LONG, i);
      if (call(tokenInfo, slot, info) == OK) {
        String name = label(info);
        labels.add("'" + name + "'");
        if (name.equals(label)) {
          found.add(slot);
        }
      }
    }
    if (found.size() != 1) {
      throw new AuthorityException(
          library
              + ": expected one token with the label '"
              + label
              + "', found "
              + found.size()
              + "; the tokens are "
              + list(labels));
    }
    return found.getFirst();
  }

  private static String list(List<String> labels) {
    return labels.isEmpty() ? "none" : String.join(", ", labels);
  }

  private static String label(MemorySegment info) {
    byte[] bytes = info.asSlice(0, LABEL_LENGTH).toArray(JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8).strip();
  }

  private static long call(MethodHandle handle, Object... arguments) {
    try {
      return (long) handle.invokeWithArguments(arguments);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException("cannot call the PKCS#11 module", e);
    }
  }

  private static AuthorityException failed(Path library, String function, long code) {
    return new AuthorityException(
        library
            + ": expected the module to work, found "
            + function
            + " to fail with 0x"
            + Long.toHexString(code));
  }
}
