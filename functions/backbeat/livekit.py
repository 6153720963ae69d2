"""LiveKit, which carries live audio: tokens for it, its room service, and what it reports."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, TypeVar
from uuid import UUID

from backbeat.errors import LiveNotConfiguredError, LiveUnavailableError
from backbeat.settings import Settings

if TYPE_CHECKING:
    from livekit.api import LiveKitAPI, VideoGrants
    from livekit.protocol.models import ParticipantInfo, ParticipantPermission

T = TypeVar("T")
Role = Literal["host", "speaker", "listener"]

# What each role may send; whoever is in a stream may hear it.
SOURCES: dict[Role, tuple[str, ...]] = {
    "host": ("microphone", "camera"),
    "speaker": ("microphone",),
    "listener": (),
}


@dataclass(frozen=True)
class Pass:
    """A token for one stream and one person, and until when it is good."""

    token: str
    expires_at: datetime


@dataclass(frozen=True)
class Session:
    """One connection to a stream: the server's name for it, and whose it is."""

    session_id: str
    user_id: UUID
    joined_at: datetime | None
    granted_role: Role


@dataclass(frozen=True)
class LiveKit:
    """One LiveKit server and its key.

    Its room service is asked in one request a call, without repeats: what must happen waits in the
    outbox. Each raises LiveUnavailableError.
    """

    url: str
    api_key: str
    api_secret: str
    timeout_seconds: float

    @property
    def client_url(self) -> str:
        """Where an app connects to."""
        return self.url.replace("http", "ws", 1) if self.url.startswith("http") else self.url

    def sign(self, stream_id: UUID, user_id: UUID, role: Role, seconds: int) -> Pass:
        """Return a token by which somebody joins a stream in a role.

        It says who they are by their id alone; what they are called, an app reads under the rules
        of the database.
        """
        from livekit.api import AccessToken

        token = (
            AccessToken(self.api_key, self.api_secret)
            .with_identity(str(user_id))
            .with_ttl(timedelta(seconds=seconds))
            .with_grants(grants(stream_id, role))
        )
        # Before signing, so that it is never later than the truth.
        expires_at = datetime.now(UTC) + timedelta(seconds=seconds)
        return Pass(token.to_jwt(), expires_at)

    def open(self, stream_id: UUID, empty_seconds: int) -> None:
        """Make the room of a stream, which ends when nobody has been in it for so long."""
        from livekit.protocol.room import CreateRoomRequest

        request = CreateRoomRequest(
            name=str(stream_id), empty_timeout=empty_seconds, departure_timeout=empty_seconds
        )
        self._ask(lambda api: api.room.create_room(request))

    def clear(self, stream_id: UUID) -> None:
        """End the room of a stream, with everybody in it; one that is gone is ended."""
        from livekit.protocol.room import DeleteRoomRequest

        request = DeleteRoomRequest(room=str(stream_id))
        self._ask(lambda api: api.room.delete_room(request), is_gone_fine=True)

    def remove(self, stream_id: UUID, user_id: UUID) -> None:
        """Put somebody out of a stream; who is not there is out."""
        from livekit.protocol.room import RoomParticipantIdentity

        request = RoomParticipantIdentity(room=str(stream_id), identity=str(user_id))
        self._ask(lambda api: api.room.remove_participant(request), is_gone_fine=True)

    def update(self, stream_id: UUID, user_id: UUID, role: Role) -> None:
        """Give somebody in a stream the rights of a role, and take away what goes beyond."""
        from livekit.protocol.room import UpdateParticipantRequest

        request = UpdateParticipantRequest(
            room=str(stream_id), identity=str(user_id), permission=permission(role)
        )
        self._ask(lambda api: api.room.update_participant(request), is_gone_fine=True)

    def rooms(self) -> dict[UUID, int]:
        """Return how many are in each room that could be a stream's."""
        from livekit.protocol.room import ListRoomsRequest

        found = self._ask(lambda api: api.room.list_rooms(ListRoomsRequest()))
        named = ((as_uuid(room.name), int(room.num_participants)) for room in found.rooms)
        return {name: count for name, count in named if name}

    def sessions(self, stream_id: UUID) -> list[Session]:
        """Return who is in a stream."""
        from livekit.protocol.models import ParticipantInfo
        from livekit.protocol.room import ListParticipantsRequest

        request = ListParticipantsRequest(room=str(stream_id))
        found = self._ask(lambda api: api.room.list_participants(request))
        sessions = (
            session_of(one)
            for one in found.participants
            if one.state != ParticipantInfo.State.DISCONNECTED
        )
        return [session for session in sessions if session]

    def _ask(
        self, ask: "Callable[[LiveKitAPI], Awaitable[Any]]", *, is_gone_fine: bool = False
    ) -> Any:
        import aiohttp
        from livekit.api import ServerError

        try:
            return asyncio.run(self._answer(ask))
        except ServerError as error:
            if is_gone_fine and error.code == "not_found":
                return None
            raise LiveUnavailableError(reason=f"answered {error.status} {error.code}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LiveUnavailableError(reason=type(error).__name__) from None

    async def _answer(self, ask: "Callable[[LiveKitAPI], Awaitable[Any]]") -> Any:
        import aiohttp
        from livekit.api import LiveKitAPI

        timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
        # Its repeats at other regions would outlast whoever waits.
        async with LiveKitAPI(
            self.url, self.api_key, self.api_secret, timeout=timeout, failover=False
        ) as api:
            return await ask(api)


def grants(stream_id: UUID, role: Role) -> "VideoGrants":
    """Return every right a token can give, each spelled: what a role has not is false."""
    from livekit.api import VideoGrants

    return VideoGrants(
        room_create=False,
        room_list=False,
        room_record=False,
        room_admin=role == "host",
        room_join=True,
        room=str(stream_id),
        can_publish=role != "listener",
        can_subscribe=True,
        # What is said in writing is the room's chat, with its rules.
        can_publish_data=False,
        can_publish_sources=list(SOURCES[role]),
        can_update_own_metadata=False,
        ingress_admin=False,
        hidden=False,
        recorder=False,
        agent=False,
        can_manage_agent_session=False,
        can_subscribe_metrics=False,
    )


def permission(role: Role) -> "ParticipantPermission":
    """Return the same rights, as the server takes them for somebody who is connected."""
    from livekit.protocol.models import ParticipantPermission

    return ParticipantPermission(
        can_subscribe=True,
        can_publish=role != "listener",
        can_publish_data=False,
        can_publish_sources=[source.upper() for source in SOURCES[role]],
        hidden=False,
        recorder=False,
        can_update_metadata=False,
        agent=False,
        can_subscribe_metrics=False,
        can_manage_agent_session=False,
    )


def session_of(participant: "ParticipantInfo") -> Session | None:
    """Return a connection of a person; None for what else may be in a room, such as a recorder."""
    from livekit.protocol.models import ParticipantInfo, TrackSource

    user_id = as_uuid(participant.identity)
    if user_id is None or participant.kind != ParticipantInfo.Kind.STANDARD or not participant.sid:
        return None
    role: Role = "listener"
    if participant.permission.can_publish:
        # No source is every source.
        sources = participant.permission.can_publish_sources
        role = "host" if not sources or TrackSource.CAMERA in sources else "speaker"
    seconds = participant.joined_at_ms / 1000 or participant.joined_at
    # Past the year 5000 it is no time.
    joined_at = datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 1e11 else None
    return Session(participant.sid, user_id, joined_at, role)


def as_uuid(text: str) -> UUID | None:
    """Return the id that a name is, if it is one as we write them."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text else None


def connect_livekit(settings: Settings) -> LiveKit:
    """Return the LiveKit of these settings; raises LiveNotConfiguredError without one."""
    missing = [
        name
        for name in ("livekit_url", "livekit_api_key", "livekit_api_secret")
        if getattr(settings, name) is None
    ]
    if missing or not settings.livekit_url or not settings.livekit_api_key:
        names = ", ".join(name.upper() for name in missing)
        raise LiveNotConfiguredError(reason=f"{names} not set")
    assert settings.livekit_api_secret is not None
    return LiveKit(
        settings.livekit_url,
        settings.livekit_api_key,
        settings.livekit_api_secret.get_secret_value(),
        settings.livekit_timeout_seconds,
    )
