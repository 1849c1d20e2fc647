package dev.menura.policy;

/// A certificate of the operator's own that the gateway presents to origins which ask for one.
///
/// @param name unique in the document
/// @param chainPem the certificate, and those that lead from it to one that origins know
/// @param key its key
public record ClientCertificate(String name, String chainPem, ProxyCertificate.Key key) {}
