package dev.menura.sidecar.redirect;

import java.util.List;

/// A redirection in the words of a packet filter. Both texts can be run as often as one likes: the
/// outcome is the same.
public sealed interface Rules permits Nftables, Iptables {
  /// Puts the redirection in force, in the place of an earlier one.
  String add(Redirection redirection);

  /// Takes away all that [#add] put there, and nothing else.
  String remove();

  /// The command that reads such a text from a file.
  List<String> program();

  /// What to install where [#program] is missing.
  String debianPackage();
}
