"""livekit-webhook: what the LiveKit server reports, signed with our own key."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import Request
from pydantic import TypeAdapter

from backbeat.control_live import carry_out_orders
from backbeat.database import Database
from backbeat.errors import (
    InvalidJsonError,
    InvalidSignatureError,
    LiveUnavailableError,
    MissingSignatureError,
)
from backbeat.livekit import LiveKit, as_uuid, connect_livekit, session_of
from backbeat.settings import Settings

if TYPE_CHECKING:
    from livekit.protocol.webhook import WebhookEvent

ROOM_EVENTS = ("room_started", "room_finished")
PARTICIPANT_EVENTS = ("participant_joined", "participant_left", "participant_connection_aborted")
# The server waits for our answer; what takes longer is the schedule's.
PATIENCE_SECONDS = 3.0

OUTCOME = TypeAdapter(str)


def livekit_server(request: Request, settings: Settings) -> "WebhookEvent":
    """Admit the LiveKit server: its token is signed with our secret and names the body's hash."""
    # Only here: most functions have no use for it.
    from google.protobuf.json_format import ParseError
    from livekit.api import TokenVerifier, WebhookReceiver

    livekit = connect_livekit(settings)
    token = request.headers.get("Authorization", "").strip()
    if not token:
        raise MissingSignatureError
    receiver = WebhookReceiver(TokenVerifier(livekit.api_key, livekit.api_secret))
    try:
        return receiver.receive(request.get_data(cache=True).decode(), token)
    except ParseError:
        raise InvalidJsonError from None
    except Exception as error:
        # Whatever it is that a forged token or body makes of the library.
        raise InvalidSignatureError(reason=type(error).__name__) from None


def take_live_event(
    database: Database, livekit: LiveKit, event: "WebhookEvent"
) -> dict[str, object]:
    """Hand an event to the database and return `{outcome}`.

    counted; ordered: what the server is to do about it has been begun; stranger: a participant
    without an account was put out; repeated, unknown (a room of somebody else's) and ignored are
    answered 200, too, as sending them again would change nothing. Error: live_event_invalid (422).
    """
    stream_id = as_uuid(event.room.name)
    if stream_id is None or event.event not in (*ROOM_EVENTS, *PARTICIPANT_EVENTS):
        return {"outcome": "ignored"}
    arguments: dict[str, object] = {
        "event_id": event.id,
        "event": event.event,
        "stream_id": str(stream_id),
        "happened_at": _moment(event.created_at).isoformat(),
    }
    session = session_of(event.participant) if event.event in PARTICIPANT_EVENTS else None
    if session:
        arguments |= {
            "user_id": str(session.user_id),
            "session_id": session.session_id,
            "joined_at": session.joined_at.isoformat() if session.joined_at else None,
            "granted_role": session.granted_role,
        }
    elif event.event in PARTICIPANT_EVENTS:
        return {"outcome": "ignored"}
    outcome = database.call("live_event", arguments, OUTCOME, is_idempotent=True)
    if outcome == "ordered":
        carry_out_orders(database, livekit, PATIENCE_SECONDS)
    elif outcome == "stranger" and session and event.event == "participant_joined":
        try:
            livekit.remove(stream_id, session.user_id)
        except LiveUnavailableError as error:
            # The next look finds them.
            return {"outcome": outcome, "reason": error.token}
    return {"outcome": outcome}


def _moment(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (OverflowError, ValueError, OSError):
        raise InvalidJsonError("An event has a time.") from None
