"""Uploads that are checked, for tests: handed in, claimed, and what a provider says of them."""

from __future__ import annotations

import itertools
import json
import uuid
from decimal import Decimal
from typing import Any

from tests.catalogue import declare
from tests.database import Actor, Connection, Row, actor, person_id

_numbers = itertools.count(1)
PROVIDER = {"provider": "http", "provider_version": "1"}


def hand_in(connection: Connection, name: str = "ada", tag: str | None = None) -> uuid.UUID:
    """Upload a track as an app does, whose file has this eTag; its id."""
    artist = actor(connection, name)
    draft = artist.call(
        "create_track", title="Dusk", genre="house", duration_ms=90_000, file_format="mp3"
    )
    track = uuid.UUID(draft["track"]["id"])
    declare(connection, track)
    connection.execute(
        "insert into storage.objects (bucket_id, name, metadata) values (%s, %s, %s::jsonb)",
        [
            draft["bucket"],
            draft["path"],
            json.dumps({"size": 5_000_000, "eTag": f'"{tag or uuid.uuid4().hex}"'}),
        ],
    )
    artist.call("submit_track", track_id=track)
    return track


def claim(connection: Connection, size: int = 10, **more: Any) -> list[dict[str, Any]]:
    """Claim what is due, as run-detections does."""
    claimed = actor(connection, "service").call(
        "backend.claim_detections", **{**PROVIDER, "size": size, **more}
    )
    assert isinstance(claimed, list)
    return claimed


def record(connection: Connection, track: uuid.UUID, risk: float, **evidence: Any) -> str:
    """Let the provider say how sure it is; what that comes to."""
    outcome = actor(connection, "service").call(
        "backend.record_detection",
        detection_id=detection(connection, track)["id"],
        risk_score=Decimal(str(risk)),
        evidence=json.dumps(evidence),
    )
    assert isinstance(outcome, str)
    return outcome


def checked(connection: Connection, risk: float, name: str = "ada") -> uuid.UUID:
    """A track that was handed in and found to be so risky; its id."""
    track = hand_in(connection, name)
    claim(connection)
    record(connection, track, risk)
    return track


def detection(connection: Connection, track: uuid.UUID) -> Row:
    """The current detection of a track as it is stored."""
    row = connection.execute(
        "select * from public.detections where track_id = %s and is_current", [track]
    ).fetchone()
    assert row is not None
    return row


def stands(connection: Connection, track: uuid.UUID) -> tuple[str, str]:
    """The status of a track, and of its detection."""
    row = connection.execute("select status from public.tracks where id = %s", [track]).fetchone()
    assert row is not None
    return row["status"], detection(connection, track)["status"]


def verify_many(connection: Connection, count: int, name: str = "ada") -> list[uuid.UUID]:
    """So many tracks of somebody's that were verified."""
    return [checked(connection, 5, name) for _ in range(count)]


def proof(connection: Connection, name: str = "ada", end: str = "zip") -> str:
    """A file in somebody's folder of proof-files; its path."""
    path = f"{person_id(name)}/stems{next(_numbers)}.{end}"
    connection.execute(
        "insert into storage.objects (bucket_id, name) values ('proof-files', %s)", [path]
    )
    return path


def moderator(connection: Connection, name: str) -> Actor:
    """Somebody of the cast, made a moderator."""
    connection.execute(
        "insert into private.staff (user_id, role) values (%s, 'moderator') on conflict do nothing",
        [person_id(name)],
    )
    return actor(connection, name)


def decide(connection: Connection, track: uuid.UUID, verdict: str, *names: str) -> None:
    """Let these moderators, one after the other, say so."""
    for name in names:
        moderator(connection, name).call(
            "review_detection",
            detection_id=detection(connection, track)["id"],
            verdict=verdict,
            notes=f"{name} says so",
        )


def logged(connection: Connection, track: uuid.UUID) -> list[Row]:
    """What the log has of a track's detections, the oldest first."""
    return connection.execute(
        "select * from public.moderation_log where target_id = %s and action like 'detection%%'"
        " order by id",
        [track],
    ).fetchall()


def told(person: Actor) -> list[str]:
    """The kinds of what somebody was told, the newest first."""
    return [row["kind"] for row in person.rows("my_notifications")]
