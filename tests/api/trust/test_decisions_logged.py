"""Every decision is in the log: who, about what, how it was before and how it is since."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from tests.catalogue import make_upload
from tests.database import Actor, Connection, actor, person_id
from tests.rooms import enter_room
from tests.trust import (
    ACTIONS,
    case_of,
    decide,
    impose,
    log,
    loosen,
    playing,
    proven,
    report,
    said,
)

# What a decision adds to how the thing is since: what it made, which has an entry of its own.
DONE = {"action", "sanction_id", "session_id", "room_id", "cleared", "deleted_at"}
Facts = dict[str, Any]
OPEN = {"is_there": True, "is_withheld": False}
HIDDEN = {"is_there": True, "is_withheld": True}


def post_of_ben(db: Connection) -> uuid.UUID:
    """A post of ben's that so many have reported that it is withheld."""
    post = actor(db, "ben").post()
    for _ in range(2):
        report(proven(db), "post", post)
    return post


def open_post_of_ben(db: Connection) -> uuid.UUID:
    """One that somebody has reported."""
    post = actor(db, "ben").post()
    report(proven(db), "post", post)
    return post


def message_of_ben(db: Connection) -> uuid.UUID:
    """What ben said in a room, with a reaction."""
    _, message = said(db)
    actor(db, "eve").call("react", message_id=message, emoji="🔥", present=True)
    return message


def ben_on_the_decks(db: Connection) -> uuid.UUID:
    """ben himself, for what he plays in a room."""
    room, _ = playing(db)
    enter_room(db, room, "eve")
    report(actor(db, "eve"), "profile", person_id("ben"), room_id=room)
    return person_id("ben")


# For each action what it is about, how that was and is since.
THINGS: dict[str, tuple[Callable[[Connection], uuid.UUID], Facts, Facts]] = {
    "dismiss": (post_of_ben, HIDDEN, OPEN),
    "hide": (open_post_of_ben, OPEN, HIDDEN),
    "delete": (open_post_of_ben, OPEN, {"is_there": False, "is_withheld": False}),
    "warn": (open_post_of_ben, OPEN, OPEN),
    "mute": (open_post_of_ben, OPEN, OPEN),
    "ban": (open_post_of_ben, OPEN, OPEN),
    "remove_dj": (ben_on_the_decks, OPEN, OPEN),
    "clear_queue": (ben_on_the_decks, OPEN, OPEN),
    "clear_reactions": (
        message_of_ben, {**OPEN, "reaction_count": 1}, {**OPEN, "reaction_count": 0},
    ),
    "kick_from_room": (
        message_of_ben, {**OPEN, "reaction_count": 1}, {**OPEN, "reaction_count": 1},
    ),
}  # fmt: skip
NONE = {"role": None, "ban": None, "mute": None}
# What is done to somebody, or in a room, is an entry before that of the decision.
BESIDES: dict[str, tuple[str, Facts, Facts]] = {
    "warn": ("person_warned", {}, {"kind": "warn", "room_id": None, "until": None}),
    "mute": ("person_muted", {}, {"kind": "mute", "room_id": None, "until": None}),
    "ban": ("person_banned", {}, {"kind": "ban", "room_id": None, "until": None}),
    "remove_dj": ("dj_removed", {"is_dj": True}, {"is_dj": False}),
    # One of the two plays already.
    "clear_queue": ("queue_cleared", {"queued_count": 1}, {"queued_count": 0}),
    "clear_reactions": ("reactions_cleared", {"reaction_count": 1}, {"reaction_count": 0}),
    "kick_from_room": ("member_removed", {**NONE, "role": "member"}, NONE),
}


def at(moment: str) -> datetime:
    """A moment as JSON has it."""
    return datetime.fromisoformat(moment)


def written(db: Connection) -> list[Facts]:
    """All that is in the log, oldest first."""
    return db.execute("select * from public.moderation_log order by id").fetchall()


@pytest.mark.parametrize("action", ACTIONS)
def test_each_of_the_ten_actions_is_logged_with_before_and_after(
    db: Connection, action: str
) -> None:
    loosen(db)
    make, before, after = THINGS[action]
    target = make(db)
    started = len(written(db))
    decide(db, target, action, note="because")
    case = case_of(db, target)
    *besides, entry = written(db)[started:]
    assert (entry["action"], entry["actor_id"]) == ("case_decided", person_id("modesty"))
    assert (entry["target_kind"], entry["target_id"]) == (case["target_kind"], target)
    assert (entry["subject_id"], entry["case_id"]) == (person_id("ben"), case["id"])
    assert (entry["reason"], entry["after"]["action"]) == ("because", action)
    assert entry["before"] == before
    assert {key: entry["after"][key] for key in entry["after"].keys() - DONE} == after
    # Nobody is named in what outlasts their account.
    assert str(person_id("ben")) not in str(entry["after"]) + str(entry["before"])
    if action in BESIDES:
        (other,) = besides
        assert (other["action"], other["before"], other["after"]) == BESIDES[action]
        assert (other["actor_id"], other["subject_id"]) == (person_id("modesty"), person_id("ben"))
        assert other["reason"] in ("because", None)
    else:
        assert besides == []


