package dev.menura.extproc.accesslog;

/// What an entry of Envoy's access log says of one request, as far as anybody here wants to know
/// (`envoy.data.accesslog.v3.HTTPAccessLogEntry`). What Envoy did not say is empty.
///
/// @param ticket what the gate left on the connection
/// @param method as the client wrote it
/// @param path the request's target, with its query
/// @param requestId the id that Envoy gave it
/// @param status the status that the client got, 0 where it got none
/// @param details who answered it, and why (`response_code_details`)
public record LoggedRequest(
    String ticket,
    String method,
    String scheme,
    String authority,
    String path,
    String requestId,
    int status,
    String details) {}
