package dev.menura.sidecar.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Empty;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcSocketTest {
  private static final MethodDescriptor<Empty, Empty> METHOD = method("Known");

  @TempDir private Path folder;

  private static MethodDescriptor<Empty, Empty> method(String name) {
    return MethodDescriptor.<Empty, Empty>newBuilder()
        .setType(MethodType.UNARY)
        .setFullMethodName("test.Service/" + name)
        .setRequestMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
        .setResponseMarshaller(ProtoUtils.marshaller(Empty.getDefaultInstance()))
        .build();
  }

  private static ServerServiceDefinition service() {
    return ServerServiceDefinition.builder("test.Service")
        .addMethod(
            METHOD,
            ServerCalls.asyncUnaryCall((request, answer) -> {
              answer.onNext(request);
              answer.onCompleted();
            }))
        .build();
  }

  private static Empty ask(Channel channel, MethodDescriptor<Empty, Empty> method) {
    return ClientCalls.blockingUnaryCall(
        channel,
        method,
        CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS),
        Empty.getDefaultInstance());
  }

  @Test
  void letsACallWaitThatComesBeforeItServes() throws Exception {
    var path = folder.resolve("s.sock");
    var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    try (var socket = GrpcSocket.bind(path)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(path))
              .channelType(NioDomainSocketChannel.class)
              .eventLoopGroup(loops)
              .usePlaintext()
              .build();
      try {
        var answer =
            ClientCalls.futureUnaryCall(
                channel.newCall(
                    METHOD, CallOptions.DEFAULT.withDeadlineAfter(30, TimeUnit.SECONDS)),
                Empty.getDefaultInstance());
        Assertions.assertThatThrownBy(() -> answer.get(200, TimeUnit.MILLISECONDS))
            .isInstanceOf(java.util.concurrent.TimeoutException.class);

        socket.serve(List.of(service()));

        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(Empty.getDefaultInstance());
        assertThat(ask(channel, METHOD)).isEqualTo(Empty.getDefaultInstance());
        Assertions.assertThatThrownBy(() -> ask(channel, method("Unknown")))
            .isInstanceOfSatisfying(
                StatusRuntimeException.class,
                e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED));
      } finally {
        channel.shutdownNow();
      }
    } finally {
      var _ = loops.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
    assertThat(path).doesNotExist();
  }

  @Test
  void isForItsOwnerAlone() throws Exception {
    var path = folder.resolve("s.sock");
    try (var _ = GrpcSocket.bind(path)) {
      assertThat(Files.getPosixFilePermissions(path)).hasSize(2);
    }
  }

  @Test
  void mayBeClosedBeforeItServesAndTwice() throws Exception {
    var path = folder.resolve("s.sock");
    var socket = GrpcSocket.bind(path);
    socket.close();
    socket.close();

    assertThat(path).doesNotExist();
  }
}
