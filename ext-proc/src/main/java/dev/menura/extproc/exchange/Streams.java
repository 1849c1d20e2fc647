package dev.menura.extproc.exchange;

/// Which bodies Envoy sends without being asked, as its filter is configured.
///
/// @param requestBodies true where it also waits with the head of the request for our answer
/// @param responseBodies false where a body of a response comes only if the reply to the request's
///   head asks for it
public record Streams(boolean requestBodies, boolean responseBodies) {}
