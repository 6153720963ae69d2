"""One track, one file, one version of a provider: one check, however often it is handed in."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, Database, actor
from tests.detections import checked, claim, decide, detection, hand_in, record, stands
from tests.races import race
from tests.trust import loosen


@pytest.fixture(autouse=True)
def _nobody_is_slowed(db: Connection) -> None:
    loosen(db)


def checks(db: Connection, track: uuid.UUID) -> list[tuple[str, Any, bool]]:
    """The detections of a track, the oldest first: file, version, whether it is the last one."""
    rows = db.execute(
        "select file_hash, provider_version, is_current from public.detections"
        " where track_id = %s order by id",
        [track],
    ).fetchall()
    return [(row["file_hash"], row["provider_version"], row["is_current"]) for row in rows]


def put_in_place(db: Connection, track: uuid.UUID, tag: str) -> None:
    """Give a track another file, as an operator does who repairs one."""
    path = f"{uuid.uuid4()}/{uuid.uuid4()}.mp3"
    db.execute(
        "insert into storage.objects (bucket_id, name, metadata)"
        " values ('track-files', %s, jsonb_build_object('size', 5000000, 'eTag', %s::text))",
        [path, tag],
    )
    db.execute("update private.track_files set path = %s where track_id = %s", [path, track])


def test_what_is_handed_in_twice_is_looked_at_once(db: Connection, ada: Actor) -> None:
    track = hand_in(db, tag="aaaaaaaa")
    for _ in range(3):
        assert ada.call("submit_track", track_id=track)["status"] == "processing"
    assert checks(db, track) == [("aaaaaaaa", None, True)]
    assert len(claim(db)) == 1
    assert record(db, track, 5) == "verified_human"
    assert ada.call("submit_track", track_id=track)["status"] == "published"
    assert claim(db) == []
    assert checks(db, track) == [("aaaaaaaa", "1", True)]


def test_two_that_hand_it_in_at_once_make_one_check(database: Database) -> None:
    with database.connect() as connection:
        loosen(connection)
        track = hand_in(connection, tag="aaaaaaaa")
        connection.execute("delete from public.detections")
        connection.execute(
            "update public.tracks set status = 'draft', published_at = null where id = %s", [track]
        )
    outcomes = race(
        database, [lambda own: actor(own, "ada").call("submit_track", track_id=track)] * 8
    )
    assert {outcome["status"] for outcome in outcomes} == {"processing"}
    with database.connect() as connection:
        assert len(checks(connection, track)) == 1


def test_the_same_file_as_another_track_is_a_check_of_its_own(db: Connection) -> None:
    first, second = (hand_in(db, tag="aaaaaaaa") for _ in range(2))
    assert {one["track_id"] for one in claim(db)} == {str(first), str(second)}
    assert record(db, first, 5) == "verified_human"
    assert stands(db, second) == ("processing", "analyzing")


def test_another_file_of_a_track_is_looked_at_and_a_former_one_never_again(
    db: Connection, modesty: Actor
) -> None:
    track = hand_in(db, tag="aaaaaaaa")
    claim(db)
    record(db, track, 5)
    former = detection(db, track)["id"]
    put_in_place(db, track, "bbbbbbbb")
    modesty.call("recheck_track", track_id=track)
    # The same version of the same provider, as it has not heard this file.
    (claimed,) = claim(db)
    assert (claimed["track_id"], claimed["file_hash"]) == (str(track), "bbbbbbbb")
    assert record(db, track, 20) == "verified_human"
    assert checks(db, track) == [("aaaaaaaa", "1", False), ("bbbbbbbb", "1", True)]
    # The first file again: what was said of it is before people, and nobody is asked.
    put_in_place(db, track, "aaaaaaaa")
    modesty.call("recheck_track", track_id=track)
    assert claim(db) == []
    row = detection(db, track)
    assert (row["status"], row["last_error"]) == ("under_review", "known_already")
    assert (row["risk_score"], row["evidence"]) == (5, {"known_from": str(former)})
    assert (row["provider"], row["attempts"]) == (None, 0)
    decide(db, track, "verified_human", "eve")
    assert checks(db, track)[-1] == ("aaaaaaaa", None, True)


def test_a_second_row_of_the_same_check_is_refused(db: Connection, modesty: Actor) -> None:
    track = checked(db, 5)
    modesty.call("recheck_track", track_id=track)
    with pytest.raises(psycopg.errors.UniqueViolation) as caught, db.transaction():
        db.execute(
            "update public.detections set provider = 'http', provider_version = '1'"
            " where track_id = %s and is_current",
            [track],
        )
    assert caught.value.diag.constraint_name == "detections_once"