def test_a_sanction_of_a_case_is_logged_with_its_end_and_room(db: Connection) -> None:
    loosen(db)
    room, message = said(db)
    row = db.execute("select now() + interval '1 day' as at").fetchone()
    assert row is not None
    decide(db, message, "kick_from_room", until=row["at"])
    imposed, decided = log(db)[-2:]
    assert (imposed["action"], imposed["before"]) == ("person_banned", {})
    assert at(imposed["after"].pop("until")) == row["at"]
    assert imposed["after"] == {"kind": "ban", "room_id": str(room)}
    assert decided["after"]["sanction_id"] == str(imposed["target_id"])
    assert imposed["case_id"] == decided["case_id"] == case_of(db, message)["id"]


@pytest.mark.parametrize("uphold", [True, False])
def test_an_appeal_that_is_decided_is_logged_with_before_and_after(
    db: Connection, ben: Actor, uphold: bool
) -> None:
    sanction = impose(db, "ben", by="modesty")
    ben.call("appeal", sanction_id=sanction, text="it was not me")
    actor(db, "admiral").call("decide_appeal", sanction_id=sanction, uphold=uphold, note="heard")
    case = case_of(db, sanction, "appeal")["id"]
    decided, *lifted = log(db)[1:]
    assert (decided["action"], decided["target_id"]) == ("appeal_decided", sanction)
    assert (decided["actor_id"], decided["subject_id"]) == (person_id("admiral"), ben.id)
    assert (decided["reason"], decided["case_id"]) == ("heard", case)
    assert decided["before"] == {"status": "pending"}
    assert decided["after"] == {"status": "upheld" if uphold else "refused"}
    assert [entry["action"] for entry in lifted] == ["sanction_lifted"] * uphold
    for entry in lifted:
        assert (entry["target_id"], entry["case_id"]) == (sanction, case)


def test_a_sanction_that_is_lifted_is_logged_with_before_and_after(db: Connection) -> None:
    sanction = impose(db, "ben", "mute", "1 hour")
    lifted = actor(db, "modesty").call("lift_sanction", sanction_id=sanction, note="a mistake")
    (entry,) = log(db)
    assert (entry["action"], entry["actor_id"]) == ("sanction_lifted", person_id("modesty"))
    assert (entry["target_kind"], entry["target_id"]) == ("sanction", sanction)
    assert (entry["subject_id"], entry["reason"]) == (person_id("ben"), "a mistake")
    assert entry["before"].keys() == {"kind", "room_id", "until"}
    assert (entry["before"]["kind"], entry["before"]["room_id"]) == ("mute", None)
    assert at(entry["before"]["until"]) == at(lifted["until"])
    assert entry["after"].keys() == {"lifted_at"}
    assert at(entry["after"]["lifted_at"]) == at(lifted["lifted_at"])


def test_a_case_that_is_opened_again_is_logged_with_before_and_after(db: Connection) -> None:
    loosen(db)
    post = open_post_of_ben(db)
    case = decide(db, post, "hide")["id"]
    for _ in range(2):
        actor(db, "admiral").call("reopen_case", case_id=case, note="on second thought")
    (entry,) = (each for each in log(db) if each["action"] == "case_reopened")
    assert (entry["actor_id"], entry["subject_id"]) == (person_id("admiral"), person_id("ben"))
    assert (entry["target_kind"], entry["target_id"], entry["case_id"]) == ("post", post, case)
    assert entry["reason"] == "on second thought"
    assert entry["before"] == {"status": "decided", "action": "hide"}
    assert entry["after"] == {"status": "open"}


def test_what_staff_remove_and_hide_is_written_down_once(db: Connection) -> None:
    """In the log of moderation, which audit_log shows; not in the audit trail too."""
    loosen(db)
    track = make_upload(db, "ada")
    about = {"target_kind": "post", "target_id": actor(db, "cleo").post()}
    comment = actor(db, "ben").call("create_comment", **about, body="rude")["id"]
    modesty = actor(db, "modesty")
    modesty.call("remove_track", track_id=track, reason="stolen")
    modesty.call("restore_track", track_id=track)
    modesty.call("hide_comment", comment_id=comment)
    modesty.call("unhide_comment", comment_id=comment)
    found = [
        (row["action"], row["target_id"], row["subject"]["username"], row["before"], row["after"])
        for row in actor(db, "admiral").rows("audit_log")
    ]
    published, removed = {"status": "published"}, {"status": "removed"}
    shown, hidden = {"hidden_by": None}, {"hidden_by": "staff"}
    assert found[::-1] == [
        ("track_removed", str(track), "ada", published, removed),
        ("track_restored", str(track), "ada", removed, published),
        ("comment_hidden", str(comment), "ben", shown, hidden),
        ("comment_shown", str(comment), "ben", hidden, shown),
    ]
