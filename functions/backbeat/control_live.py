"""watch-live: has the LiveKit server do what the database orders, and asks it what is so."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, RootModel, TypeAdapter

from backbeat.database import Database
from backbeat.errors import BackbeatError, LiveUnavailableError
from backbeat.livekit import LiveKit, Role
from backbeat.outbox import Deliveries, deliver

TOPIC = "livekit"
# How long a run rests between two looks at the outbox.
PAUSE_SECONDS = 3.0
# What a run that looks once has for what is due.
LEAST_SECONDS = 30.0


class Clear(BaseModel):
    """A message: a stream is over, its room is to end."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    order: Literal["clear"]
    stream_id: UUID


class Standing(BaseModel):
    """A message: somebody's place in a stream may not be right any more."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    order: Literal["remove", "update"]
    stream_id: UUID
    user_id: UUID
    ordered_at: datetime


class Order(RootModel[Annotated[Clear | Standing, Field(discriminator="order")]]):
    """The payload of a message."""


class Counts(BaseModel):
    """How many rooms were told how many listen, and how many streams are on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    told: int
    open: int


RIGHT: TypeAdapter[Role | Literal["remove", "none"]] = TypeAdapter(Role | Literal["remove", "none"])
IDS = TypeAdapter(list[UUID])
COUNTS = TypeAdapter(Counts)


def carry_out_orders(database: Database, livekit: LiveKit, seconds: float) -> Deliveries:
    """Do what is due in the outbox, for so long; what fails waits for its next try.

    What is right about somebody is asked of the database when it is done, so that an order that is
    old, or comes twice, does no harm.
    """

    def handle(order: Order) -> None:
        match order.root:
            case Clear(stream_id=stream_id):
                livekit.clear(stream_id)
            case Standing() as standing:
                _put_right(database, livekit, standing)

    return deliver(database, TOPIC, Order, handle, seconds)


def _put_right(database: Database, livekit: LiveKit, standing: Standing) -> None:
    arguments = {
        "stream_id": str(standing.stream_id),
        "user_id": str(standing.user_id),
        "is_removal": standing.order == "remove",
        "ordered_at": standing.ordered_at.isoformat(),
    }
    right = database.call("live_order", arguments, RIGHT, is_idempotent=True)
    if right == "remove":
        livekit.remove(standing.stream_id, standing.user_id)
    elif right != "none":
        livekit.update(standing.stream_id, standing.user_id, right)


def watch_live(
    database: Database,
    livekit: LiveKit | None,
    seconds: float,
    rest: Callable[[float], None] = time.sleep,
) -> dict[str, int]:
    """Compare streams with the server's rooms, then carry out orders while any stream is on.

    Returns counts: `claimed`, `delivered` and `failed` orders, `called` streams whose listeners
    were compared with the server's, `told` rooms. The answer is 502 live_unavailable when the
    server was away, or orders failed, with the same counts. Without a server nobody is live, and
    there is nothing to do.
    """
    deadline = time.monotonic() + seconds
    counts = dict.fromkeys(("claimed", "delivered", "failed", "called", "told"), 0)
    if livekit is None:
        return counts
    failure: BackbeatError | None = None
    try:
        counts["called"] = _compare(database, livekit)
    except LiveUnavailableError as error:
        failure = error
    while True:
        done = carry_out_orders(database, livekit, max(deadline - time.monotonic(), LEAST_SECONDS))
        counts["claimed"] += done.claimed
        counts["delivered"] += done.delivered
        counts["failed"] += len(done.failures)
        failure = failure or next(iter(done.failures), None)
        told = database.call("tell_live_counts", {"size": 1000}, COUNTS)
        counts["told"] += told.told
        if not told.open or time.monotonic() + PAUSE_SECONDS > deadline:
            break
        rest(PAUSE_SECONDS)
    if failure:
        raise LiveUnavailableError(reason=failure.reason, extra=counts)
    return counts


def _compare(database: Database, livekit: LiveKit) -> int:
    """Tell the database what the server knows; returns how many streams were looked into."""
    asked_at = datetime.now(UTC).isoformat()
    rooms = [{"stream_id": str(name), "count": count} for name, count in livekit.rooms().items()]
    arguments = {"rooms": rooms, "asked_at": asked_at}
    streams = database.call("live_census", arguments, IDS, is_idempotent=True)
    for stream_id in streams:
        _call_the_roll(database, livekit, stream_id)
    return len(streams)


def _call_the_roll(database: Database, livekit: LiveKit, stream_id: UUID) -> None:
    asked_at = datetime.now(UTC).isoformat()
    sessions = [
        {
            "session_id": session.session_id,
            "user_id": str(session.user_id),
            "joined_at": session.joined_at.isoformat() if session.joined_at else None,
            "granted_role": session.granted_role,
        }
        for session in livekit.sessions(stream_id)
    ]
    arguments = {"stream_id": str(stream_id), "sessions": sessions, "asked_at": asked_at}
    for stranger in database.call("live_roll", arguments, IDS, is_idempotent=True):
        livekit.remove(stream_id, stranger)
