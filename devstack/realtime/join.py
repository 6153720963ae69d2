"""What a client asks for when it joins a topic."""

from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class JoinConfig:
    """The payload of phx_join, read as leniently as hosted Supabase does."""

    private: bool
    receives_own: bool
    acknowledges: bool
    presence_key: str
    presence_enabled: bool
    wants_postgres_changes: bool
    access_token: str | None

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Self:
        """Take what is well formed; the rest is as if it were not there."""
        config = _mapping(payload.get("config"))
        broadcast = _mapping(config.get("broadcast"))
        presence = _mapping(config.get("presence"))
        key = presence.get("key")
        token = payload.get("user_token") or payload.get("access_token")
        return cls(
            private=_flag(config.get("private")),
            receives_own=_flag(broadcast.get("self")),
            acknowledges=_flag(broadcast.get("ack")),
            presence_key="" if key is None else str(key),
            presence_enabled=_flag(presence.get("enabled")),
            wants_postgres_changes=bool(config.get("postgres_changes")),
            access_token=token if isinstance(token, str) and token else None,
        )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _flag(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
