"""The key and the bearer of a request, translated for the part that gets them."""

from dataclasses import dataclass
from urllib.parse import unquote_plus

from devstack.gateway.keys import Keys
from devstack.gateway.parts import Speaks

NO_KEY = {
    "message": "No API key found in request",
    "hint": "No `apikey` request header or url param was found.",
}
WRONG_KEY = {
    "message": "Invalid API key",
    "hint": "Double check your Supabase `anon` or `service_role` API key.",
}


class KeyRefusedError(Exception):
    """A request without a key, or with a wrong one; carries what to answer."""

    def __init__(self, answer: dict[str, str]) -> None:
        super().__init__(answer["message"])
        self.answer = answer


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a client sent."""

    # The role of the key, None without one.
    role: str | None
    bearer: str | None

    @classmethod
    def read(
        cls, keys: Keys, key: str | None, authorization: str | None, *, needs_key: bool
    ) -> "Credentials":
        """Check the key. Raises KeyRefusedError."""
        if not key and needs_key:
            raise KeyRefusedError(NO_KEY)
        role = keys.role(key) if key else None
        if key and role is None:
            raise KeyRefusedError(WRONG_KEY)
        scheme, _, bearer = (authorization or "").partition(" ")
        return cls(role, bearer.strip() if scheme.lower() == "bearer" else None)

    def token(self, keys: Keys) -> str | None:
        """The JWT for a part that speaks tokens: the user's own, or one minted for a key's role."""
        role = keys.role(self.bearer) if self.bearer else self.role
        return keys.mint(role) if role else self.bearer

    def headers(
        self, keys: Keys, speaks: Speaks, lite_keys: dict[str, str]
    ) -> list[tuple[bytes, bytes]]:
        """The headers to send a part in place of the client's."""
        if speaks is Speaks.TOKENS:
            token = self.token(keys)
            return [(b"authorization", _bearer(token))] if token else []
        headers = [(b"apikey", lite_keys[self.role].encode())] if self.role else []
        if self.bearer:
            role = keys.role(self.bearer)
            token = lite_keys[role] if role else self.bearer
            headers.append((b"authorization", _bearer(token)))
        return headers


def split_key(query: bytes) -> tuple[str | None, bytes]:
    """Take the parameter `apikey` out of a query; the rest stays as it was written."""
    key = None
    rest = []
    for pair in query.split(b"&"):
        name, _, value = pair.partition(b"=")
        if name == b"apikey":
            key = unquote_plus(value.decode("latin-1"))
        else:
            rest.append(pair)
    return key, b"&".join(rest)


def _bearer(token: str) -> bytes:
    return b"Bearer " + token.encode("latin-1", errors="replace")
