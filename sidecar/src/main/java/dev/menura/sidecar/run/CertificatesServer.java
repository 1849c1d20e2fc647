package dev.menura.sidecar.run;

import dev.menura.certificates.custody.CustodyLimits;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The gRPC server of a certificates process: on a Unix socket for one user, or over TLS for those
/// who show a certificate.
final class CertificatesServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificatesServer.class);
  private static final int EVENT_LOOPS = 2;
  private static final int CALLS_MAX = 512;
  private static final int HEADER_BYTES_MAX = 8 * 1024;
  private static final int PING_SECONDS_MIN = 5;

  private final Optional<Path> path;
  private final MultiThreadIoEventLoopGroup eventLoops;
  private final Server server;

  private CertificatesServer(
      Optional<Path> path, MultiThreadIoEventLoopGroup eventLoops, Server server) {
    this.path = path;
    this.eventLoops = eventLoops;
    this.server = server;
  }

  /// Listens on a Unix socket. One that an earlier run left behind is replaced.
  ///
  /// @param client whose connections are taken beside those of this process's own user
  /// @throws CannotStart where others could replace the socket
  static CertificatesServer onSocket(
      Path path, Optional<UserPrincipal> client, ServerServiceDefinition service)
      throws CannotStart, IOException {
    SocketSafety.requireSafeFolder(path);
    Files.deleteIfExists(path);
    var users = new HashSet<UserPrincipal>();
    client.ifPresent(users::add);
    users.add(SocketSafety.ownUser(path));
    return onSocket(path, users, client, service);
  }

  static CertificatesServer onSocket(
      Path path,
      Set<UserPrincipal> users,
      Optional<UserPrincipal> client,
      ServerServiceDefinition service)
      throws IOException {
    var peers = new SocketPeers(users);
    var eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());
    var builder =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(path))
            .channelFactory(() -> {
              var channel = new NioServerDomainSocketChannel();
              channel.pipeline().addFirst(peers);
              return channel;
            });
    var server = start(builder, eventLoops, Optional.of(path), service);
    try {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      if (client.isPresent()) {
        open(path, client.get());
      }
      return server;
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  /// Gives the socket to its user, where this process may. Else everybody may connect, and the
  /// kernel's word for who it is decides.
  private static void open(Path path, UserPrincipal client) throws IOException {
    try {
      Files.setOwner(path, client);
    } catch (IOException e) {
      LOG.atDebug().setCause(e).log("the socket stays this user's own");
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-rw-"));
    }
  }

  static CertificatesServer overTls(CertificatesPlace.Tls place, ServerServiceDefinition service)
      throws CannotStart, IOException {
    var eventLoops = new MultiThreadIoEventLoopGroup(EVENT_LOOPS, NioIoHandler.newFactory());
    var builder =
        NettyServerBuilder.forAddress(
                new InetSocketAddress(place.address().host(), place.address().port()))
            .channelType(NioServerSocketChannel.class)
            .sslContext(CertificatesTls.server(place.folder()));
    return start(builder, eventLoops, Optional.empty(), service);
  }

  private static CertificatesServer start(
      NettyServerBuilder builder,
      MultiThreadIoEventLoopGroup eventLoops,
      Optional<Path> path,
      ServerServiceDefinition service)
      throws IOException {
    try {
      var server =
          builder
              .bossEventLoopGroup(eventLoops)
              .workerEventLoopGroup(eventLoops)
              .maxInboundMessageSize(CustodyLimits.MESSAGE_BYTES_MAX)
              .maxInboundMetadataSize(HEADER_BYTES_MAX)
              .maxConcurrentCallsPerConnection(CALLS_MAX)
              .permitKeepAliveTime(PING_SECONDS_MIN, TimeUnit.SECONDS)
              .directExecutor()
              .addService(service)
              .build()
              .start();
      return new CertificatesServer(path, eventLoops, server);
    } catch (IOException e) {
      var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
      throw e;
    }
  }

  /// The port, where it listens on one.
  int port() {
    return server.getPort();
  }

  @Override
  public void close() {
    server.shutdownNow();
    var _ = eventLoops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    path.ifPresent(socket -> {
      try {
        Files.deleteIfExists(socket);
      } catch (IOException e) {
        // The next start replaces it.
        socket.toFile().deleteOnExit();
      }
    });
  }
}
