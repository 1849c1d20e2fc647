package dev.menura.sidecar.run;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Optional;

/// How a certificates process is started.
///
/// @param policy the policy's folder, which it judges by
/// @param data its data directory, whose `ca` directory holds the certificate authority
/// @param place where gateways reach it
/// @param client the gateway's user, where it is not this process's own
/// @param admin where the admin server listens; empty for 127.0.0.1:8686, or any free port where
///   that is taken
public record CertificatesOptions(
    Path policy,
    Path data,
    CertificatesPlace place,
    Optional<UserPrincipal> client,
    Optional<InetSocketAddress> admin) {}
