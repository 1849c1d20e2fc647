package dev.menura.sidecar.run;

import dev.menura.certificates.custody.CustodyLimits;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.util.concurrent.TimeUnit;

/// The gateway's connection to its certificates process.
final class CertificatesChannel {
  /// A process that stands still is noticed after these two together.
  private static final int PING_EVERY_SECONDS = 10;

  private static final int PING_WITHIN_SECONDS = 5;

  /// One for all of a process: there is one such connection, and it lasts as long as the process.
  private static final MultiThreadIoEventLoopGroup EVENT_LOOP =
      new MultiThreadIoEventLoopGroup(
          1,
          Thread.ofPlatform().name("certificates-channel").daemon().factory(),
          NioIoHandler.newFactory());

  private CertificatesChannel() {}

  /// A channel that connects when it is used.
  static ManagedChannel to(CertificatesPlace place) throws CannotStart, IOException {
    NettyChannelBuilder builder =
        switch (place) {
          case CertificatesPlace.Socket(var path) -> {
            SocketSafety.requireSafeFolder(path);
            yield NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(path))
                .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
                .overrideAuthority("certificates")
                .usePlaintext();
          }
          case CertificatesPlace.Tls(var address, var folder) ->
              NettyChannelBuilder.forAddress(address.host(), address.port())
                  .channelType(NioSocketChannel.class)
                  .sslContext(CertificatesTls.client(folder));
        };
    return builder
        .eventLoopGroup(EVENT_LOOP)
        .maxInboundMessageSize(CustodyLimits.MESSAGE_BYTES_MAX)
        .keepAliveTime(PING_EVERY_SECONDS, TimeUnit.SECONDS)
        .keepAliveTimeout(PING_WITHIN_SECONDS, TimeUnit.SECONDS)
        .disableRetry()
        .build();
  }
}
