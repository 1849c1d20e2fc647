/// Who is asking: a *credential* is what a client presents, an *identity* what it proves.
///
/// Passwords and tokens are checked here, certificates and addresses are read. This package depends
/// on the gate's interface and on the policy, and knows no Envoy type.
@NullMarked
package dev.menura.extproc.identity;

import org.jspecify.annotations.NullMarked;
