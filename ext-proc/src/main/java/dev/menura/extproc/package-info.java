/// The servers that Envoy asks: the gate (ext_authz) and the exchange (ext_proc), and the engines
/// behind them.
@NullMarked
package dev.menura.extproc;

import org.jspecify.annotations.NullMarked;
