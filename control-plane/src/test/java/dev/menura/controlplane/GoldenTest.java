package dev.menura.controlplane;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.TypeRegistry;
import com.google.protobuf.util.JsonFormat;
import dev.menura.policy.TlsRules;
import dev.menura.proto.Wire;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.access_loggers.filters.cel.v3.ExpressionFilter;
import io.envoyproxy.envoy.extensions.access_loggers.grpc.v3.HttpGrpcAccessLogConfig;
import io.envoyproxy.envoy.extensions.common.matching.v3.ExtensionWithMatcher;
import io.envoyproxy.envoy.extensions.filters.common.matcher.action.v3.SkipFilter;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.Composite;
import io.envoyproxy.envoy.extensions.filters.http.composite.v3.ExecuteFilterAction;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor;
import io.envoyproxy.envoy.extensions.filters.http.header_mutation.v3.HeaderMutation;
import io.envoyproxy.envoy.extensions.filters.http.lua.v3.Lua;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.http.set_filter_state.v3.Config;
import io.envoyproxy.envoy.extensions.filters.listener.http_inspector.v3.HttpInspector;
import io.envoyproxy.envoy.extensions.filters.listener.original_dst.v3.OriginalDst;
import io.envoyproxy.envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.http.header_formatters.preserve_case.v3.PreserveCaseFormatterConfig;
import io.envoyproxy.envoy.extensions.matching.common_inputs.network.v3.FilterStateInput;
import io.envoyproxy.envoy.extensions.transport_sockets.internal_upstream.v3.InternalUpstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.quic.v3.QuicDownstreamTransport;
import io.envoyproxy.envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_mappers.sni.v3.SNI;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_mappers.static_name.v3.StaticName;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.extensions.upstreams.http.v3.HttpProtocolOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The compiled resources beside the ones that were reviewed. `-Dgolden.update=true` writes them
/// anew.
class GoldenTest {
  /// The slots behind the first.
  private static final Pattern FURTHER = Pattern.compile("\\b(slot|pinned|pin)-[1-9][0-9]*\\b");

  private static final Path FOLDER = Path.of("src/test/resources/golden");

  private static final TypeRegistry TYPES =
      TypeRegistry.newBuilder()
          .add(HttpConnectionManager.getDescriptor())
          .add(HttpGrpcAccessLogConfig.getDescriptor())
          .add(ExpressionFilter.getDescriptor())
          .add(Composite.getDescriptor())
          .add(ExecuteFilterAction.getDescriptor())
          .add(ExtAuthz.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.network.ext_authz.v3.ExtAuthz.getDescriptor())
          .add(ExternalProcessor.getDescriptor())
          .add(HeaderMutation.getDescriptor())
          .add(Router.getDescriptor())
          .add(Lua.getDescriptor())
          .add(io.envoyproxy.envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy.getDescriptor())
          .add(Config.getDescriptor())
          .add(HttpInspector.getDescriptor())
          .add(OriginalDst.getDescriptor())
          .add(TlsInspector.getDescriptor())
          .add(PreserveCaseFormatterConfig.getDescriptor())
          .add(FilterStateInput.getDescriptor())
          .add(InternalUpstreamTransport.getDescriptor())
          .add(RawBuffer.getDescriptor())
          .add(SNI.getDescriptor())
          .add(StaticName.getDescriptor())
          .add(
              io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_mappers
                  .filter_state_override.v3.Config.getDescriptor())
          .add(
              io.envoyproxy.envoy.extensions.transport_sockets.tls.cert_selectors.on_demand_secret
                  .v3.Config.getDescriptor())
          .add(DownstreamTlsContext.getDescriptor())
          .add(QuicDownstreamTransport.getDescriptor())
          .add(UpstreamTlsContext.getDescriptor())
          .add(HttpProtocolOptions.getDescriptor())
          .add(ExtensionWithMatcher.getDescriptor())
          .add(SkipFilter.getDescriptor())
          .add(com.github.xds.type.v3.TypedStruct.getDescriptor())
          .add(com.google.protobuf.StringValue.getDescriptor())
          .build();

