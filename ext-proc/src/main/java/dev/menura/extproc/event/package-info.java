/// What is recorded of a connection or an exchange
///
/// the records, and the sink that keeps them.:This package depends on nothing of ours.
@NullMarked
package dev.menura.extproc.event;

import org.jspecify.annotations.NullMarked;
