package dev.menura.extproc.inspect;

import dev.menura.policy.Facts;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The inspection of one body while it streams by. Not thread-safe: one scan belongs to one body.
///
/// Offsets count bytes of the body as it was sent, before any content coding is undone.
public interface BodyScan extends Facts.Body {
  /// Inspects the next bytes of the body. The buffer is read, never kept and never changed.
  ///
  /// @param last true where the body ends with these bytes
  void write(ByteBuffer chunk, boolean last);

  /// How many bytes, from the start of the body, can be let go: nothing in them belongs to a
  /// finding of these kinds, and nothing in them can become part of one, whatever follows. Never
  /// decreases for the same kinds, except that it stays where the first finding starts.
  long clearable(Set<String> kinds);

  /// Why the inspection of this body ended early. Once present the counts no longer say anything
  /// about what follows.
  Optional<Stop> stopped();

  List<Found> found();

  /// What can end the inspection of a body.
  enum Stop {
    INSPECTED_BYTES,
    DECOMPRESSED_BYTES,
    DECOMPRESSION_RATIO,
    /// The content coding is not one that can be undone.
    UNKNOWN_CODING,
    /// The body is not what its content coding says.
    MALFORMED_CODING
  }

  /// @param kind the detector's word, as `credit-card`
  /// @param count how many different values were found
  /// @param evidence masked, a few of the values at the most
  record Found(String kind, long count, List<String> evidence) {
    public Found {
      evidence = List.copyOf(evidence);
    }
  }
}
