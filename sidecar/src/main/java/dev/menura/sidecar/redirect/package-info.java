/// `menura redirect`: the machine's rules that bring connections of clients without a proxy setting
/// to the transparent listener.
///
/// A *redirection* says whose connections come, and which; [Rules] are the same in the words of a
/// packet filter: nftables or iptables. Depends on nothing of Menura but `policy.net` and `os`.
@NullMarked
package dev.menura.sidecar.redirect;

import org.jspecify.annotations.NullMarked;
