package dev.menura.sidecar.run;

import io.grpc.HandlerRegistry;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The gRPC server on a Unix socket of mode 0600. Whoever connects before it serves waits: an Envoy
/// may be started while its sidecar is, which would be turned away for half a second or more where
/// there is no socket yet. Calls run on the event loops, so that no service may block there.
final class GrpcSocket implements AutoCloseable {
  /// Enough for a sidecar on two cores; more only spreads the same work.
  private static final int EVENT_LOOPS = 2;

  /// Larger messages are refused. Envoy's own are pieces of bodies of at most a buffer's size, and
  /// its first xDS request.
  private static final int MESSAGE_BYTES_MAX = 4 * 1024 * 1024;

  /// Larger heads of a call are refused. A ticket with many groups travels in one.
  private static final int METADATA_BYTES_MAX = 32 * 1024;

  private final Path path;
  private final MultiThreadIoEventLoopGroup eventLoops;
  private final Services services;
  private final Channel listening;
  private final Server server;

  /// The methods that are served, by name; none before [GrpcSocket#serve].
  private static final class Services extends HandlerRegistry {
    private volatile Map<String, ServerMethodDefinition<?, ?>> methods = Map.of();

    @Override
    public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
        String name, @Nullable String authority) {
      return methods.get(name);
    }
  }

  private GrpcSocket(
      Path path,
      MultiThreadIoEventLoopGroup eventLoops,
      Services services,
      Channel listening,
      Server server) {
    this.path = path;
    this.eventLoops = eventLoops;
    this.services = services;
    this.listening = listening;
    this.server = server;
  }

  /// Binds the socket. A socket that an earlier run left behind is replaced.
  ///
  /// @param path in a directory that only its owner may enter
  static GrpcSocket bind(Path path) throws IOException {
    Files.deleteIfExists(path);
    var eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());
    var listening = new NioServerDomainSocketChannel();
    listening.config().setAutoRead(false);
    var services = new Services();
    var builder =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
            .channelFactory(() -> listening)
            .fallbackHandlerRegistry(services)
            .bossEventLoopGroup(eventLoops)
            .workerEventLoopGroup(eventLoops)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .directExecutor();
    try {
      var server = builder.build().start();
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return new GrpcSocket(path, eventLoops, services, listening, server);
    } catch (IOException e) {
      var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  /// Takes the connections that wait and those to come. Call it once.
  void serve(List<ServerServiceDefinition> definitions) {
    var methods = new HashMap<String, ServerMethodDefinition<?, ?>>();
    for (var service : definitions) {
      service
          .getMethods()
          .forEach(method -> methods.put(method.getMethodDescriptor().getFullMethodName(), method));
    }
    services.methods = Map.copyOf(methods);
    listening.config().setAutoRead(true);
  }

  /// May be called again.
  @Override
  public void close() {
    server.shutdownNow();
    var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The next start replaces it.
      path.toFile().deleteOnExit();
    }
  }
}
