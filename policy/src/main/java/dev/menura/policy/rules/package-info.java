/// The ordered rules and their evaluation: the first true rule wins, asked phase by phase.
///
/// The nouns: a *compiled rule* is a rule with its condition; a *question* is one evaluation, in
/// which each condition is evaluated at most once; a *search* looks for the first true rule.
///
/// This package uses conditions and lists; it knows nothing of YAML.
@NullMarked
package dev.menura.policy.rules;

import org.jspecify.annotations.NullMarked;
