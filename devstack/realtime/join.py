"""What a client asks for when it joins a topic."""

from dataclasses import dataclass
from typing import Any, Self

_MOST_REPLAYED = 25
# The year 9999, in milliseconds.
_LAST_MOMENT = 253_402_300_799_000


class ReplayError(ValueError):
    """A wish for past messages that cannot be met; the text is hosted Supabase's."""


@dataclass(frozen=True, slots=True)
class Replay:
    """How many past messages a client asks for, and since when (milliseconds of Unix time)."""

    since: int
    limit: int


@dataclass(frozen=True, slots=True)
class JoinConfig:
    """The payload of phx_join, read as leniently as hosted Supabase does."""

    private: bool
    receives_own: bool
    acknowledges: bool
    presence_key: str
    presence_enabled: bool
    wants_postgres_changes: bool
    replay: Replay | None
    access_token: str | None

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Take what is well formed; the rest is as if it were not there. Raises ReplayError."""
        config = _mapping(payload.get("config"))
        broadcast = _mapping(config.get("broadcast"))
        presence = _mapping(config.get("presence"))
        key = presence.get("key")
        private = _flag(config.get("private"))
        token = payload.get("user_token") or payload.get("access_token")
        return cls(
            private=private,
            receives_own=_flag(broadcast.get("self")),
            acknowledges=_flag(broadcast.get("ack")),
            presence_key="" if key is None else str(key),
            presence_enabled=_flag(presence.get("enabled")),
            wants_postgres_changes=bool(config.get("postgres_changes")),
            replay=_replay(broadcast.get("replay"), private),
            access_token=token if isinstance(token, str) and token else None,
        )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _flag(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")


def _replay(wish: Any, private: bool) -> Replay | None:
    if not isinstance(wish, dict):
        return None
    if not private:
        raise ReplayError("Replay is not allowed for public channels")
    since, limit = wish.get("since", 0), wish.get("limit", 10)
    if not _is_whole(since) or not _is_whole(limit) or not 0 <= since <= _LAST_MOMENT:
        raise ReplayError("Replay params are not valid")
    return Replay(since, max(1, min(limit, _MOST_REPLAYED)))


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
