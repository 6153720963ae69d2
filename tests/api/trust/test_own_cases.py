"""Nobody of the staff decides on what is theirs: by no RPC, as sql/ has them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from devstack.sql_functions import call_graph, functions, reach, source_text, triggers
from tests.catalogue import make_upload
from tests.database import Actor, Connection, actor, person_id, refused
from tests.detections import checked, detection
from tests.rooms import enter_room, make_room
from tests.trust import case_of, impose, log, loosen, proven, report

# What people do themselves that is logged too.
BY_PEOPLE = {"appeal", "appeal_detection", "counter_notice", "report", "submit_proof"}
Arguments = dict[str, Any]


def reported_post(db: Connection) -> Arguments:
    """A case about a post of modesty's."""
    report(proven(db), "post", post := actor(db, "modesty").post())
    return {"case_id": case_of(db, post)["id"]}


def decided_post(db: Connection) -> Arguments:
    """One that rooty has decided."""
    case = reported_post(db)
    actor(db, "rooty").call("decide_case", **case, action="hide")
    return case


def appealed(db: Connection) -> Arguments:
    """A warning of modesty's, against which she appeals."""
    sanction = {"sanction_id": impose(db, "modesty", "warn", by="admiral")}
    actor(db, "modesty").call("appeal", **sanction, text="it was not me")
    return sanction


def comment(db: Connection) -> Arguments:
    """What modesty has said under a post of ben's."""
    about = {"target_kind": "post", "target_id": actor(db, "ben").post()}
    return {"comment_id": actor(db, "modesty").call("create_comment", **about, body="rude")["id"]}


def hidden_comment(db: Connection) -> Arguments:
    """The same, which rooty has hidden."""
    said = comment(db)
    actor(db, "rooty").call("hide_comment", **said)
    return said


def upload(db: Connection) -> Arguments:
    """A track of modesty's."""
    return {"track_id": make_upload(db, "modesty")}


def removed_upload(db: Connection) -> Arguments:
    """One that rooty has removed."""
    track = upload(db)
    actor(db, "rooty").call("remove_track", **track, reason="stolen")
    return track


def claimed_upload(db: Connection) -> Arguments:
    """A claim on a track of modesty's."""
    actor(db, "service").call(
        "backend.record_claim", **upload(db), claimant="Carol", kind="recording",
        contact="carol@example.com", statement="It is mine.", address="198.51.100.7",
    )  # fmt: skip
    row = db.execute("select id from private.claims").fetchone()
    assert row is not None
    return {"claim_id": row["id"]}


def asked(db: Connection) -> Arguments:
    """That modesty asks to be verified."""
    urls = ["https://modesty.example.com/"]
    return {"request_id": actor(db, "modesty").call("request_verification", urls=urls)["id"]}


# For each RPC by which staff decide, something of modesty's that it can be called for.
OWN: dict[str, Callable[[Connection], Arguments]] = {
    "claim_case": reported_post,
    "decide_case": lambda db: {**reported_post(db), "action": "dismiss"},
    "reopen_case": decided_post,
    "decide_appeal": lambda db: {**appealed(db), "uphold": False},
    "lift_sanction": lambda db: {"sanction_id": impose(db, "modesty", "mute", by="admiral")},
    "hide_comment": comment,
    "unhide_comment": hidden_comment,
    "remove_track": lambda db: {**upload(db), "reason": "stolen"},
    "restore_track": removed_upload,
    "decide_claim": lambda db: {**claimed_upload(db), "uphold": False},
    "decide_verification": lambda db: {**asked(db), "approve": True},
    "recheck_track": lambda db: {"track_id": checked(db, 5, "modesty")},
    "review_detection": lambda db: {
        "detection_id": detection(db, checked(db, 50, "modesty"))["id"],
        "verdict": "verified_human",
    },
}


def test_all_by_which_staff_decide_is_tried() -> None:
    text = source_text()
    known = functions(text)
    graph = call_graph(known, triggers(text))
    logging = {
        name.removeprefix("public.")
        for name in known
        if name.startswith("public.") and "private.log_decision" in reach(graph, {name})
    }
    # Whoever adds one says here what of one's own it could be called for.
    assert logging - BY_PEOPLE == OWN.keys()


@pytest.mark.parametrize("function", OWN)
def test_nobody_decides_on_their_own_and_who_does_is_logged(
    db: Connection, modesty: Actor, function: str
) -> None:
    loosen(db)
    modesty.call("become_artist")
    given = OWN[function](db)
    written = log(db)
    with refused(403, "own_case"), db.transaction():
        modesty.call(function, **given)
    assert log(db) == written
    # Nothing else was in the way: somebody else does, and it is written down how it was before.
    actor(db, "rooty").call(function, **given)
    entry = log(db)[-1]
    assert len(log(db)) == len(written) + 1
    assert (entry["actor_id"], entry["subject_id"]) == (person_id("rooty"), modesty.id)
    assert entry["before"] != entry["after"]


def test_an_owner_of_the_staff_shows_nothing_of_their_own_again(
    db: Connection, modesty: Actor
) -> None:
    about = {"target_kind": "post", "target_id": modesty.post()}
    said = modesty.call("create_comment", **about, body="rude")["id"]
    actor(db, "rooty").call("hide_comment", comment_id=said)
    with refused(403, "own_case"):
        modesty.call("unhide_comment", comment_id=said)


def test_a_room_that_has_become_ones_own_is_for_others_to_judge(
    db: Connection, modesty: Actor
) -> None:
    loosen(db)
    room = make_room(db, "ada")
    enter_room(db, room, "modesty")
    report(proven(db), "room", room)
    actor(db, "ada").call("transfer_room", room_id=room, username="modesty")
    case = case_of(db, room)["id"]
    for function, given in (
        ("claim_case", {}),
        ("decide_case", {"action": "dismiss"}),
    ):
        with refused(403, "own_case"), db.transaction():
            modesty.call(function, case_id=case, **given)
        assert case_of(db, room)["status"] == "open"
    assert actor(db, "admiral").call("decide_case", case_id=case, action="dismiss")
