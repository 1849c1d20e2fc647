/// The event log: what the gates and the exchanges decided, one JSON object a line.
///
/// The nouns: a *line* is one event as JSON; the *event file* appends whole lines or nothing; the
/// *event log* takes events from any thread and never makes it wait. This package depends on
/// ext-proc's events and on `os`.
@NullMarked
package dev.menura.sidecar.events;

import org.jspecify.annotations.NullMarked;
