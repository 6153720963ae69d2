"""The project's keys and the roles they stand for.

A key is opaque (`sb_publishable_...`, `sb_secret_...`) or, as in older projects, a JWT signed with
the project's secret that names the role anon or service_role. PostgREST, functions and the relay
understand only JWTs, so that a key becomes a short-lived one for its role.
"""

import hmac
import time

import jwt

_LIFETIME_SECONDS = 3600
_RENEW_SECONDS = 300
_KEY_ROLES = ("anon", "service_role")


class Keys:
    """Tells what role a key has, and mints the tokens that stand for the roles."""

    def __init__(self, publishable: str, secret: str, jwt_secret: str) -> None:
        self._opaque = {"anon": publishable, "service_role": secret}
        self._jwt_secret = jwt_secret
        self._minted: dict[str, tuple[str, float]] = {}

    def role(self, key: str) -> str | None:
        """The role of a key, or None if it is not one of this project."""
        for role, opaque in self._opaque.items():
            if hmac.compare_digest(key.encode(errors="replace"), opaque.encode()):
                return role
        return self._legacy_role(key)

    def mint(self, role: str) -> str:
        """A token for a role, good for at least five more minutes."""
        token, expires_at = self._minted.get(role, ("", 0.0))
        now = time.time()
        if expires_at - now < _RENEW_SECONDS:
            expires_at = now + _LIFETIME_SECONDS
            token = self._sign(role, int(now), int(expires_at))
            self._minted[role] = (token, expires_at)
        return token

    def _sign(self, role: str, issued_at: int, expires_at: int) -> str:
        claims = {
            "iss": "devstack",
            "role": role,
            "aud": "authenticated",
            "iat": issued_at,
            "exp": expires_at,
        }
        return jwt.encode(claims, self._jwt_secret, "HS256")

    def _legacy_role(self, key: str) -> str | None:
        if key.count(".") != 2:
            return None
        try:
            claims = jwt.decode(
                key, self._jwt_secret, algorithms=["HS256"], options={"verify_aud": False}
            )
        except jwt.PyJWTError:
            return None
        # A user's token is not a key, whatever its role.
        role = claims.get("role")
        return role if role in _KEY_ROLES and "sub" not in claims else None
