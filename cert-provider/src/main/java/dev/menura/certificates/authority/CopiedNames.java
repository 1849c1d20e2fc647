package dev.menura.certificates.authority;

import dev.menura.certificates.x509.AlternativeNames;
import dev.menura.certificates.x509.OriginName;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.bouncycastle.asn1.x509.GeneralName;

/// Which names of an original a mimic carries; where it cannot carry all, that is counted.
final class CopiedNames {
  private final MintLimits limits;
  private final Counter shortened;

  CopiedNames(MintLimits limits, MeterRegistry registry) {
    this.limits = limits;
    this.shortened = registry.counter("menura.certificates.names.left.out");
  }

  List<GeneralName> of(AlternativeNames names, OriginName asked) {
    List<GeneralName> copied = names.copied(asked, limits.namesMax(), limits.namesBytesMax());
    if (copied.size() < names.count()) {
      shortened.increment();
    }
    return copied;
  }
}
