"""Who a token speaks for."""

import time
from dataclasses import dataclass
from typing import Any

import jwt

# The roles PostgREST may take on. A token for any other would make the relay a superuser's door.
_ROLES = frozenset({"anon", "authenticated", "service_role"})


class TokenError(Exception):
    """A token that is not accepted; the text is hosted Supabase's, with its code in front."""


class ExpiredTokenError(TokenError):
    """A token that was good once."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The claims of a verified token."""

    role: str
    subject: str
    claims: dict[str, Any]
    expires_at: float


def verify(token: str, secret: str) -> Identity:
    """Check signature and expiry of a JWT. Raises TokenError."""
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            options={"verify_aud": False, "verify_iat": False, "verify_exp": False},
        )
    except jwt.InvalidSignatureError as error:
        raise TokenError("JwtSignatureError: Failed to validate JWT signature") from error
    except jwt.PyJWTError as error:
        raise TokenError("MalformedJWT: The token provided is not a valid JWT") from error
    role, expires_at = claims.get("role"), claims.get("exp")
    if not isinstance(role, str) or role not in _ROLES or not isinstance(expires_at, int | float):
        raise TokenError("InvalidJWTToken: Fields `role` and `exp` are required in JWT")
    if expires_at <= time.time():
        raise ExpiredTokenError(f"InvalidJWTToken: {expiry_message(expires_at)}")
    return Identity(role, str(claims.get("sub") or ""), claims, expires_at)


def expiry_message(expires_at: float) -> str:
    """What a client is told of a token that ran out."""
    return f"Token has expired {max(0, int(time.time() - expires_at))} seconds ago"
