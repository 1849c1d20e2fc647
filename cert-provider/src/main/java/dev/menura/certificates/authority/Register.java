package dev.menura.certificates.authority;

import dev.menura.certificates.x509.Fingerprint;
import dev.menura.certificates.x509.Pem;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Which authorities there are, and what each is for. As text: a line for each authority, one for
/// the key whose certificate is awaited, and all certificates in PEM.
///
/// @param entries the active one first
/// @param awaited the reference of a key whose certificate was asked for and is not there yet
record Register(List<Entry> entries, Optional<String> awaited) {
  private static final String HEAD = "menura-authorities 1";

  /// What an authority does.
  enum Role {
    /// It signs.
    ACTIVE,
    /// Clients are told to trust it; it does not sign yet.
    NEXT,
    /// Clients still trust it; it signs no longer.
    FORMER
  }

  /// @param key the reference of its private key
  /// @param certificate the one that issues leaves
  /// @param sentAlong what is sent behind a leaf
  /// @param anchor what clients are to trust: the certificate itself, or a root above it
  record Entry(
      Role role,
      String key,
      X509Certificate certificate,
      List<X509Certificate> sentAlong,
      X509Certificate anchor) {
    Entry {
      sentAlong = List.copyOf(sentAlong);
    }

    static Entry root(Role role, String key, X509Certificate root) {
      return new Entry(role, key, root, List.of(), root);
    }

    Entry as(Role other) {
      return new Entry(other, key, certificate, sentAlong, anchor);
    }

    Entry sending(List<X509Certificate> others) {
      return new Entry(role, key, certificate, others, anchor);
    }

    boolean isRoot() {
      return certificate.equals(anchor);
    }
  }

  Register {
    entries = List.copyOf(entries);
  }

  Optional<Entry> find(Role role) {
    return entries.stream().filter(entry -> entry.role() == role).findFirst();
  }

  /// The certificates that clients are to trust, the active authority's first.
  List<X509Certificate> anchors() {
    return entries.stream().map(Entry::anchor).distinct().toList();
  }

  String text() {
    var text = new StringBuilder(HEAD).append('\n');
    Map<String, X509Certificate> certificates = new LinkedHashMap<>();
    for (Entry entry : entries) {
      text.append(entry.role().name().toLowerCase(Locale.ROOT)).append(' ').append(entry.key());
      var all = new ArrayList<>(List.of(entry.certificate(), entry.anchor()));
      all.addAll(entry.sentAlong());
      for (X509Certificate certificate : all) {
        String fingerprint = Fingerprint.of(certificate);
        certificates.put(fingerprint, certificate);
        text.append(' ').append(fingerprint);
      }
      text.append('\n');
    }
    awaited.ifPresent(key -> text.append("awaited ").append(key).append('\n'));
    return text + Pem.certificates(List.copyOf(certificates.values()));
  }

  /// @param origin where the text comes from, for messages
  static Register parse(String text, String origin) throws AuthorityException {
    Map<String, X509Certificate> certificates = new LinkedHashMap<>();
    try {
      for (X509Certificate certificate : Pem.readCertificates(text)) {
        certificates.put(Fingerprint.of(certificate), certificate);
      }
    } catch (CertificateException e) {
      throw new AuthorityException(origin + ": expected certificates: " + e.getMessage(), e);
    }
    List<String> lines = text.lines().takeWhile(line -> !line.startsWith("-----BEGIN ")).toList();
    if (lines.isEmpty() || !lines.getFirst().equals(HEAD)) {
      throw new AuthorityException(origin + ": expected '" + HEAD + "' in its first line");
    }
    var entries = new ArrayList<Entry>();
    Optional<String> awaited = Optional.empty();
    for (String line : lines.subList(1, lines.size())) {
      List<String> words = List.of(line.split(" ", -1));
      if (words.size() == 2 && words.getFirst().equals("awaited")) {
        awaited = Optional.of(words.get(1));
      } else {
        entries.add(entry(words, certificates, origin));
      }
    }
    return new Register(entries, awaited);
  }

  private static Entry entry(
      List<String> words, Map<String, X509Certificate> certificates, String origin)
      throws AuthorityException {
    var named = new ArrayList<X509Certificate>();
    for (String fingerprint : words.subList(Math.min(2, words.size()), words.size())) {
      X509Certificate certificate = certificates.get(fingerprint);
      if (certificate != null) {
        named.add(certificate);
      }
    }
    for (Role role : Role.values()) {
      boolean whole = named.size() >= 2 && named.size() == words.size() - 2;
      if (whole && role.name().toLowerCase(Locale.ROOT).equals(words.getFirst())) {
        return new Entry(
            role, words.get(1), named.get(0), named.subList(2, named.size()), named.get(1));
      }
    }
    throw new AuthorityException(
        origin + ": expected a role, a key and the fingerprints of certificates in each line");
  }
}
