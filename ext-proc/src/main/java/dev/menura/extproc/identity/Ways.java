package dev.menura.extproc.identity;

import dev.menura.extproc.gate.Callers.Reason;
import dev.menura.policy.Clients;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The ways in which one policy's clients prove who they are.
record Ways(Clients clients, Optional<Passwords> passwords, Optional<Tokens> tokens) {
  static final Check NOTHING = new Check.Failed(Reason.MISSING);

  /// @param authorization the value of `proxy-authorization` (RFC 9110 11.7.2)
  Check check(String authorization, InetAddress client) {
    if (authorization.isEmpty() || (passwords.isEmpty() && tokens.isEmpty())) {
      return NOTHING;
    }
    int space = authorization.indexOf(' ');
    String scheme = authorization.substring(0, Math.max(space, 0)).toLowerCase(Locale.ROOT);
    String credential = authorization.substring(space + 1).strip();
    if (scheme.equals("basic") && passwords.isPresent()) {
      return passwords.get().check(credential, client);
    }
    if (scheme.equals("bearer") && tokens.isPresent()) {
      return tokens.get().check(credential);
    }
    return new Check.Failed(Reason.MALFORMED);
  }

  /// The questions that a client is asked, the one for people first.
  List<String> challenges() {
    return Stream.concat(
            passwords.map(Passwords::challenge).stream(), tokens.map(Tokens::challenge).stream())
        .toList();
  }
}
