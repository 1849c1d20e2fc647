package dev.menura.certificates.secrets;

import com.google.protobuf.ByteString;
import dev.menura.certificates.authority.Leaf;
import dev.menura.certificates.x509.OriginName;
import io.envoyproxy.controlplane.cache.VersionedResource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.TlsCertificate;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The leaves of admitted names, in the order of their last admission, and the pinned secrets. Not
/// thread-safe. Methods that change what Envoy may have return the names as Envoy wrote them.
final class SecretStore {
  private static final int VERSION_LENGTH = 16;

  private final SecretLimits limits;
  private final Clock clock;
  private final Map<OriginName, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, VersionedResource<Secret>> pinned = new HashMap<>();

  SecretStore(SecretLimits limits, Clock clock) {
    this.limits = limits;
    this.clock = clock;
  }

  /// The leaf of one name. The secret's message is made when it is sent: this way a name takes
  /// little memory.
  private static final class Entry {
    final String original;
    final String certificatePem;
    final String keyPem;
    final String version;
    final Instant until;
    final Instant renewAt;
    final Set<String> spellings;
    final Instant made;
    Instant admitted;

    Entry(String original, Leaf leaf, Instant until, Set<String> spellings, Instant now) {
      this.original = original;
      this.certificatePem = leaf.certificatePem();
      this.keyPem = leaf.keyPem();
      this.version = leaf.fingerprint().substring(0, VERSION_LENGTH);
      this.until = until;
      this.renewAt = leaf.renewAt();
      this.spellings = spellings;
      this.made = now;
      this.admitted = now;
    }

    VersionedResource<Secret> as(String spelling) {
      return VersionedResource.create(
          Secret.newBuilder()
              .setName(spelling)
              .setTlsCertificate(
                  TlsCertificate.newBuilder()
                      .setCertificateChain(inline(certificatePem))
                      .setPrivateKey(inline(keyPem)))
              .build(),
          version);
    }

    private static DataSource inline(String text) {
      return DataSource.newBuilder().setInlineBytes(ByteString.copyFromUtf8(text)).build();
    }
  }

  /// Admits a name again, if its leaf is there, stands for this original and need not be renewed.
  boolean touch(OriginName name, String original) {
    Entry entry = entries.get(name);
    return entry != null && entry.original.equals(original) && admit(entry);
  }

  /// Admits a name again, if its leaf was put lately, whatever it stands for.
  boolean share(OriginName name) {
    Entry entry = entries.get(name);
    return entry != null
        && clock.instant().isBefore(entry.made.plus(limits.shareFor()))
        && admit(entry);
  }

  private boolean admit(Entry entry) {
    Instant now = clock.instant();
    boolean fresh = now.isBefore(entry.renewAt) && now.isBefore(entry.until);
    if (fresh) {
      entry.admitted = now;
    }
    return fresh;
  }

  /// @param until when it is served no longer
  Collection<String> put(OriginName name, String original, Leaf leaf, Instant until) {
    Entry former = entries.get(name);
    Set<String> spellings = former == null ? new HashSet<>() : former.spellings;
    entries.put(name, new Entry(original, leaf, until, spellings, clock.instant()));
    return List.copyOf(spellings);
  }

  /// Removes the name that was admitted longest ago, if there are more than allowed.
  Optional<Collection<String>> evict() {
    if (entries.size() <= limits.namesMax()) {
      return Optional.empty();
    }
    var eldest = entries.entrySet().iterator();
    Collection<String> spellings = eldest.next().getValue().spellings;
    eldest.remove();
    return Optional.of(spellings);
  }

  Collection<String> clear() {
    var spellings = new ArrayList<String>();
    entries.values().forEach(entry -> spellings.addAll(entry.spellings));
    entries.clear();
    return spellings;
  }

  /// Removes what has expired, and what was admitted and never asked for.
  Collection<String> sweep() {
    var spellings = new ArrayList<String>();
    entries
        .values()
        .removeIf(entry -> {
          boolean gone = !isServed(entry);
          if (gone) {
            spellings.addAll(entry.spellings);
          }
          return gone;
        });
    return spellings;
  }

  void pin(String name, Secret secret, String version) {
    pinned.put(name, VersionedResource.create(secret, version));
  }

  void unpin(String name) {
    pinned.remove(name);
  }

  boolean isPinned(String name) {
    return pinned.containsKey(name);
  }

  /// The secret for a name that Envoy asks for; null where it must not have one.
  @Nullable VersionedResource<Secret> ask(String spelling) {
    var fixed = pinned.get(spelling);
    if (fixed != null) {
      return fixed;
    }
    Entry entry = OriginName.parse(spelling).map(entries::get).orElse(null);
    if (entry == null || !isServed(entry)) {
      return null;
    }
    if (!entry.spellings.contains(spelling)) {
      if (entry.spellings.size() >= limits.spellingsMax()) {
        return null;
      }
      entry.spellings.add(spelling);
    }
    return entry.as(spelling);
  }

  /// The version of what Envoy may have under a name that it has asked for before; null where it
  /// may not have it any more.
  @Nullable String version(String spelling) {
    var fixed = pinned.get(spelling);
    if (fixed != null) {
      return fixed.version();
    }
    Entry entry = OriginName.parse(spelling).map(entries::get).orElse(null);
    return entry != null && isServed(entry) ? entry.version : null;
  }

  /// The names under which Envoy may have the leaf of this name, each with its version.
  Map<String, String> versions(OriginName name) {
    Entry entry = entries.get(name);
    return entry == null
        ? Map.of()
        : entry.spellings.stream()
            .collect(Collectors.toMap(Function.identity(), _ -> entry.version));
  }

  private boolean isServed(Entry entry) {
    Instant now = clock.instant();
    boolean lately = !now.isAfter(entry.admitted.plus(limits.askWithin()));
    return now.isBefore(entry.until) && (lately || !entry.spellings.isEmpty());
  }

  int size() {
    return entries.size();
  }
}
