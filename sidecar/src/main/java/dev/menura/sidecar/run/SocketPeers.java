package dev.menura.sidecar.run;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.nio.NioChannelOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets in only connections of certain users to a Unix socket. Whose a connection is, the kernel
/// says (`SO_PEERCRED`); one of anybody else is closed before a byte of it is read.
@Sharable
final class SocketPeers extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(SocketPeers.class);

  /// Whoever is refused may try again at once, and is not to fill the log.
  private static final Duration LOG_EVERY = Duration.ofSeconds(10);

  private final Set<UserPrincipal> users;
  private final AtomicReference<Instant> logged = new AtomicReference<>(Instant.EPOCH);

  SocketPeers(Set<UserPrincipal> users) {
    this.users = Set.copyOf(users);
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof Channel connection) {
      UnixDomainPrincipal peer =
          connection.config().getOption(NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED));
      if (peer == null || !users.contains(peer.user())) {
        log(peer == null ? "unknown" : peer.user().getName());
        connection.unsafe().closeForcibly();
        return;
      }
    }
    context.fireChannelRead(message);
  }

  private void log(String user) {
    Instant before = logged.get();
    Instant now = Instant.now();
    if (now.isAfter(before.plus(LOG_EVERY)) && logged.compareAndSet(before, now)) {
      LOG.atWarn().addKeyValue("user", user).log("connection of another user refused");
    }
  }
}
