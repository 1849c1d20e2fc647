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
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.Composite;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.MetadataOptions;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.BodySendMode;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ProcessingMode.HeaderSendMode;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The filter that asks the exchange about a request, which stands for two ext_proc filters of
/// which at most one runs: one that holds the head back and streams the body, and one that sends
/// the head alone. Neither runs where the gate has allowed all requests of the connection already,
/// or where the policy's clearance says that this one is allowed. One matcher picks, once for each
/// request, and what it knows nothing of gets the filter that sees everything.
///
/// It is delivered by ECDS, because the matcher names the policy's version: a connection that was
/// admitted under another policy gets the filter that sees everything, too.
final class ExchangeFilters {
  static final String NAME = "menura.exchange";

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

  private static final OnMatch SKIP =
      OnMatch.newBuilder()
          .setAction(Typed.xdsExtension("skip", SkipFilter.getDefaultInstance()))
          .build();

  private ExchangeFilters() {}

  /// The filter of a policy version.
  ///
  /// @param clearance tells which requests the policy allows, empty where nothing can be told
  static TypedExtensionConfig of(String policyVersion, Optional<Formula> clearance) {
    var unasked =
        new ArrayList<>(
            List.of(
                stateIs(Wire.MODE_TUNNEL),
                stateIs(Wire.mode(policyVersion, Wire.MODE_SETTLED)),
                stateIs(Wire.MODE_UNDECIDED)));
    clearance.ifPresent(formula -> unasked.add(Cleared.by(policyVersion, formula)));
    var heads = stateIs(Wire.mode(policyVersion, Wire.MODE_HEADERS));
    var matcher =
        Matcher.newBuilder()
            .setMatcherList(
                MatcherList.newBuilder()
                    .addMatchers(matching(any(unasked), SKIP))
                    .addMatchers(matching(heads, running(Wire.MODE_HEADERS))))
            .setOnNoMatch(running(Wire.MODE_BODIES));
    return Typed.extension(
        NAME,
        ExtensionWithMatcher.newBuilder()
            .setExtensionConfig(
                io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig.newBuilder()
                    .setName("envoy.filters.http.composite")
                    .setTypedConfig(Typed.any(Composite.getDefaultInstance())))
            .setXdsMatcher(matcher)
            .build());
  }

  /// What a listener holds in its place.
  static HttpFilter reference() {
    return HttpFilter.newBuilder()
        .setName(NAME)
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
      // a mode override in it, so that the bodies of responses have to come unasked.
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

  private static OnMatch running(String mode) {
    var extProc =
        io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig.newBuilder()
            .setName(mode)
            .setTypedConfig(Typed.newer(filter(mode), UNAVAILABLE));
    return OnMatch.newBuilder()
        .setAction(
            Typed.xdsExtension(
                mode, ExecuteFilterAction.newBuilder().setTypedConfig(extProc).build()))
        .build();
  }

  private static FieldMatcher matching(Predicate predicate, OnMatch then) {
    return FieldMatcher.newBuilder().setPredicate(predicate).setOnMatch(then).build();
  }

  private static Predicate stateIs(String value) {
    return FilterState.is(Wire.MODE, value);
  }

  private static Predicate any(List<Predicate> predicates) {
    return Predicate.newBuilder()
        .setOrMatcher(Predicate.PredicateList.newBuilder().addAllPredicate(predicates))
        .build();
  }
}
