/// YAML text in, values with their places out, and the types that turn such values into the
/// policy's records.
///
/// The nouns: a *source file* is one file's text; a *value* is a scalar, a list or a mapping with
/// its place; a *type* reads a value of one kind and says what it expects; a *shape* is the type of
/// a mapping with known keys.
///
/// This is the only package that uses the YAML library.
@NullMarked
package dev.menura.policy.yaml;

import org.jspecify.annotations.NullMarked;
