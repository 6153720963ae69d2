"""live-start, live-end and live-token: being live in a room, as its host or to hear it."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.body import RequestModel
from backbeat.control_live import carry_out_orders
from backbeat.database import Database
from backbeat.errors import LiveUnavailableError
from backbeat.livekit import LiveKit, Pass, Role

# Whoever ends a stream waits so long for the server to have put everybody out; then the schedule
# goes on.
PATIENCE_SECONDS = 5.0


class LiveStartRequest(RequestModel):
    """In which room to be live, and what it is called."""

    room_id: UUID
    title: str


class LiveEndRequest(RequestModel):
    """Which stream to end."""

    stream_id: UUID


class LiveTokenRequest(RequestModel):
    """In which room to listen or speak."""

    room_id: UUID


class Stream(BaseModel):
    """A stream that has begun; for its host."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stream_id: UUID
    room_id: UUID
    title: str
    started_at: datetime
    role: Role
    seconds: int
    empty_seconds: int


class Ended(BaseModel):
    """A stream that is over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stream_id: UUID
    ended_at: datetime
    peak_listeners: int


class Standing(BaseModel):
    """What somebody may do in a stream, and for how long a token says so."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stream_id: UUID
    role: Role
    seconds: int


STREAM = TypeAdapter(Stream)
ENDED = TypeAdapter(Ended)
STANDING = TypeAdapter(Standing)


def start_live(
    database: Database, livekit: LiveKit, user_id: UUID, request: LiveStartRequest
) -> dict[str, object]:
    """Return `{stream {id, room_id, title, started_at}, url, token, expires_at, role}`.

    A stream whose room cannot be made at the LiveKit server is ended again, and the answer is 502
    live_unavailable. The database's errors: account_gone (401), account_deactivated,
    feature_disabled, banned_from_room, not_a_member, not_a_moderator, muted_in_room (403),
    room_not_found (404), live_exists (409), live_title_invalid (422), rate_limited (429).
    """
    arguments = {
        "user_id": str(user_id),
        "room_id": str(request.room_id),
        "title": request.title,
    }
    stream = database.call("start_live", arguments, STREAM)
    try:
        livekit.open(stream.stream_id, stream.empty_seconds)
    except LiveUnavailableError:
        ending = {"user_id": str(user_id), "stream_id": str(stream.stream_id)}
        database.call("end_live", ending, ENDED, is_idempotent=True)
        raise
    signed = livekit.sign(stream.stream_id, user_id, stream.role, stream.seconds)
    described = {
        "id": str(stream.stream_id),
        "room_id": str(stream.room_id),
        "title": stream.title,
        "started_at": stream.started_at.isoformat(),
    }
    return {"stream": described, **_entrance(livekit, signed, stream.role)}


def end_live(
    database: Database, livekit: LiveKit, user_id: UUID, request: LiveEndRequest
) -> dict[str, object]:
    """Return `{stream_id, ended_at, peak_listeners}`; ending again answers the same.

    Everybody is put out at once, or by the schedule when the LiveKit server is away. The database's
    errors: account_gone (401), account_deactivated, feature_disabled, not_a_member, not_a_moderator
    (403), room_not_found, live_not_found (404).
    """
    arguments = {"user_id": str(user_id), "stream_id": str(request.stream_id)}
    ended = database.call("end_live", arguments, ENDED, is_idempotent=True)
    carry_out_orders(database, livekit, PATIENCE_SECONDS)
    return ended.model_dump(mode="json")


def give_live_token(
    database: Database, livekit: LiveKit, user_id: UUID, request: LiveTokenRequest
) -> dict[str, object]:
    """Return `{stream_id, url, token, expires_at, role}` for the stream that is on in a room.

    The database decides the role. Its errors: account_gone (401), account_deactivated,
    feature_disabled, banned_from_room, not_a_member (403), room_not_found, live_not_on (404),
    rate_limited (429).
    """
    arguments = {"user_id": str(user_id), "room_id": str(request.room_id)}
    standing = database.call("live_role", arguments, STANDING, is_idempotent=True)
    signed = livekit.sign(standing.stream_id, user_id, standing.role, standing.seconds)
    return {"stream_id": str(standing.stream_id), **_entrance(livekit, signed, standing.role)}


def _entrance(livekit: LiveKit, signed: Pass, role: Role) -> dict[str, object]:
    return {
        "url": livekit.client_url,
        "token": signed.token,
        "expires_at": signed.expires_at.isoformat(timespec="seconds"),
        "role": role,
    }
