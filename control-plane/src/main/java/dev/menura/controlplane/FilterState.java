package dev.menura.controlplane;

import com.github.xds.core.v3.TypedExtensionConfig;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import com.github.xds.type.matcher.v3.StringMatcher;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue;
import io.envoyproxy.envoy.extensions.filters.common.set_filter_state.v3.FilterStateValue.SharedWithUpstream;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.FilterStateInput;
import java.util.List;

/// The filter-state values that carry what a gate learnt onwards: set from the dynamic metadata of
/// its answer, shared with every internal connection upstream. A client cannot set them.
final class FilterState {
  static final String STRING_FACTORY = "envoy.string";

  /// Objects made by this factory keep connection pools apart.
  static final String HASHABLE_FACTORY = "envoy.hashable_string";

  /// Read by clusters of type ORIGINAL_DST in place of the connection's own destination.
  static final String ORIGINAL_DST_ADDRESS = "envoy.network.transport_socket.original_dst_address";

  /// Read by the certificate mapper of [UpstreamTls#presenting].
  static final String SECRET_ON_DEMAND = "envoy.tls.certificate_mappers.on_demand_secret";

  private FilterState() {}

  /// What is known before the gate at CONNECT has answered.
  static FilterStateValue beforeConnect() {
    return fixed(Wire.MODE, Wire.MODE_UNDECIDED);
  }

  /// What the gate at CONNECT hands on.
  static List<FilterStateValue> afterConnect(String metadataNamespace) {
    return List.of(
        fixed(Wire.MODE, Wire.MODE_ADMITTED),
        value(Wire.CONNECTION, STRING_FACTORY, metadataNamespace, Wire.CONNECTION),
        value(Wire.MODE, STRING_FACTORY, metadataNamespace, Wire.MODE),
        value(Wire.TARGET, STRING_FACTORY, metadataNamespace, Wire.TARGET),
        value(Wire.POOL, HASHABLE_FACTORY, metadataNamespace, Wire.POOL),
        value(ORIGINAL_DST_ADDRESS, ORIGINAL_DST_ADDRESS, metadataNamespace, Wire.ADDRESS));
  }

  /// What the gate that saw the ClientHello hands on.
  static List<FilterStateValue> afterHello(String metadataNamespace) {
    return List.of(
        value(Wire.CONNECTION, STRING_FACTORY, metadataNamespace, Wire.CONNECTION),
        value(Wire.MODE, STRING_FACTORY, metadataNamespace, Wire.MODE),
        note(metadataNamespace),
        value(Wire.CLASS, STRING_FACTORY, metadataNamespace, Wire.CLASS),
        value(SECRET_ON_DEMAND, HASHABLE_FACTORY, metadataNamespace, Wire.CLIENT_CERTIFICATE),
        value(ORIGINAL_DST_ADDRESS, ORIGINAL_DST_ADDRESS, metadataNamespace, Wire.ADDRESS));
  }

  /// What the gate of transparent connections hands on, which is the first and the second at once.
  static List<FilterStateValue> afterDialled(String metadataNamespace) {
    return List.of(
        value(Wire.CONNECTION, STRING_FACTORY, metadataNamespace, Wire.CONNECTION),
        value(Wire.MODE, STRING_FACTORY, metadataNamespace, Wire.MODE),
        note(metadataNamespace),
        value(Wire.CLASS, STRING_FACTORY, metadataNamespace, Wire.CLASS),
        value(SECRET_ON_DEMAND, HASHABLE_FACTORY, metadataNamespace, Wire.CLIENT_CERTIFICATE),
        value(Wire.TARGET, STRING_FACTORY, metadataNamespace, Wire.TARGET),
        value(Wire.POOL, HASHABLE_FACTORY, metadataNamespace, Wire.POOL),
        value(ORIGINAL_DST_ADDRESS, ORIGINAL_DST_ADDRESS, metadataNamespace, Wire.ADDRESS));
  }

  private static FilterStateValue fixed(String key, String text) {
    return FilterStateValue.newBuilder()
        .setObjectKey(key)
        .setFactoryKey(STRING_FACTORY)
        .setFormatString(Typed.format(text))
        .setSharedWithUpstream(SharedWithUpstream.TRANSITIVE)
        .build();
  }

  private static FilterStateValue value(
      String key, String factory, String metadataNamespace, String metadataKey) {
    return FilterStateValue.newBuilder()
        .setObjectKey(key)
        .setFactoryKey(factory)
        .setFormatString(
            Typed.format("%DYNAMIC_METADATA(" + metadataNamespace + ":" + metadataKey + ")%"))
        .setSharedWithUpstream(SharedWithUpstream.TRANSITIVE)
        .setSkipIfEmpty(true)
        .build();
  }

  /// Not set at all where the gate has noted nothing.
  private static FilterStateValue note(String metadataNamespace) {
    return value(Wire.NOTE, STRING_FACTORY, metadataNamespace, Wire.NOTE).toBuilder()
        .setFormatString(
            Typed.format("%DYNAMIC_METADATA(" + metadataNamespace + ":" + Wire.NOTE + ")%")
                .toBuilder()
                .setOmitEmptyValues(true))
        .build();
  }

  /// True where the value of this key holds this.
  static Predicate contains(String key, String part) {
    return matching(key, StringMatcher.newBuilder().setContains(part));
  }

  /// True where the value of this key begins with this.
  static Predicate startsWith(String key, String start) {
    return matching(key, StringMatcher.newBuilder().setPrefix(start));
  }

  /// True where the value of this key is exactly this one.
  static Predicate is(String key, String value) {
    return matching(key, StringMatcher.newBuilder().setExact(value));
  }

  private static Predicate matching(String key, StringMatcher.Builder matcher) {
    return Predicate.newBuilder()
        .setSinglePredicate(
            Predicate.SinglePredicate.newBuilder().setInput(input(key)).setValueMatch(matcher))
        .build();
  }

  /// The value of this key, for a matcher.
  static TypedExtensionConfig input(String key) {
    return Typed.xdsExtension(
        "envoy.matching.inputs.filter_state", FilterStateInput.newBuilder().setKey(key).build());
  }
}
