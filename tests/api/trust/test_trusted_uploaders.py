"""Artists who are trusted: how trust is won and lost, and what holds a track that was removed."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, person_id, refused
from tests.detections import (
    checked,
    claim,
    decide,
    detection,
    hand_in,
    moderator,
    record,
    stands,
    told,
    verify_many,
)
from tests.races import race
from tests.trust import loosen


@pytest.fixture(autouse=True)
def _nobody_is_slowed(db: Connection) -> None:
    loosen(db)


def marks(db: Connection, name: str = "ada") -> dict[str, Any]:
    """How far somebody is trusted."""
    row = db.execute(
        "select is_trusted_uploader, trusted_since, verified_upload_count"
        " from public.artist_profiles where profile_id = %s",
        [person_id(name)],
    ).fetchone()
    assert row is not None
    return row


def test_ten_verified_uploads_make_trust_and_one_rejection_ends_it(
    db: Connection, ada: Actor
) -> None:
    verify_many(db, 9)
    assert marks(db)["is_trusted_uploader"] is False
    assert stands(db, hand_in(db)) == ("processing", "pending")
    claim(db)
    last = db.execute(
        "select track_id from public.detections where status = 'analyzing'"
    ).fetchone()
    assert last is not None
    record(db, last["track_id"], 5)
    account = marks(db)
    assert (account["is_trusted_uploader"], account["verified_upload_count"]) == (True, 10)
    track = hand_in(db)
    # Published at once, and checked after.
    assert stands(db, track) == ("published", "pending")
    claim(db)
    record(db, track, 50)
    assert stands(db, track) == ("published", "under_review")
    decide(db, track, "rejected", "modesty", "eve")
    assert stands(db, track) == ("removed", "rejected")
    assert marks(db)["is_trusted_uploader"] is False
    assert stands(db, hand_in(db)) == ("processing", "pending")
    # Half a year later it is earned again, and not before.
    for age, status in (("179 days", "processing"), ("181 days", "published")):
        db.execute(
            "update public.detections set rejected_at = now() - %s::interval"
            " where status = 'rejected'",
            [age],
        )
        assert stands(db, hand_in(db)) == (status, "pending")


@pytest.mark.parametrize("verdict", ["rejected", "verified_human"])
def test_an_appeal_wins_trust_back_only_where_it_succeeds(
    db: Connection, ada: Actor, verdict: str
) -> None:
    verify_many(db, 10)
    track = checked(db, 50)
    decide(db, track, "rejected", "modesty", "eve")
    rejected_at = detection(db, track)["rejected_at"]
    assert rejected_at is not None
    ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="It was me.")
    # To appeal is to say so, and no more.
    assert detection(db, track)["rejected_at"] == rejected_at
    assert stands(db, hand_in(db)) == ("processing", "pending")
    assert marks(db)["is_trusted_uploader"] is False
    decide(db, track, verdict, "finn")
    is_won = verdict == "verified_human"
    assert detection(db, track)["rejected_at"] == (None if is_won else rejected_at)
    assert stands(db, hand_in(db)) == ("published" if is_won else "processing", "pending")
    assert marks(db)["is_trusted_uploader"] is is_won


def test_one_file_however_often_it_is_handed_in_is_one_step_to_trust(db: Connection) -> None:
    tag = uuid.uuid4().hex
    for _ in range(11):
        track = hand_in(db, tag=tag)
        claim(db)
        assert record(db, track, 5) == "verified_human"
    account = marks(db)
    assert (account["is_trusted_uploader"], account["verified_upload_count"]) == (False, 11)
    verify_many(db, 8)
    assert marks(db)["is_trusted_uploader"] is False
    verify_many(db, 1)
    assert marks(db)["is_trusted_uploader"] is True


def test_what_passes_after_it_was_published_is_nothing_to_tell(db: Connection, ada: Actor) -> None:
    verify_many(db, 10)
    told_before = told(ada)
    track = hand_in(db)
    claim(db)
    assert record(db, track, 5) == "verified_human"
    assert told(ada) == told_before
    assert stands(db, track) == ("published", "verified_human")


@pytest.mark.parametrize("was_hidden", [False, True])
def test_what_is_flagged_after_it_was_published_is_held_and_comes_back_as_it_was(
    db: Connection, ada: Actor, was_hidden: bool
) -> None:
    verify_many(db, 10)
    track = hand_in(db)
    if was_hidden:
        ada.call("hide_track", track_id=track)
    claim(db)
    record(db, track, 90)
    assert stands(db, track) == ("processing", "flagged_ai")
    with refused(409, "track_not_published"):
        ada.call("publish_track", track_id=track)
    decide(db, track, "verified_human", "modesty")
    assert stands(db, track) == ("hidden" if was_hidden else "published", "verified_human")


def test_every_tenth_file_of_a_trusted_artist_waits(db: Connection) -> None:
    verify_many(db, 10)
    found = [stands(db, hand_in(db))[0] for _ in range(20)]
    assert found == (["published"] * 9 + ["processing"]) * 2


def test_two_files_at_once_are_not_both_the_ninth(database: Database) -> None:
    with database.connect() as connection:
        loosen(connection)
        verify_many(connection, 10)
        for _ in range(7):
            hand_in(connection)
    outcomes = race(database, [lambda own: stands(own, hand_in(own))[0]] * 6)
    assert sorted(outcomes) == ["processing"] + ["published"] * 5
    with database.connect() as connection:
        numbers = connection.execute(
            "select array_agg(trusted_number order by trusted_number) as all_of_them"
            " from public.detections where trusted_number is not null"
        ).fetchone()
        assert numbers == {"all_of_them": list(range(1, 14))}


def test_what_the_staff_has_removed_for_something_else_stays_removed(
    db: Connection, modesty: Actor
) -> None:
    track = hand_in(db)
    modesty.call("remove_track", track_id=track, reason="copyright")
    claim(db)
    record(db, track, 5)
    assert stands(db, track) == ("removed", "verified_human")
    assert modesty.call("restore_track", track_id=track)["status"] == "published"


def test_a_rejection_holds_what_something_else_had_removed_before(
    db: Connection, ada: Actor
) -> None:
    verify_many(db, 10)
    track = checked(db, 50)
    held = {"target_kind": "track", "target_id": track, "subject_id": ada.id}
    db.execute(
        "select private.withhold(%(target_kind)s, %(target_id)s, %(subject_id)s, 'decision', null)",
        held,
    )
    decide(db, track, "rejected", "modesty", "eve")
    assert detection(db, track)["has_removed"] is True
    db.execute("select private.release(%(target_kind)s, %(target_id)s, %(subject_id)s)", held)
    assert stands(db, track) == ("removed", "rejected")
    ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="It was me.")
    assert stands(db, track) == ("removed", "under_review")
    decide(db, track, "verified_human", "finn")
    assert stands(db, track) == ("published", "verified_human")
    assert detection(db, track)["has_removed"] is False


def test_what_is_withheld_for_something_else_stays_so_when_an_appeal_succeeds(
    db: Connection, ada: Actor
) -> None:
    track = checked(db, 50)
    decide(db, track, "rejected", "modesty", "eve")
    # As reports of others would.
    db.execute(
        "insert into private.withheld (target_kind, target_id, reason)"
        " values ('track', %s, 'decision')",
        [track],
    )
    ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="It was me.")
    decide(db, track, "verified_human", "finn")
    assert stands(db, track) == ("removed", "verified_human")
    db.execute("select private.release('track', %s, %s)", [track, ada.id])
    assert stands(db, track) == ("published", "verified_human")


def test_the_counter_of_verified_uploads_is_what_is_verified(db: Connection, ada: Actor) -> None:
    tracks = verify_many(db, 3)
    db.execute("delete from public.tracks where id = %s", [tracks[0]])
    checked(db, 90)
    assert marks(db)["verified_upload_count"] == 2
    moderator(db, "eve").call("recheck_track", track_id=tracks[1])
    assert marks(db)["verified_upload_count"] == 1
