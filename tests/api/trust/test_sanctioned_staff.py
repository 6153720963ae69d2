"""Staff who are sanctioned: nobody hears their own appeal, nor decides their own case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.trust.test_cases import decide
from tests.database import Connection, actor, refused
from tests.detections import moderator
from tests.rooms import enter_room, make_room
from tests.trust import case_of, end, impose, log, loosen, proven, report


@pytest.mark.parametrize("kind", ["warn", "mute"])
@pytest.mark.parametrize("uphold", [True, False])
def test_a_sanctioned_moderator_decides_no_appeal_of_their_own(
    db: Connection, kind: str, uphold: bool
) -> None:
    sanction = impose(db, "modesty", kind, by="admiral")
    modesty = actor(db, "modesty")
    modesty.call("appeal", sanction_id=sanction, text="it was not me")
    case = case_of(db, sanction, "appeal")["id"]
    written = log(db)
    with refused(403, "own_case"), db.transaction():
        modesty.call("decide_appeal", sanction_id=sanction, uphold=uphold)
    with refused(403, "own_case"), db.transaction():
        modesty.call("claim_case", case_id=case)
    for action in ("dismiss", "warn"):
        with refused(403, "own_case"), db.transaction():
            modesty.call("decide_case", case_id=case, action=action)
    with refused(403, "own_case"), db.transaction():
        modesty.call("lift_sanction", sanction_id=sanction)
    assert log(db) == written
    row = db.execute("select lifted_at, status from public.sanctions join public.appeals"
                     " on sanction_id = id").fetchone()  # fmt: skip
    assert row == {"lifted_at": None, "status": "pending"}
    # Nor does who imposed it, nor a moderator against one of their own role; a super admin does.
    with refused(403, "another_person_needed"), db.transaction():
        actor(db, "admiral").call("decide_appeal", sanction_id=sanction, uphold=uphold)
    with refused(403, "not_allowed"), db.transaction():
        moderator(db, "finn").call("decide_appeal", sanction_id=sanction, uphold=uphold)
    decided = actor(db, "rooty").call("decide_appeal", sanction_id=sanction, uphold=uphold)
    assert decided["status"] == ("upheld" if uphold else "refused")
    with refused(403, "own_case"), db.transaction():
        modesty.call("reopen_case", case_id=case)


def test_a_banned_moderator_decides_nothing_and_appeals(db: Connection) -> None:
    loosen(db)
    report(proven(db), "post", post := actor(db, "ben").post())
    sanction = impose(db, "modesty", by="admiral")
    modesty = actor(db, "modesty")
    modesty.call("appeal", sanction_id=sanction, text="it was not me")
    acts: dict[str, dict[str, Any]] = {
        "decide_appeal": {"sanction_id": sanction, "uphold": True},
        "lift_sanction": {"sanction_id": sanction},
        "claim_case": {"case_id": case_of(db, sanction, "appeal")["id"]},
        "decide_case": {"case_id": case_of(db, post)["id"], "action": "dismiss"},
    }
    for name, given in acts.items():
        with refused(403, "banned"), db.transaction():
            modesty.call(name, **given)
        assert name in acts
    # Once it is over it is theirs no more than before.
    end(db, sanction)
    for name in ("decide_appeal", "lift_sanction", "claim_case"):
        with refused(403, "own_case"), db.transaction():
            modesty.call(name, **acts[name])
        assert name in acts
    assert decide(db, post, "dismiss")["status"] == "decided"


def test_a_moderator_banned_from_one_room_hears_no_appeal_of_their_own(db: Connection) -> None:
    loosen(db)
    room = make_room(db, "ada")
    enter_room(db, room, "modesty")
    said = actor(db, "modesty").call("send_message", room_id=room, body="words")["id"]
    report(proven(db), "message", said)
    case = case_of(db, said)["id"]
    modesty = actor(db, "modesty")
    # The case against them is not theirs either.
    for name, given in (
        ("claim_case", {}),
        ("decide_case", {"action": "dismiss"}),
        ("decide_case", {"action": "hide"}),
    ):
        with refused(403, "own_case"), db.transaction():
            modesty.call(name, case_id=case, **given)
        assert case_of(db, said)["status"] == "open"
    decide(db, said, "ban", "admiral", scope="room")
    (mine,) = modesty.rows("my_sanctions")
    assert (mine["kind"], mine["room_id"]) == ("ban", room)
    modesty.call("appeal", sanction_id=mine["id"], text="it was not me")
    for name, given in (
        ("decide_appeal", {"sanction_id": mine["id"], "uphold": True}),
        ("lift_sanction", {"sanction_id": mine["id"]}),
        ("reopen_case", {"case_id": case}),
    ):
        with refused(403, "own_case"), db.transaction():
            modesty.call(name, **given)
        assert modesty.rows("my_sanctions")[0]["lifted_at"] is None
    assert actor(db, "rooty").call("decide_appeal", sanction_id=mine["id"], uphold=True)
    modesty.call("join_room", room_id=room)
