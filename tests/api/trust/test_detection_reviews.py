"""What people decide of uploads: by two, of others' alone, with proofs, appeals and reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.detections import (
    checked,
    claim,
    decide,
    detection,
    hand_in,
    logged,
    moderator,
    proof,
    record,
    stands,
    told,
)
from tests.races import race, refusals
from tests.trust import impose, loosen, proven, report


@pytest.fixture(autouse=True)
def _nobody_is_slowed(db: Connection) -> None:
    loosen(db)


@pytest.fixture
def review(db: Connection) -> Callable[..., Any]:
    """Let somebody of the cast say something of the detection of a track."""

    def say(name: str, track: Any, verdict: str = "rejected", notes: str | None = None) -> Any:
        return moderator(db, name).call(
            "review_detection",
            detection_id=detection(db, track)["id"],
            verdict=verdict,
            notes=notes,
        )

    return say


def moved(db: Connection, track: Any) -> tuple[str, Any, Any, Any]:
    """The last entry of the log: what was done, by whom, and the statuses before and after."""
    entry = logged(db, track)[-1]
    before, after = entry["before"].get("status"), entry["after"].get("status")
    return entry["action"], entry["actor_id"], before, after


@pytest.mark.parametrize("risk", [50, 90])
def test_two_people_are_needed_to_reject(
    db: Connection, ada: Actor, review: Callable[..., Any], risk: int
) -> None:
    track = checked(db, risk)
    before = stands(db, track)
    first = review("modesty", track, notes="the hi-hats smear")
    assert first["status"] == before[1]
    assert [one["verdict"] for one in first["reviews"]] == ["rejected"]
    assert stands(db, track) == before
    for _ in range(2):
        with refused(403, "another_person_needed"):
            review("modesty", track)
    assert stands(db, track) == before
    review("eve", track)
    assert stands(db, track) == ("removed", "rejected")
    assert told(ada)[0] == "track_rejected"
    with refused(409, "detection_not_open"):
        review("finn", track)
    entries = logged(db, track)
    assert [entry["action"] for entry in entries][-2:] == [
        "detection_rejection_proposed", "detection_rejected",
    ]  # fmt: skip
    proposed, rejected = entries[-2:]
    assert (proposed["actor_id"], rejected["actor_id"]) == (person_id("modesty"), person_id("eve"))
    assert proposed["reason"] == "the hi-hats smear"
    assert (proposed["before"]["rejections"], proposed["after"]["rejections"]) == (0, 1)
    assert rejected["before"]["status"] == before[1]
    assert rejected["after"]["status"] == "rejected"
    assert (rejected["before"]["track_status"], rejected["after"]["track_status"]) == (
        "processing", "removed",
    )  # fmt: skip


def test_one_is_enough_to_verify_also_after_another_would_reject(
    db: Connection, ada: Actor, review: Callable[..., Any]
) -> None:
    track = checked(db, 90)
    review("modesty", track)
    decided = review("eve", track, "verified_human", "I was at the session")
    assert (decided["status"], decided["reviewed_by"]) == ("verified_human", person_id("eve"))
    assert stands(db, track) == ("published", "verified_human")
    assert told(ada)[0] == "track_verified"


def test_who_changes_their_mind_has_not_agreed(db: Connection, review: Callable[..., Any]) -> None:
    track = checked(db, 50)
    review("modesty", track)
    review("modesty", track, "verified_human")
    assert stands(db, track) == ("published", "verified_human")


def test_nobody_decides_on_their_own_or_on_what_they_reported(
    db: Connection, review: Callable[..., Any]
) -> None:
    track = checked(db, 50)
    for verdict in ("verified_human", "rejected"):
        with refused(403, "own_case"):
            review("ada", track, verdict)
    db.execute("update public.tracks set status = 'published', published_at = now()")
    ben = moderator(db, "ben")
    report(ben, "track", track, "ai_generated")
    for verdict in ("verified_human", "rejected"):
        with refused(403, "own_case"):
            review("ben", track, verdict)
    moderator(db, "ada")
    verified = checked(db, 5)
    with refused(403, "own_case"):
        actor(db, "ada").call("recheck_track", track_id=verified)


def test_two_who_reject_at_once_are_two(database: Database) -> None:
    with database.connect() as connection:
        loosen(connection)
        track = checked(connection, 50)
        identity = detection(connection, track)["id"]
        for name in ("eve", "finn"):
            moderator(connection, name)
    given = {"detection_id": identity, "verdict": "rejected"}

    def reject(name: str) -> Callable[[Connection], Any]:
        return lambda own: actor(own, name).call("review_detection", **given)["status"]

    outcomes = race(database, [reject(name) for name in ("modesty", "modesty", "eve", "finn")])
    assert [one for one in outcomes if one == "rejected"] == ["rejected"]
    assert {token for _, token in refusals(outcomes)} <= {
        "another_person_needed", "detection_not_open",
    }  # fmt: skip
    with database.connect() as connection:
        assert stands(connection, track) == ("removed", "rejected")


@pytest.mark.parametrize("verdict", [None, "", "flagged_ai", "pending"])
def test_a_verdict_is_one_of_two(
    db: Connection, review: Callable[..., Any], verdict: str | None
) -> None:
    track = checked(db, 50)
    with refused(422, "verdict_unknown"):
        review("modesty", track, verdict)
    with refused(422, "text_too_long"):
        review("modesty", track, "rejected", "x" * 2001)


def test_only_moderators_decide(db: Connection, ben: Actor, modesty: Actor) -> None:
    track = checked(db, 50)
    with refused(403, "not_allowed"):
        ben.call("review_detection", detection_id=detection(db, track)["id"], verdict="rejected")
    with refused(403, "not_allowed"):
        ben.call("recheck_track", track_id=track)
    with refused(404, "detection_not_found"):
        modesty.call("review_detection", detection_id=track, verdict="rejected")
    pending = hand_in(db)
    with refused(409, "detection_not_open"):
        modesty.call(
            "review_detection", detection_id=detection(db, pending)["id"], verdict="rejected"
        )


def test_proofs_bring_what_was_flagged_before_people(
    db: Connection, ada: Actor, ben: Actor, modesty: Actor
) -> None:
    track = checked(db, 90)
    identity = detection(db, track)["id"]
    path, kept = proof(db), proof(db)
    shown = ada.call("submit_proof", detection_id=identity, object_paths=[path], note=" My stems ")
    assert shown["status"] == "under_review"
    assert moved(db, track) == (
        "detection_proof_submitted", ada.id, "flagged_ai", "under_review",
    )  # fmt: skip
    (one,) = shown["proofs"]
    assert (one["object_paths"], one["note"]) == ([path], "My stems")
    # Sent again it is there once.
    again = ada.call("submit_proof", detection_id=identity, object_paths=[path, path])
    assert len(again["proofs"]) == 1
    (row,) = modesty.rows("detection_queue")
    assert [each["object_paths"] for each in row["proofs"]] == [[path]]
    # What was handed in is for moderators to read; what was not, is not, nor is it anybody else's.
    seen = "select name from storage.objects where bucket_id = 'proof-files' order by name"
    assert [each["name"] for each in modesty.run(seen)] == [path]
    assert {each["name"] for each in ada.run(seen)} == {path, kept}
    assert ben.run(seen) == []
    assert len(ada.run("select id from public.detection_proofs")) == 1
    assert ben.run("select id from public.detection_proofs") == []


def test_a_proof_is_a_file_of_ones_own_for_a_track_of_ones_own(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    track = checked(db, 90)
    given = {"detection_id": detection(db, track)["id"]}
    own = proof(db)
    with refused(404, "detection_not_found"):
        ben.call("submit_proof", **given, object_paths=[proof(db, "ben")])
    with refused(422, "proof_missing"):
        ada.call("submit_proof", **given, object_paths=[])
    for path in (proof(db, "ben"), f"{ada.id}/nowhere.zip", None, "", f"x/../{own}"):
        with refused(422, "proof_not_found"):
            ada.call("submit_proof", **given, object_paths=[own, path])
    with refused(422, "text_too_long"):
        ada.call("submit_proof", **given, object_paths=[own], note="x" * 2001)
    db.execute("update private.settings set value = 1 where name = 'proof_files_limit'")
    with refused(409, "proof_limit"):
        ada.call("submit_proof", **given, object_paths=[own, proof(db)])
    verified = checked(db, 5)
    with refused(409, "detection_decided"):
        ada.call("submit_proof", detection_id=detection(db, verified)["id"], object_paths=[own])


def test_an_appeal_is_made_once_and_decided_by_another_person(
    db: Connection, ada: Actor, ben: Actor, review: Callable[..., Any]
) -> None:
    track = checked(db, 50)
    decide(db, track, "rejected", "modesty", "eve")
    given = {"detection_id": detection(db, track)["id"]}
    with refused(404, "detection_not_found"):
        ben.call("appeal_detection", **given, appeal="I want it")
    with refused(422, "appeal_missing"):
        ada.call("appeal_detection", **given, appeal=" ")
    assert ada.rows("my_detections")[0]["can_appeal"] is True
    shown = ada.call("appeal_detection", **given, appeal="I played every note.")
    assert (shown["status"], shown["appeal_text"]) == ("under_review", "I played every note.")
    assert shown["can_appeal"] is False
    assert stands(db, track) == ("removed", "under_review")
    assert moved(db, track) == ("detection_appealed", ada.id, "rejected", "under_review")
    for verdict in ("verified_human", "rejected"):
        for name in ("modesty", "eve"):
            with refused(403, "another_person_needed"):
                review(name, track, verdict)
    review("finn", track, "verified_human")
    assert stands(db, track) == ("published", "verified_human")
    with refused(409, "already_appealed"):
        ada.call("appeal_detection", **given, appeal="Once more")
    # It is news as any track that is published.
    events = db.execute(
        "select from public.activity_events where kind = 'track_added' and target_id = %s", [track]
    )
    assert events.rowcount == 1


def test_a_rejection_of_two_is_upheld_by_a_third(
    db: Connection, ada: Actor, review: Callable[..., Any]
) -> None:
    track = checked(db, 50)
    decide(db, track, "rejected", "modesty", "eve")
    ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="No!")
    review("finn", track)
    assert stands(db, track) == ("removed", "rejected")
    with refused(409, "already_appealed"):
        ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="No!!")


def test_what_a_machine_flagged_is_appealed_against_and_takes_two_to_reject(
    db: Connection, ada: Actor, review: Callable[..., Any]
) -> None:
    track = checked(db, 90)
    ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="It was me.")
    assert stands(db, track) == ("processing", "under_review")
    review("modesty", track)
    assert stands(db, track) == ("processing", "under_review")
    review("eve", track)
    assert stands(db, track) == ("removed", "rejected")


def test_there_is_nothing_to_appeal_against_before_a_decision(db: Connection, ada: Actor) -> None:
    for risk in (5, 50):
        track = checked(db, risk)
        with refused(409, "nothing_to_appeal"):
            ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="Why?")


def test_who_is_banned_may_appeal_and_no_more(db: Connection, ada: Actor) -> None:
    track = checked(db, 90)
    path = proof(db)
    impose(db, "ada")
    given = {"detection_id": detection(db, track)["id"]}
    with refused(403, "banned"):
        ada.call("submit_proof", **given, object_paths=[path])
    assert ada.call("appeal_detection", **given, appeal="It was me.")["status"] == "under_review"
    assert len(ada.rows("my_detections")) == 1


def test_while_trust_is_switched_off_nobody_appeals_and_uploads_go_on(
    db: Connection, ada: Actor
) -> None:
    flagged = checked(db, 90)
    db.execute("update public.feature_flags set is_enabled = false where name = 'trust'")
    given = {"detection_id": detection(db, flagged)["id"]}
    with refused(403, "feature_disabled"):
        ada.call("appeal_detection", **given, appeal="Why?")
    with refused(403, "feature_disabled"):
        ada.call("submit_proof", **given, object_paths=[proof(db)])
    assert stands(db, checked(db, 5)) == ("published", "verified_human")


def test_heavy_reports_open_what_was_verified_again_once(
    db: Connection, ada: Actor, review: Callable[..., Any]
) -> None:
    track = checked(db, 5)
    report(proven(db), "track", track, "ai_generated")
    assert stands(db, track) == ("published", "verified_human")
    report(proven(db), "track", track, "ai_generated")
    assert stands(db, track) == ("published", "under_review")
    assert told(ada)[0] == "track_under_review"
    # By nobody: whoever came last has not decided it.
    assert moved(db, track) == ("detection_reopened", None, "verified_human", "under_review")
    review("modesty", track, "verified_human")
    assert stands(db, track) == ("published", "verified_human")
    report(proven(db), "track", track, "ai_generated")
    assert stands(db, track) == ("published", "verified_human")


def test_what_reports_open_after_an_appeal_is_no_appeal(
    db: Connection, ada: Actor, review: Callable[..., Any]
) -> None:
    track = checked(db, 50)
    decide(db, track, "rejected", "modesty", "eve")
    ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="No!")
    review("finn", track, "verified_human")
    for _ in range(2):
        report(proven(db), "track", track, "ai_generated")
    # Whoever took part before may again, and it takes two again.
    review("modesty", track)
    assert stands(db, track) == ("published", "under_review")
    review("eve", track)
    assert stands(db, track) == ("removed", "rejected")


def test_heavy_reports_have_looked_at_what_nobody_has_looked_at(db: Connection) -> None:
    db.execute("update private.settings set value = 1 where name = 'publish_without_detection'")
    track = hand_in(db)
    for _ in range(2):
        report(proven(db), "track", track, "ai_generated")
    assert stands(db, track) == ("published", "pending")
    assert moved(db, track) == ("detection_reopened", None, None, "pending")
    claim(db)
    assert record(db, track, 80) == "flagged_ai"
    assert stands(db, track) == ("processing", "flagged_ai")


def test_a_newer_version_looks_at_a_track_again_and_the_same_one_never(
    db: Connection, modesty: Actor
) -> None:
    track = checked(db, 5)
    former = detection(db, track)["id"]
    again = modesty.call("recheck_track", track_id=track)
    assert (again["status"], again["id"] != former) == ("pending", True)
    assert modesty.call("recheck_track", track_id=track)["id"] == again["id"]
    assert stands(db, track) == ("published", "pending")
    assert moved(db, track) == ("detection_rechecked", modesty.id, "verified_human", "pending")
    assert len(modesty.call("detection_status", track_id=track)["detections"]) == 2
    # The version that has seen this file is not asked; what it said is before people.
    assert claim(db) == []
    assert stands(db, track) == ("published", "under_review")
    assert detection(db, track)["risk_score"] == 5
    with refused(409, "detection_open"):
        modesty.call("recheck_track", track_id=track)
    decide(db, track, "verified_human", "eve")
    modesty.call("recheck_track", track_id=track)
    (claimed,) = claim(db, provider_version="2")
    assert claimed["track_id"] == str(track)
    assert record(db, track, 80) == "flagged_ai"
    assert stands(db, track) == ("processing", "flagged_ai")


def test_a_draft_or_somebody_elses_song_is_not_rechecked(db: Connection, modesty: Actor) -> None:
    draft = actor(db, "ada").call(
        "create_track", title="x", genre="house", duration_ms=9000, file_format="mp3"
    )
    with refused(404, "track_not_found"):
        modesty.call("recheck_track", track_id=draft["track"]["id"])


def test_the_queue_has_what_is_to_be_decided_and_pages(db: Connection, modesty: Actor) -> None:
    tracks = [checked(db, risk) for risk in (40, 50, 60)]
    flagged = checked(db, 90)
    whole = modesty.rows("detection_queue")
    assert [row["track_id"] for row in whole] == tracks[::-1]
    assert whole[0]["artist"]["username"] == "ada"
    assert whole[0]["track"]["title"] == "Dusk"
    (first,) = modesty.rows("detection_queue", page_size=1)
    rest = modesty.rows("detection_queue", after=first["cursor"])
    assert [row["track_id"] for row in (first, *rest)] == tracks[::-1]
    (held,) = modesty.rows("detection_queue", status="flagged_ai")
    assert held["track_id"] == flagged
    with refused(422, "detection_status_unknown"):
        modesty.rows("detection_queue", status="odd")
    with refused(422, "bad_cursor"):
        modesty.rows("detection_queue", status="flagged_ai", after=first["cursor"])
