"""Detections: the bands, and what the service is told of providers."""

from __future__ import annotations

import threading
import uuid
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, forbidden, refused
from tests.detections import (
    PROVIDER,
    checked,
    claim,
    decide,
    detection,
    hand_in,
    logged,
    proof,
    record,
    stands,
    told,
    verify_many,
)
from tests.races import race, wait_until_blocked
from tests.trust import loosen

SHIPS = {
    "detection_verified_to": 30,
    "detection_flagged_from": 70,
    "detection_attempts": 5,
    "trusted_uploads": 10,
    "trusted_clean_days": 180,
    "trusted_checked_every": 10,
}


@pytest.fixture(autouse=True)
def _nobody_is_slowed(db: Connection) -> None:
    loosen(db)


def fail(
    db: Connection, claimed: dict[str, Any], outcome: str = "not_made", **more: Any
) -> str | None:
    """Say that an attempt came to nothing; the status."""
    status: str | None = actor(db, "service").call(
        "backend.fail_detection",
        detection_id=claimed["detection_id"],
        lease_id=claimed["lease_id"],
        outcome=outcome,
        error="http_500",
        **more,
    )
    return status


def make_due(db: Connection) -> None:
    """Let every wait and every lease be over."""
    db.execute(
        "update public.detections set next_attempt_at = now() - interval '1 minute',"
        " leased_until = case when lease_id is not null then now() - interval '1 minute' end"
    )


@pytest.mark.parametrize("name", SHIPS)
def test_a_number_ships_as_it_is_specified(name: str, db: Connection) -> None:
    row = db.execute("select private.setting(%s) as value", [name]).fetchone()
    assert row == {"value": SHIPS[name]}


@pytest.mark.parametrize(
    ("risk", "track_status", "status", "kind"),
    [
        (0, "published", "verified_human", "track_verified"),
        (30, "published", "verified_human", "track_verified"),
        (30.01, "processing", "under_review", "track_under_review"),
        (69.99, "processing", "under_review", "track_under_review"),
        (70, "processing", "flagged_ai", "track_held"),
        (100, "processing", "flagged_ai", "track_held"),
    ],
)
def test_the_bands_decide_and_the_artist_is_told(
    db: Connection,
    ada: Actor,
    visitor: Actor,
    risk: float,
    track_status: str,
    status: str,
    kind: str,
) -> None:
    track = hand_in(db)
    (claimed,) = claim(db)
    assert (claimed["track_id"], claimed["attempts"]) == (str(track), 1)
    assert claimed["key"] == f"detection:{claimed['detection_id']}"
    assert claimed["path"] == f"{ada.id}/{track}.mp3"
    assert record(db, track, risk, model="x") == status
    assert stands(db, track) == (track_status, status)
    assert told(ada)[0] == kind
    row = detection(db, track)
    assert (float(row["risk_score"]), row["evidence"]) == (risk, {"model": "x"})
    assert row["bands"] == {"verified_to": 30, "flagged_from": 70}
    if track_status == "published":
        assert visitor.call("track", track_id=track)["status"] == "published"
    else:
        with refused(404, "track_not_found"):
            visitor.call("track", track_id=track)
        with refused(409, "track_not_published"):
            ada.call("publish_track", track_id=track)
    (entry,) = logged(db, track)
    assert (entry["action"], entry["actor_id"]) == ("detection_decided", None)
    assert entry["before"]["status"] == "analyzing"
    assert (entry["before"]["track_status"], entry["after"]["track_status"]) == (
        "processing", track_status,
    )  # fmt: skip
    assert entry["after"]["status"] == status


def test_the_bands_are_the_staffs_to_tune(db: Connection, admiral: Actor) -> None:
    admiral.call("set_setting", name="detection_verified_to", value=10)
    admiral.call("set_setting", name="detection_flagged_from", value=20)
    found = [stands(db, checked(db, risk))[1] for risk in (10, 15, 20)]
    assert found == ["verified_human", "under_review", "flagged_ai"]
    # Where they overlap, what is held is held.
    admiral.call("set_setting", name="detection_verified_to", value=90)
    assert stands(db, checked(db, 50))[1] == "flagged_ai"


def test_the_first_answer_stands(db: Connection) -> None:
    track = checked(db, 5)
    assert record(db, track, 95) == "repeated"
    assert stands(db, track) == ("published", "verified_human")
    assert len(logged(db, track)) == 1


