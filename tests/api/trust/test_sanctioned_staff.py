"""Staff who are sanctioned: nobody hears their own appeal, nor decides their own case."""

from __future__ import annotations

from typing import Any

import pytest

from tests.catalogue import make_upload
from tests.database import Connection, actor, refused
from tests.detections import moderator
from tests.rooms import enter_room, make_room
from tests.trust import case_of, decide, end, impose, log, loosen, proven, report


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


def test_who_has_reported_it_hears_no_appeal_against_what_it_came_to(db: Connection) -> None:
    post = actor(db, "ben").post()
    report(actor(db, "modesty"), "post", post)
    decide(db, post, "mute", "admiral")
    (mine,) = actor(db, "ben").rows("my_sanctions")
    actor(db, "ben").call("appeal", sanction_id=mine["id"], text="it was not me")
    case = case_of(db, mine["id"], "appeal")["id"]
    for uphold in (True, False):
        with refused(403, "own_case"), db.transaction():
            actor(db, "modesty").call("decide_appeal", sanction_id=mine["id"], uphold=uphold)
    with refused(403, "own_case"), db.transaction():
        actor(db, "modesty").call("claim_case", case_id=case)
    decided = moderator(db, "finn").call("decide_appeal", sanction_id=mine["id"], uphold=True)
    assert decided["status"] == "upheld"


def test_who_has_imposed_it_keeps_nobody_from_the_appeal_by_claiming_it(db: Connection) -> None:
    sanction = impose(db, "ben", by="modesty")
    actor(db, "ben").call("appeal", sanction_id=sanction, text="it was not me")
    case = case_of(db, sanction, "appeal")["id"]
    with refused(403, "another_person_needed"), db.transaction():
        actor(db, "modesty").call("claim_case", case_id=case)
    moderator(db, "finn").call("claim_case", case_id=case)
    moderator(db, "finn").call("decide_appeal", sanction_id=sanction, uphold=True)


def test_staff_show_no_comment_of_their_own_again(db: Connection) -> None:
    """Whether the owner of what it is about has hidden it or somebody of the staff."""
    loosen(db)
    modesty, ada = actor(db, "modesty"), actor(db, "ada")
    about = {"target_kind": "post", "target_id": ada.post()}
    comment = modesty.call("create_comment", **about, body="rude")["id"]
    ada.call("hide_comment", comment_id=comment)
    for act in ("unhide_comment", "hide_comment"):
        with refused(403, "own_case"), db.transaction():
            modesty.call(act, comment_id=comment)
    own = {"target_kind": "post", "target_id": modesty.post()}
    on_own = modesty.call("create_comment", **own, body="rude")["id"]
    actor(db, "admiral").call("hide_comment", comment_id=on_own)
    with refused(403, "own_case"), db.transaction():
        modesty.call("unhide_comment", comment_id=on_own)
    actor(db, "admiral").call("unhide_comment", comment_id=on_own)
    # What they hide of others on what is theirs they show again, as anybody.
    others = ada.call("create_comment", **own, body="nice")["id"]
    modesty.call("hide_comment", comment_id=others)
    modesty.call("unhide_comment", comment_id=others)


def test_staff_take_nothing_away_of_staff_of_their_role_or_a_higher_one(db: Connection) -> None:
    loosen(db)
    modesty, admiral = actor(db, "modesty"), actor(db, "admiral")
    about = {"target_kind": "post", "target_id": actor(db, "ada").post()}
    comment = admiral.call("create_comment", **about, body="rude")["id"]
    admiral.call("become_artist")
    track = make_upload(db, "admiral")
    for who in (modesty, moderator(db, "finn")):
        with refused(403, "not_allowed"), db.transaction():
            who.call("hide_comment", comment_id=comment)
        with refused(403, "not_allowed"), db.transaction():
            who.call("remove_track", track_id=track)
    rooty = actor(db, "rooty")
    rooty.call("hide_comment", comment_id=comment)
    rooty.call("remove_track", track_id=track)
    # The owner of what is talked about is no staff there.
    on_theirs = {"target_kind": "post", "target_id": modesty.post()}
    said = admiral.call("create_comment", **on_theirs, body="rude")["id"]
    assert modesty.call("hide_comment", comment_id=said) == {"is_hidden": True}