  @Test
  void compilesToTheReviewedResources() throws IOException {
    var resources = Compiler.compile(EveryWay.IN, "0123456789ab");
    for (String type :
        new String[] {EnvoyResources.LISTENER, EnvoyResources.CLUSTER, EnvoyResources.EXTENSION}) {
      for (var entry : resources.ofType(type).entrySet()) {
        if (!isFurtherSlot(entry.getKey())) {
          var kind = type.substring(type.lastIndexOf('.') + 1);
          matches(kind + "." + entry.getKey() + ".json", json(firstSlots(entry.getValue())));
        }
      }
    }
  }

  @Test
  void compilesEverySlotAsTheFirst() throws IOException {
    var resources = Compiler.compile(EveryWay.IN, "0123456789ab");
    var names = new ArrayList<String>();
    for (var cluster : resources.clusters()) {
      if (isFurtherSlot(cluster.getName())) {
        names.add(cluster.getName());
        assertThat(FURTHER.matcher(json(cluster)).replaceAll("$1-0"))
            .isEqualTo(
                json(
                    Objects.requireNonNull(
                        resources.ofType(EnvoyResources.CLUSTER).get(first(cluster.getName())))));
      }
    }
    var chains = DecryptListener.of(new TlsSettings(TlsRules.STANDARD)).getFilterChainsList();
    for (var chain : chains) {
      if (isFurtherSlot(chain.getName())) {
        names.add(chain.getName());
        var first =
            chains.stream().filter(each -> each.getName().equals(first(chain.getName()))).toList();
        assertThat(FURTHER.matcher(json(chain)).replaceAll("$1-0"))
            .isEqualTo(json(first.getFirst()));
      }
    }
    assertThat(names).hasSize(2 * (Wire.PINS - 1) + 2 * (Wire.PINS - 1) + 2 * (Wire.SLOTS - 1));
  }

  private static String first(String name) {
    return FURTHER.matcher(name).replaceAll("$1-0");
  }

  private static boolean isFurtherSlot(String name) {
    return FURTHER.matcher(name).find();
  }

  /// The resource, in a listener with the first of each kind of slot alone.
  private static Message firstSlots(Message resource) {
    if (!(resource instanceof Listener listener)) {
      return resource;
    }
    var builder = listener.toBuilder().clearFilterChains();
    listener.getFilterChainsList().stream()
        .filter(chain -> !isFurtherSlot(chain.getName()))
        .forEach(builder::addFilterChains);
    if (listener.hasFilterChainMatcher()) {
      var map = builder.getFilterChainMatcherBuilder().getMatcherTreeBuilder();
      map.getExactMatchMap().getMapMap().keySet().stream()
          .filter(GoldenTest::isFurtherSlot)
          .forEach(map.getExactMatchMapBuilder()::removeMap);
    }
    return builder.build();
  }

  private static String json(MessageOrBuilder resource) throws IOException {
    return JsonFormat.printer()
        .usingTypeRegistry(TYPES)
        .preservingProtoFieldNames()
        .print(resource);
  }

  @Test
  void looksAtEverythingWhereItKnowsNothing() throws Exception {
    var filter =
        ExchangeFilters.of("0123456789ab", Optional.empty())
            .getTypedConfig()
            .unpack(ExtensionWithMatcher.class);
    assertThat(filter.getXdsMatcher().getOnNoMatch().getAction().getName())
        .isEqualTo(Wire.MODE_BODIES);
  }

  @Test
  void writesTheReviewedBootstrap() throws IOException {
    matches("bootstrap.json", Bootstraps.json("node", "/run/menura.sock", "/run/envoy.sock"));
  }

  @Test
  void compilesTheSameInputToTheSameBytes() {
    assertThat(Compiler.compile(EveryWay.IN, "0123456789ab"))
        .isEqualTo(Compiler.compile(EveryWay.IN, "0123456789ab"));
  }

  private static void matches(String name, String json) throws IOException {
    var file = FOLDER.resolve(name);
    if (Boolean.getBoolean("golden.update")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, json + "\n");
    }
    assertThat(json + "\n").as(name).isEqualTo(Files.readString(file));
  }
}
