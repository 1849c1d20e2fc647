package dev.menura.controlplane;

import com.github.xds.type.matcher.v3.Matcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherList;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.FieldMatcher;
import com.github.xds.type.matcher.v3.Matcher.MatcherList.Predicate;
import com.github.xds.type.matcher.v3.Matcher.OnMatch;
import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.menura.policy.Formula;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.ExtensionConfigSource;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.common.matcher.action.v3.SkipFilter;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.MetadataOptions;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The two ext_proc filters, of which at most one runs for a request: one that holds the head back
/// and streams the body, and one that sends the head alone. Neither runs where the gate has allowed
/// all requests of the connection already, or where the policy's clearance says that this one is
/// allowed. They are delivered by ECDS, because the first one's matcher names the policy's version:
/// a connection that was admitted under an older policy always gets the filter that can see
/// everything.
///
/// Envoy puts the two in force one after the other. So the mode's version is in the first one's
/// matcher alone, and the second runs wherever the first has not. The clearance is in both, each
/// with the version of the policy that it was made from: where they differ, one of the two runs.
final class ExchangeFilters {
  static final String BODIES = "menura.exchange.bodies";
  static final String HEADERS = "menura.exchange.headers";

  /// How long Envoy waits for one answer. Answers may be withheld while bodies stream in full
  /// duplex; this bounds the silence of a sidecar that hangs.
  private static final Duration MESSAGE_TIMEOUT = Typed.seconds(10);

  /// What the client is answered where the sidecar is not reached, instead of Envoy's 500.
  private static final Struct UNAVAILABLE =
      Struct.newBuilder()
          .putFields(
              "status_on_error",
              Value.newBuilder()
                  .setStructValue(
                      Struct.newBuilder().putFields("code", Typed.text("ServiceUnavailable")))
                  .build())
          .build();

  private ExchangeFilters() {}

  /// The filters of a policy version, by name.
  ///
  /// @param clearance tells which requests the policy allows, empty where nothing can be told
  static Map<String, TypedExtensionConfig> of(String policyVersion, Optional<Formula> clearance) {
    var reasons = new ArrayList<>(List.of(stateIs(Wire.MODE_TUNNEL), stateIs(Wire.MODE_UNDECIDED)));
    clearance.ifPresent(formula -> reasons.add(Cleared.by(policyVersion, formula)));
    var unasked = any(reasons.toArray(Predicate[]::new));
    return Map.of(
        BODIES,
        skipping(
            BODIES,
            any(
                stateIs(Wire.mode(policyVersion, Wire.MODE_HEADERS)),
                stateIs(Wire.mode(policyVersion, Wire.MODE_SETTLED)),
                unasked),
            filter(Wire.MODE_BODIES)),
        HEADERS,
        skipping(
            HEADERS,
            any(
                // Every id has a slash.
                FilterState.contains(Wire.EXCHANGE, "/"),
                FilterState.endsWith(Wire.MODE, Wire.mode("", Wire.MODE_SETTLED)),
                unasked),
            filter(Wire.MODE_HEADERS)));
  }

  /// What a listener holds in their place. In between, filter state says whether the first has run.
  static List<HttpFilter> references() {
    return List.of(
        reference(BODIES),
        HttpConnections.filter(
            "menura.seen",
            Config.newBuilder().addOnRequestHeaders(FilterState.exchangeBegun()).build()),
        reference(HEADERS));
  }

  private static HttpFilter reference(String name) {
    return HttpFilter.newBuilder()
        .setName(name)
        .setConfigDiscovery(
            ExtensionConfigSource.newBuilder()
                .setConfigSource(
                    ConfigSource.newBuilder()
                        .setResourceApiVersion(ApiVersion.V3)
                        .setInitialFetchTimeout(Typed.seconds(0))
                        .setAds(AggregatedConfigSource.getDefaultInstance()))
                .addTypeUrls(
                    "type.googleapis.com/" + ExtensionWithMatcher.getDescriptor().getFullName()))
        .build();
  }

  private static ExternalProcessor filter(String mode) {
    var processing =
        ProcessingMode.newBuilder()
            .setRequestHeaderMode(HeaderSendMode.SEND)
            .setResponseHeaderMode(HeaderSendMode.SEND);
    if (mode.equals(Wire.MODE_BODIES)) {
      // The answer to the request's head may come after pieces of its body have; Envoy then ignores
      // a mode override in
      // it, so that the bodies of responses have to come unasked.
      processing
          .setRequestBodyMode(BodySendMode.FULL_DUPLEX_STREAMED)
          .setRequestTrailerMode(HeaderSendMode.SEND)
          .setResponseBodyMode(BodySendMode.FULL_DUPLEX_STREAMED)
          .setResponseTrailerMode(HeaderSendMode.SEND);
    } else {
      processing
          .setRequestBodyMode(BodySendMode.NONE)
          .setRequestTrailerMode(HeaderSendMode.SKIP)
          .setResponseBodyMode(BodySendMode.NONE)
          .setResponseTrailerMode(HeaderSendMode.SKIP);
    }
    return ExternalProcessor.newBuilder()
        .setGrpcService(
            Sidecar.service(Sidecar.GATE_TIMEOUT, Map.of(Wire.EXCHANGE_MODE, mode)).toBuilder()
                .clearTimeout())
        .setFailureModeAllow(false)
        .setProcessingMode(processing)
        .setAllowModeOverride(true)
        .setMessageTimeout(MESSAGE_TIMEOUT)
        .addRequestAttributes("filter_state['" + Wire.CONNECTION + "']")
        .setMetadataOptions(
            MetadataOptions.newBuilder()
                .setReceivingNamespaces(
                    MetadataOptions.MetadataNamespaces.newBuilder().addUntyped(Wire.METADATA)))
        .setStatPrefix(mode)
        .build();
  }

  private static TypedExtensionConfig skipping(
      String name, Predicate skip, ExternalProcessor filter) {
    var onMatch =
        OnMatch.newBuilder().setAction(Typed.xdsExtension("skip", SkipFilter.getDefaultInstance()));
    var matcher =
        Matcher.newBuilder()
            .setMatcherList(
                MatcherList.newBuilder()
                    .addMatchers(FieldMatcher.newBuilder().setPredicate(skip).setOnMatch(onMatch)));
    return Typed.extension(
        name,
        ExtensionWithMatcher.newBuilder()
            .setExtensionConfig(
                io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig.newBuilder()
                    .setName("envoy.filters.http.ext_proc")
                    .setTypedConfig(Typed.newer(filter, UNAVAILABLE)))
            .setXdsMatcher(matcher)
            .build());
  }

  private static Predicate stateIs(String value) {
    return FilterState.is(Wire.MODE, value);
  }

  private static Predicate any(Predicate... predicates) {
    return Predicate.newBuilder()
        .setOrMatcher(Predicate.PredicateList.newBuilder().addAllPredicate(List.of(predicates)))
        .build();
  }
}