@pytest.mark.parametrize("risk", [-1, "100.01", "NaN", None])
def test_a_risk_is_nought_to_a_hundred(db: Connection, service: Actor, risk: Any) -> None:
    track = hand_in(db)
    claim(db)
    with refused(422, "risk_score_invalid"):
        service.call(
            "backend.record_detection",
            detection_id=detection(db, track)["id"],
            risk_score=risk,
            evidence="{}",
        )


def test_what_is_no_answer_is_refused(db: Connection, service: Actor) -> None:
    track = hand_in(db)
    (claimed,) = claim(db)
    given = {"detection_id": detection(db, track)["id"], "risk_score": 5}
    for evidence in ("[]", "7", "null"):
        with refused(422, "evidence_invalid"):
            service.call("backend.record_detection", **given, evidence=evidence)
    with refused(404, "detection_not_found"):
        service.call("backend.record_detection", detection_id=uuid.uuid4(), risk_score=5)
    with refused(404, "detection_not_found"):
        service.call(
            "backend.record_detection",
            detection_id=None, risk_score=5, provider="http", provider_ref="nobody's",
        )  # fmt: skip
    with refused(422, "outcome_unknown"):
        fail(db, claimed, "perhaps")
    with refused(422, "provider_ref_invalid"):
        service.call(
            "backend.await_detection",
            detection_id=claimed["detection_id"], lease_id=claimed["lease_id"], provider_ref="",
        )  # fmt: skip
    for provider in ({"provider": "HTTP"}, {"provider_version": ""}, {"provider": None}):
        with refused(422, "provider_invalid"):
            service.call("backend.claim_detections", **{**PROVIDER, **provider})


def test_evidence_that_is_too_large_goes_and_its_score_stays(db: Connection) -> None:
    for large in ("x" * 70_000, [1e300] * 2500):
        track = hand_in(db)
        claim(db)
        assert record(db, track, 80, found=large) == "flagged_ai"
        row = detection(db, track)
        assert (row["risk_score"], row["evidence"]) == (80, {"dropped": "too_large"})


@pytest.mark.parametrize("is_trusted", [False, True])
def test_a_proof_before_the_verdict_keeps_nobody_from_being_checked(
    db: Connection, ada: Actor, is_trusted: bool
) -> None:
    verify_many(db, 10 if is_trusted else 0)
    track = hand_in(db)
    given = {"detection_id": detection(db, track)["id"]}
    first, second = proof(db), proof(db)
    assert ada.call("submit_proof", **given, object_paths=[first])["status"] == "pending"
    assert len(claim(db)) == 1
    assert ada.call("submit_proof", **given, object_paths=[second])["status"] == "analyzing"
    assert record(db, track, 90) == "flagged_ai"
    assert stands(db, track) == ("processing", "flagged_ai")
    # Nor is anybody asked again.
    make_due(db)
    assert claim(db) == []
    row = detection(db, track)
    assert (row["risk_score"], row["attempts"]) == (90, 1)
    # What was shown before is shown now, and it is there once.
    shown = ada.call("submit_proof", **given, object_paths=[first])
    assert (shown["status"], len(shown["proofs"])) == ("under_review", 2)


def test_a_proof_for_what_is_before_people_is_answered_by_people(
    db: Connection, ada: Actor
) -> None:
    track = hand_in(db)
    (claimed,) = claim(db)
    assert fail(db, claimed, "final") == "under_review"
    ada.call("submit_proof", detection_id=claimed["detection_id"], object_paths=[proof(db)])
    assert record(db, track, 90) == "repeated"
    assert stands(db, track) == ("processing", "under_review")


def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(db: Connection) -> None:
    hand_in(db)
    (first,) = claim(db)
    assert claim(db) == []
    make_due(db)
    (second,) = claim(db)
    assert second["attempts"] == 2
    assert second["lease_id"] != first["lease_id"]
    # Who has lost it decides nothing of it any more.
    assert fail(db, first) == "analyzing"
    assert detection(db, uuid.UUID(first["track_id"]))["attempts"] == 2


