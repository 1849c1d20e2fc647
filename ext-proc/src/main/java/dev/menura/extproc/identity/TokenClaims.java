package dev.menura.extproc.identity;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.menura.policy.Clients;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What the claims of a token that was checked say of its user.
final class TokenClaims {
  private TokenClaims() {}

  /// Nothing where they name no user, or more than can be carried: to leave groups out could turn a
  /// rule round.
  static Optional<Identity> identity(JWTClaimsSet claims, Clients.Bearer way) {
    if (!(claim(claims, way.userClaim()) instanceof String user)) {
      return Optional.empty();
    }
    List<String> groups = new ArrayList<>();
    switch (claim(claims, way.groupsClaim())) {
      case null -> {}
      case String one -> groups.add(one);
      case Collection<?> many -> {
        for (Object each : many) {
          if (!(each instanceof String group)) {
            return Optional.empty();
          }
          groups.add(group);
        }
      }
      default -> {
        return Optional.empty();
      }
    }
    return Optional.of(Identity.of(user, groups)).filter(Identity::sound);
  }

  /// The claim of this name, or, step by step along its dots, one inside of others.
  private static @Nullable Object claim(JWTClaimsSet claims, String name) {
    Object whole = claims.getClaim(name);
    if (whole != null) {
      return whole;
    }
    Object at = claims.getClaims();
    for (String part : name.split("\\.", -1)) {
      at = at instanceof Map<?, ?> map ? map.get(part) : null;
    }
    return at;
  }
}
