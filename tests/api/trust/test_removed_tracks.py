"""Who keeps a track away: each for themselves, and it comes back when nobody does any more."""

from __future__ import annotations

import itertools
import uuid

import pytest

from tests.database import Actor, Connection, actor
from tests.detections import checked, detection
from tests.detections import decide as review
from tests.trust import case_of, loosen, newcomer, report, told

# One of the staff's own and two others: reports, a case and remove_track share the row of a thing,
# which the later and stronger of them has.
HOLDERS = ("claim", "detection", "reports", "case", "staff")
PAIRS = [
    (first, second)
    for first, second in itertools.permutations(HOLDERS, 2)
    if {first, second} & {"claim", "detection"}
]


def made(db: Connection) -> uuid.UUID:
    """A track of ada's that is published and verified, and that somebody has reported."""
    loosen(db)
    track = checked(db, 5)
    report(newcomer(db, "31 days"), "track", track)
    return track


def status(db: Connection, track: uuid.UUID) -> str:
    """How a track stands."""
    row = db.execute("select status from public.tracks where id = %s", [track]).fetchone()
    assert row is not None
    return str(row["status"])


def claim_of(db: Connection) -> uuid.UUID:
    """The claim there is."""
    row = db.execute("select id from private.claims order by id desc limit 1").fetchone()
    assert row is not None
    identity = row["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def take(db: Connection, track: uuid.UUID, holder: str) -> None:
    """Take a track away."""
    modesty = actor(db, "modesty")
    if holder == "claim":
        actor(db, "service").call(
            "backend.record_claim", track_id=track, claimant="Carol", kind="recording",
            contact="carol@example.com", statement="It is mine.", address="198.51.100.7",
        )  # fmt: skip
        modesty.call("decide_claim", claim_id=claim_of(db), uphold=True)
    elif holder == "detection":
        db.execute(
            "update public.detections set status = 'under_review' where track_id = %s", [track]
        )
        review(db, track, "rejected", "eve", "finn")
    elif holder == "reports":
        # What is removed already nobody sees, to report it: the report there is weighs enough.
        db.execute("update public.reports set weight = 9")
        db.execute("select private.weigh_case(id, subject_id) from public.moderation_cases")
        db.execute("select private.follow_weight(id) from public.moderation_cases")
    elif holder == "case":
        modesty.call("decide_case", case_id=case_of(db, track)["id"], action="hide")
    else:
        modesty.call("remove_track", track_id=track, reason="because")


def give_back(db: Connection, track: uuid.UUID, holder: str) -> None:
    """Find that it was taken away wrongly."""
    modesty, ada = actor(db, "modesty"), actor(db, "ada")
    if holder == "claim":
        ada.call("counter_notice", claim_id=claim_of(db), statement="It is not.")
        actor(db, "admiral").call("decide_claim", claim_id=claim_of(db), uphold=False)
    elif holder == "detection":
        ada.call("appeal_detection", detection_id=detection(db, track)["id"], appeal="I played it.")
        review(db, track, "verified_human", "dan")
    elif holder == "staff":
        modesty.call("restore_track", track_id=track)
    else:
        case = case_of(db, track)["id"]
        if holder == "case":
            modesty.call("reopen_case", case_id=case)
        modesty.call("decide_case", case_id=case, action="dismiss")


@pytest.mark.parametrize("holder", HOLDERS)
def test_what_one_has_taken_away_comes_back(db: Connection, holder: str) -> None:
    track = made(db)
    take(db, track, holder)
    assert status(db, track) == "removed"
    give_back(db, track, holder)
    assert status(db, track) == "published"
    assert db.execute("select from private.withheld").fetchall() == []


@pytest.mark.parametrize("is_reverse", [False, True])
@pytest.mark.parametrize("pair", PAIRS, ids="-".join)
def test_what_two_have_taken_away_comes_back_from_both(
    db: Connection, pair: tuple[str, str], is_reverse: bool
) -> None:
    track = made(db)
    for holder in pair:
        take(db, track, holder)
        assert status(db, track) == "removed"
    first, last = reversed(pair) if is_reverse else pair
    give_back(db, track, first)
    assert status(db, track) == "removed"
    assert "released" not in told(db, "ada")
    give_back(db, track, last)
    assert status(db, track) == "published"


def test_it_takes_all_three_to_bring_it_back(db: Connection) -> None:
    track = made(db)
    for holder in ("reports", "claim", "detection"):
        take(db, track, holder)
    for holder in ("claim", "reports", "detection"):
        assert status(db, track) == "removed"
        give_back(db, track, holder)
    assert status(db, track) == "published"


@pytest.mark.parametrize("earlier", ["reports", "case"])
def test_what_the_staff_removes_outlasts_the_case(
    db: Connection, modesty: Actor, earlier: str
) -> None:
    track = made(db)
    for holder in (earlier, "staff"):
        take(db, track, holder)
    give_back(db, track, earlier)
    assert status(db, track) == "removed"
    assert modesty.call("restore_track", track_id=track)["status"] == "published"


def test_what_was_hidden_before_comes_back_hidden(db: Connection, ada: Actor) -> None:
    track = made(db)
    ada.call("hide_track", track_id=track)
    for holder in ("claim", "case"):
        take(db, track, holder)
    for holder in ("claim", "case"):
        give_back(db, track, holder)
    assert status(db, track) == "hidden"


def test_a_claim_holds_what_was_removed_before(db: Connection) -> None:
    track = made(db)
    take(db, track, "case")
    take(db, track, "claim")
    (row,) = db.execute("select has_removed from private.claims").fetchall()
    assert row["has_removed"] is True
    give_back(db, track, "claim")
    (row,) = db.execute("select has_removed from private.claims").fetchall()
    assert row["has_removed"] is False
