"""What a person leaves behind where uploads are checked: as their artist, and as who decides."""

from __future__ import annotations

from collections.abc import Iterator

from tests.database import Actor, Connection, actor
from tests.detections import checked, detection
from tests.journeys.traces import LEAVER, store


def be_checked(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """They hand in a proof and appeal, and as a moderator decide on somebody else's track."""
    shown = checked(db, 90, LEAVER)
    path = f"{leaver.id}/{next(new)}.zip"
    store(db, leaver.id, "proof-files", path, next(new))
    leaver.call(
        "submit_proof",
        detection_id=detection(db, shown)["id"],
        object_paths=[path],
        note=next(new),
    )
    held = checked(db, 90, LEAVER)
    leaver.call("appeal_detection", detection_id=detection(db, held)["id"], appeal=next(new))
    actor(db, "eve").call("become_artist")
    other = checked(db, 50, "eve")
    leaver.call(
        "review_detection",
        detection_id=detection(db, other)["id"],
        verdict="rejected",
        notes=next(new),
    )
