package dev.menura.extproc.inspect;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The content codings that can be undone, by the names that `content-encoding` gives them.
final class Codings {
  private static final Logger LOG = LoggerFactory.getLogger(Codings.class);
  private static final String UNAVAILABLE =
      "no decoder for this platform, bodies in this coding count as not known";

  /// How many codings one body may have on top of each other.
  static final int STACK_MAX = 3;

  private static final Map<String, Supplier<Coding>> KNOWN = known();

  private Codings() {}

  /// The codings in the order in which they are undone, which is the reverse of the one in which
  /// they are listed (RFC 9110 8.4). Empty where one of them is not known, or there are too many.
  static Optional<List<Supplier<Coding>>> of(String contentEncoding) {
    List<Supplier<Coding>> codings = new ArrayList<>();
    for (String token : contentEncoding.split(",", -1)) {
      String name = token.strip().toLowerCase(Locale.ROOT);
      if (name.isEmpty() || name.equals("identity")) {
        continue;
      }
      @Nullable Supplier<Coding> coding = KNOWN.get(name);
      if (coding == null || codings.size() == STACK_MAX) {
        return Optional.empty();
      }
      codings.addFirst(coding);
    }
    return Optional.of(codings);
  }

  private static Map<String, Supplier<Coding>> known() {
    Map<String, Supplier<Coding>> known = new HashMap<>();
    known.put("gzip", GzipCoding::new);
    known.put("x-gzip", GzipCoding::new); // RFC 9110 8.4.1.3
    known.put("deflate", DeflateCoding::new);
    if (BrotliCoding.isAvailable()) {
      known.put("br", BrotliCoding::new);
    } else {
      LOG.atWarn().addKeyValue("coding", "br").log(UNAVAILABLE);
    }
    if (ZstdCoding.isAvailable()) {
      known.put("zstd", ZstdCoding::new);
    } else {
      LOG.atWarn().addKeyValue("coding", "zstd").log(UNAVAILABLE);
    }
    return Map.copyOf(known);
  }
}
