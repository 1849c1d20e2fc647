package dev.menura.policy.load;

import dev.menura.policy.Gateway.PinnedClients;
import dev.menura.policy.yaml.Field;
import dev.menura.policy.yaml.Quantity;
import dev.menura.policy.yaml.Shape;
import dev.menura.policy.yaml.Types;
import java.time.Duration;
import java.util.List;

/// The keys below `pinned-clients` in the `Gateway` document.
final class PinnedClientsShape {
  private static final PinnedClients STANDARD = PinnedClients.STANDARD;

  /// As many clients of one host as are told apart.
  private static final int CLIENTS_MAX = 100;

  private static final Field<Integer> PROPOSE_AFTER =
      Field.withDefault(
          "propose-after",
          Types.whole(1, CLIENTS_MAX),
          STANDARD.proposeAfter(),
          Integer.toString(STANDARD.proposeAfter()),
          "How many different clients must have rejected the certificate that stands for a host"
              + " before the host is proposed for passthrough.");

  private static final Field<Duration> WITHIN =
      Field.withDefault(
          "within",
          Quantity.duration(Duration.ofSeconds(1), Duration.ofDays(7)),
          STANDARD.within(),
          Quantity.shownDuration(STANDARD.within()),
          "In what time they must have done so.");

  private static final Field<Duration> EXEMPT_FOR =
      Field.optional(
          "exempt-for",
          Quantity.duration(Duration.ofSeconds(1), Duration.ofDays(30)),
          "How long such a host is passed through by itself, where no rule could block or change"
              + " what passes. Left out: it is only proposed.");

  static final Field<PinnedClients> PINNED_CLIENTS =
      Field.withDefault(
          "pinned-clients",
          Shape.of(
              List.of(PROPOSE_AFTER, WITHIN, EXEMPT_FOR),
              found ->
                  new PinnedClients(
                      found.get(PROPOSE_AFTER), found.get(WITHIN), found.optional(EXEMPT_FOR))),
          STANDARD,
          "",
          "What is done about hosts whose clients reject our certificates, as programs that know"
              + " their origin's certificate do.");

  private PinnedClientsShape() {}
}
