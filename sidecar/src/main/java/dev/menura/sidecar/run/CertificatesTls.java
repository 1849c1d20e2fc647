package dev.menura.sidecar.run;

import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.io.File;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.net.ssl.SSLException;

/// The TLS between a gateway and its certificates process: version 1.3, and each end shows a
/// certificate that the authority in `ca.crt` has issued. The files are named as Kubernetes names
/// them.
final class CertificatesTls {
  private static final String VERSION = "TLSv1.3";

  private CertificatesTls() {}

  static SslContext server(Path folder) throws CannotStart {
    return built(
        folder,
        () ->
            SslContextBuilder.forServer(file(folder, "tls.crt"), file(folder, "tls.key"))
                .clientAuth(ClientAuth.REQUIRE));
  }

  static SslContext client(Path folder) throws CannotStart {
    return built(
        folder,
        () ->
            SslContextBuilder.forClient()
                .keyManager(file(folder, "tls.crt"), file(folder, "tls.key")));
  }

  private static SslContext built(Path folder, Supplier<SslContextBuilder> builder)
      throws CannotStart {
    try {
      return GrpcSslContexts.configure(builder.get(), SslProvider.JDK)
          .trustManager(file(folder, "ca.crt"))
          .protocols(VERSION)
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new CannotStart("the TLS files in " + folder + " cannot be used: " + e.getMessage());
    }
  }

  private static File file(Path folder, String name) {
    return folder.resolve(name).toFile();
  }
}
