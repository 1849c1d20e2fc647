/// The documents: their kinds and keys, the checks that span them, and the loader.
///
/// The nouns: a *document* is a kind, a name and a `spec`; a *shape* is what a kind's `spec` may
/// say; a *draft* is a rule with the places that its warnings name.
///
/// This package uses all others of the policy; none of them uses it.
@NullMarked
package dev.menura.policy.load;

import org.jspecify.annotations.NullMarked;
