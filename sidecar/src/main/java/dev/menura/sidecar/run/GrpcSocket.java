package dev.menura.sidecar.run;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// The gRPC server on a Unix socket of mode 0600. Calls run on the event loops, so that no service
/// may block there.
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
  private final Server server;

  private GrpcSocket(Path path, MultiThreadIoEventLoopGroup eventLoops, Server server) {
    this.path = path;
    this.eventLoops = eventLoops;
    this.server = server;
  }

  /// Binds the socket. A socket that an earlier run left behind is replaced.
  ///
  /// @param path in a directory that only its owner may enter
  static GrpcSocket open(Path path, List<ServerServiceDefinition> services) throws IOException {
    Files.deleteIfExists(path);
    var eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());
    var builder =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(eventLoops)
            .workerEventLoopGroup(eventLoops)
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .directExecutor();
    services.forEach(builder::addService);
    try {
      var server = builder.build().start();
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return new GrpcSocket(path, eventLoops, server);
    } catch (IOException e) {
      var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

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
