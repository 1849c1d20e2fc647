package dev.menura.certificates.custody;

import dev.menura.certificates.authority.AuthoritySettings;
import dev.menura.certificates.authority.Crypto;
import dev.menura.certificates.authority.MintLimits;

/// How a custody is set up.
///
/// @param authority how the authority is kept
/// @param mint what leaves may be like, whatever a gateway asks for
/// @param crypto who computes signatures
public record CustodySettings(
    AuthoritySettings authority, MintLimits mint, Crypto crypto, CustodyLimits limits) {}