def test_a_provider_is_asked_by_whoever_compares_and_sets(db: Connection, service: Actor) -> None:
    track = hand_in(db)
    (first,) = claim(db)
    lease = {"detection_id": first["detection_id"], "lease_id": first["lease_id"]}
    assert service.call("backend.begin_detection_call", **lease) is True
    # Not by the same claim twice, nor by another worker.
    assert service.call("backend.begin_detection_call", **lease) is False
    make_due(db)
    (second,) = claim(db)
    called_at = detection(db, track)["called_at"]
    assert called_at is not None
    again = {"detection_id": second["detection_id"], "lease_id": second["lease_id"]}
    assert service.call("backend.begin_detection_call", **again) is False
    assert service.call("backend.begin_detection_call", **lease, called_at=called_at) is False
    assert service.call("backend.begin_detection_call", **again, called_at=second["called_at"])
    # Once it is known that it was not made, it may be made.
    assert fail(db, second) == "pending"
    assert detection(db, track)["called_at"] is None


def test_of_eight_workers_that_begin_at_once_one_asks(database: Database) -> None:
    with database.connect() as connection:
        loosen(connection)
        hand_in(connection)
        (claimed,) = claim(connection)
    lease = {"detection_id": claimed["detection_id"], "lease_id": claimed["lease_id"]}
    outcomes = race(
        database,
        [lambda own: actor(own, "service").call("backend.begin_detection_call", **lease)] * 8,
    )
    assert sorted(outcomes) == [False] * 7 + [True]


def test_of_eight_workers_that_claim_at_once_each_upload_has_one(database: Database) -> None:
    with database.connect() as connection:
        loosen(connection)
        tracks = {str(hand_in(connection)) for _ in range(12)}
    outcomes = race(database, [lambda own: claim(own, 3)] * 8)
    claimed = [one["track_id"] for each in outcomes for one in each]
    assert sorted(claimed) == sorted(tracks)


def test_two_that_record_at_once_decide_once(database: Database) -> None:
    with database.connect() as connection:
        loosen(connection)
        track = hand_in(connection)
        claim(connection)
    outcomes = race(
        database,
        [lambda own: record(own, track, 5), lambda own: record(own, track, 95)] * 4,
    )
    assert outcomes.count("repeated") == 7
    with database.connect() as connection:
        assert len(logged(connection, track)) == 1


def test_five_tries_and_then_people_decide(db: Connection, ada: Actor) -> None:
    track = hand_in(db)
    for attempt in range(1, 6):
        (claimed,) = claim(db)
        assert claimed["attempts"] == attempt
        status = fail(db, claimed)
        assert status == ("pending" if attempt < 5 else "under_review")
        assert claim(db) == []
        make_due(db)
    assert stands(db, track) == ("processing", "under_review")
    assert told(ada)[0] == "track_under_review"
    assert logged(db, track)[-1]["action"] == "detection_given_up"


def test_a_worker_that_dies_each_time_leaves_it_to_people(db: Connection) -> None:
    track = hand_in(db)
    for _ in range(5):
        assert len(claim(db)) == 1
        make_due(db)
    assert claim(db) == []
    assert stands(db, track) == ("processing", "under_review")
    assert detection(db, track)["last_error"] == "not_finished"


def test_who_waits_for_one_track_holds_none_that_comes_after_it(database: Database) -> None:
    with database.connect() as connection:
        loosen(connection)
        first, second = sorted(hand_in(connection) for _ in range(2))
        # Looked at after the other one.
        connection.execute(
            "update public.detections set id = private.uuid_v7() where track_id = %s", [first]
        )
        assert detection(connection, second)["id"] < detection(connection, first)["id"]
        connection.execute("update public.detections set attempts = 5")
    lock = "select from public.tracks where id = %s for no key update nowait"
    with (
        database.connect() as waiting,
        database.connect() as watcher,
        database.connect(autocommit=False) as holder,
    ):
        holder.execute(lock, [first])
        thread = threading.Thread(target=claim, args=(waiting,))
        thread.start()
        wait_until_blocked(watcher, waiting)
        holder.execute(lock, [second])
        holder.rollback()
        thread.join(120)
        assert {stands(watcher, track)[1] for track in (first, second)} == {"under_review"}


def test_what_another_version_has_seen_and_another_worker_has_left_is_for_people(
    db: Connection, modesty: Actor
) -> None:
    track = checked(db, 50)
    decide(db, track, "verified_human", "eve")
    modesty.call("recheck_track", track_id=track)
    # A worker of another version takes it and dies, and the former version is back.
    assert len(claim(db, provider_version="2")) == 1
    make_due(db)
    assert claim(db) == []
    assert stands(db, track) == ("published", "under_review")
    assert detection(db, track)["last_error"] == "known_already"


