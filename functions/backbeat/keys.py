"""The public keys of a token issuer (a JWKS), fetched rarely and remembered."""

import threading
import time
from collections.abc import Callable
from functools import lru_cache

import httpx
import jwt

from backbeat.errors import KeysUnavailableError

REFRESH_SECONDS = 600.0
# An unknown key id may be a key that was just rotated in, or a forger's: look again, but not often.
COOLDOWN_SECONDS = 30.0
NO_KEYS = (400, 401, 403, 404, 405)


class KeySet:
    """The keys published at one URL; safe to share between threads."""

    def __init__(
        self, url: str, timeout_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._url = url
        self._timeout = timeout_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")

    def find(self, key_id: object) -> jwt.PyJWK | None:
        """Return the key, or None when the issuer has none of that id.

        Raises KeysUnavailableError when it cannot be told. Known keys outlive an outage of the
        issuer.
        """
        with self._lock:
            now = self._clock()
            is_stale = now - self._fetched_at > REFRESH_SECONDS
            if (is_stale or key_id not in self._keys) and now - self._tried_at > COOLDOWN_SECONDS:
                self._tried_at = now
                self._fetch()
            key = self._keys.get(key_id) if isinstance(key_id, str) else None
            if key is None and self._fetched_at == float("-inf"):
                raise KeysUnavailableError(reason=f"no keys from {self._url} yet")
            return key

    def _fetch(self) -> None:
        try:
            response = httpx.get(self._url, timeout=self._timeout)
            if response.status_code in NO_KEYS and not self._keys:
                # The issuer is there and publishes no keys: then no token can be signed by one.
                keys = []
            else:
                response.raise_for_status()
                keys = jwt.PyJWKSet.from_dict(response.json()).keys
        except jwt.PyJWKSetError:
            keys = []
        except (httpx.HTTPError, ValueError, TypeError, AttributeError):
            return
        self._keys = {key.key_id: key for key in keys if key.key_id}
        self._fetched_at = self._clock()


@lru_cache(maxsize=8)
def key_set(url: str, timeout_seconds: float) -> KeySet:
    """Return this process's one KeySet of that URL."""
    return KeySet(url, timeout_seconds)
