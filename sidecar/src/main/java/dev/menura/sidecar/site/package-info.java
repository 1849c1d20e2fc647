/// The gateway's own *site*, `http://menura.local/`, for people and machines that come to it for
/// the first time: what it is, the authorities that clients are to trust in every form, the proxy's
/// automatic configuration (the *PAC file*), and what is not decrypted.
///
/// This package depends on `policy`, on the words for certificates of `cert-provider`, and on
/// `ext-proc`'s word for pages.
@NullMarked
package dev.menura.sidecar.site;

import org.jspecify.annotations.NullMarked;