def test_what_is_final_or_belongs_to_another_provider_is_for_people(
    db: Connection, service: Actor
) -> None:
    first, second, third = (hand_in(db) for _ in range(3))
    by_track = {one["track_id"]: one for one in claim(db)}
    assert fail(db, by_track[str(first)], "final") == "under_review"
    for track in (second, third):
        one = by_track[str(track)]
        lease = {"detection_id": one["detection_id"], "lease_id": one["lease_id"]}
        assert service.call("backend.begin_detection_call", **lease)
    # One has timed out, the other's worker has died; another provider cannot be asked about them.
    assert fail(db, by_track[str(second)], "unknown") == "pending"
    make_due(db)
    assert claim(db, provider="other") == []
    for track in (first, second, third):
        assert stands(db, track) == ("processing", "under_review")
    assert detection(db, second)["last_error"] == "provider_changed"


def test_what_no_provider_has_heard_goes_to_the_one_there_is(db: Connection) -> None:
    track = hand_in(db)
    (claimed,) = claim(db)
    assert fail(db, claimed) == "pending"
    make_due(db)
    (claimed,) = claim(db, provider="other", provider_version="2")
    row = detection(db, track)
    assert (row["provider"], row["provider_version"]) == ("other", "2")


def test_the_wait_doubles_and_is_no_shorter_than_asked_for(db: Connection) -> None:
    track = hand_in(db)
    waits = []
    for asked in (None, None, 1000, 10**6):
        (claimed,) = claim(db)
        fail(db, claimed, retry_after_seconds=asked)
        row = db.execute(
            "select round(extract(epoch from next_attempt_at - clock_timestamp())) as seconds"
            " from public.detections where track_id = %s",
            [track],
        ).fetchone()
        assert row is not None
        waits.append(int(row["seconds"]))
        make_due(db)
    for wait, expected in zip(waits, (60, 120, 1000, 21_600), strict=True):
        assert expected - 20 < wait <= expected


def test_a_provider_that_answers_later_is_known_by_its_own_name(
    db: Connection, service: Actor
) -> None:
    track = hand_in(db)
    (claimed,) = claim(db)
    lease = {"detection_id": claimed["detection_id"], "lease_id": claimed["lease_id"]}
    assert service.call("backend.begin_detection_call", **lease)
    assert service.call("backend.await_detection", **lease, provider_ref="chk_1") == "analyzing"
    assert claim(db) == []
    outcome = service.call(
        "backend.record_detection",
        detection_id=None, risk_score=5, provider="http", provider_ref="chk_1",
    )  # fmt: skip
    assert outcome == "verified_human"
    assert stands(db, track) == ("published", "verified_human")
    assert service.call("backend.await_detection", **lease) == "verified_human"
    lost = {"detection_id": uuid.uuid4(), "lease_id": uuid.uuid4()}
    for function in ("backend.await_detection", "backend.begin_detection_call"):
        with refused(404, "detection_not_found"):
            service.call(function, **lost)


def test_nobody_writes_or_reads_what_is_not_theirs(
    db: Connection, ada: Actor, ben: Actor, modesty: Actor, visitor: Actor
) -> None:
    track = checked(db, 50)
    columns = "id, status, risk_score"
    assert len(ada.run(f"select {columns} from public.detections")) == 1
    assert ben.run(f"select {columns} from public.detections") == []
    assert len(modesty.run(f"select {columns} from public.detections")) == 1
    for person in (ada, modesty):
        for column in ("evidence", "reviewed_by", "notes", "provider_ref", "lease_id"):
            with forbidden():
                person.run(f"select {column} from public.detections")
        for statement in (
            "update public.detections set status = 'verified_human'",
            "delete from public.detections",
            "insert into public.detection_proofs (detection_id) values (gen_random_uuid())",
            "delete from public.detection_reviews",
        ):
            with forbidden():
                person.run(statement)
    with forbidden():
        visitor.run(f"select {columns} from public.detections")
    with refused(404, "track_not_found"):
        ben.call("detection_status", track_id=track)
    assert ben.rows("my_detections") == []
    for person in (ada, modesty):
        shown = person.call("detection_status", track_id=track)
        assert (shown["status"], shown["track_status"]) == ("under_review", "processing")
        (one,) = shown["detections"]
        assert "evidence" not in one
    with refused(403, "not_allowed"):
        ada.rows("detection_queue")
