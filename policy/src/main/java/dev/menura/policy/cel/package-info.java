/// Conditions: CEL expressions over typed variables, checked when loaded and evaluated with what is
/// known so far.
///
/// The nouns: a *variable* is a typed fact with a name; a *condition* is a compiled expression; a
/// *known world* gives the variables of one exchange; *truth* is true, false, unknown or failed.
///
/// This is the only package that uses the CEL library.
@NullMarked
package dev.menura.policy.cel;

import org.jspecify.annotations.NullMarked;
