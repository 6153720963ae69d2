"""Who calls: a person with a Supabase access token, the scheduler, or anyone."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import jwt
from flask import Request

from backbeat.errors import ExpiredTokenError, InvalidTokenError, MissingTokenError
from backbeat.keys import key_set
from backbeat.settings import Settings

AUDIENCE = "authenticated"
PUBLIC_KEY_ALGORITHMS = ("ES256", "RS256")
GOOGLE_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
LEEWAY_SECONDS = 10
MAX_TOKEN_LENGTH = 8192


@dataclass(frozen=True)
class Person:
    """A signed-in person."""

    user_id: UUID


def anyone(request: Request, settings: Settings) -> None:
    """Admit every caller."""


def signed_in(request: Request, settings: Settings) -> Person:
    """Admit a person by their Supabase access token.

    The token is signed with the project's shared secret (HS256) or with one of its published keys
    (ES256, RS256), is meant for `authenticated`, has an expiry, and names a user.
    """
    token = _bearer(request)
    if token.startswith("sb_publishable_"):
        # supabase-js sends the project's public key in place of a token when nobody is signed in.
        raise MissingTokenError
    algorithm, key = _supabase_key(token, settings)
    claims = _verify(token, algorithm, key, audience=AUDIENCE, required=("exp", "aud", "sub"))
    if claims.get("role") != "authenticated":
        raise InvalidTokenError(reason="the role is not authenticated")
    try:
        return Person(user_id=UUID(claims["sub"]))
    except ValueError:
        raise InvalidTokenError(reason="the subject is not a uuid") from None


def scheduler(request: Request, settings: Settings) -> None:
    """Admit the scheduler, by CRON_SECRET or by Google's token for its service account."""
    token = _bearer(request)
    secret = settings.cron_secret
    if secret is not None and hmac.compare_digest(
        token.encode(), secret.get_secret_value().encode()
    ):
        return
    if not settings.cron_oidc_audience or not settings.cron_oidc_service_account:
        raise InvalidTokenError(reason="not the scheduler's secret")
    key = _published_key(token, settings.google_jwks_url, settings.keys_timeout_seconds)
    claims = _verify(
        token,
        key.algorithm_name,
        key,
        audience=settings.cron_oidc_audience,
        required=("exp", "aud", "iss", "email"),
    )
    if (
        claims["iss"] not in GOOGLE_ISSUERS
        or claims["email"] != settings.cron_oidc_service_account
        or claims.get("email_verified") is not True
    ):
        raise InvalidTokenError(reason="not the scheduler's service account")


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise MissingTokenError
    return token


def _header(token: str) -> Mapping[str, Any]:
    if len(token) > MAX_TOKEN_LENGTH:
        raise InvalidTokenError(reason="the token is too long")
    try:
        return jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise InvalidTokenError(reason=str(error)) from None


def _supabase_key(token: str, settings: Settings) -> tuple[str, str | jwt.PyJWK]:
    """Choose the key by the token's algorithm: each only ever gets its own kind of key."""
    if _header(token).get("alg") == "HS256":
        if settings.supabase_jwt_secret is None:
            raise InvalidTokenError(reason="no shared secret is configured")
        return "HS256", settings.supabase_jwt_secret.get_secret_value()
    key = _published_key(token, settings.jwks_url, settings.keys_timeout_seconds)
    return key.algorithm_name, key


def _published_key(token: str, url: str, timeout_seconds: float) -> jwt.PyJWK:
    header = _header(token)
    if header.get("alg") not in PUBLIC_KEY_ALGORITHMS:
        raise InvalidTokenError(reason="the algorithm is not one of ours")
    key = key_set(url, timeout_seconds).find(header.get("kid"))
    if key is None or key.algorithm_name != header["alg"]:
        raise InvalidTokenError(reason="signed with a key we do not know")
    return key


def _verify(
    token: str,
    algorithm: str,
    key: str | jwt.PyJWK,
    *,
    audience: str,
    required: tuple[str, ...],
) -> dict[str, Any]:
    try:
        return jwt.decode(
            token,
            key,
            algorithms=[algorithm],
            audience=audience,
            leeway=LEEWAY_SECONDS,
            options={"require": list(required)},
        )
    except jwt.ExpiredSignatureError:
        raise ExpiredTokenError from None
    except jwt.InvalidTokenError as error:
        raise InvalidTokenError(reason=str(error)) from None
