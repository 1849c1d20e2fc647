/// The operator's lists of hosts and addresses, and what they say about a host or a client.
///
/// The nouns: a *host list* is one `List` document; a *match* is what all lists say about one host.
///
/// This package uses the host and address look-up and nothing else of ours.
@NullMarked
package dev.menura.policy.lists;

import org.jspecify.annotations.NullMarked;
