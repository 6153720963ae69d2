"""Warnings, mutes and bans: what they hold back, where, until when, and who takes them back."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.races import wait_until_blocked
from tests.rooms import enter_room, make_room, sent_to
from tests.schema.counters import counter_laws
from tests.trust import case_of, impose, log, loosen, told

SANCTION = "select * from private.sanction(%s, %s, %s, now() + %s::interval, %s, null)"


def decide(
    db: Connection, name: str, kind: str, until: str | None = None, room: uuid.UUID | None = None
) -> Any:
    """Impose something as a moderator's decision does; the sanction."""
    row = db.execute(SANCTION, [person_id(name), room, kind, until, "because"]).fetchone()
    assert row is not None
    return row


def test_a_warning_is_told_and_holds_nothing_back(db: Connection, ben: Actor) -> None:
    sanction = decide(db, "ben", "warn")
    ben.post()
    assert told(db, "ben") == ["warn"]
    (mine,) = ben.rows("my_sanctions")
    assert (mine["id"], mine["kind"], mine["reason"]) == (sanction["id"], "warn", "because")
    assert (mine["in_force"], mine["appeal"]) == (False, None)


def test_what_is_imposed_is_in_the_log(db: Connection) -> None:
    sanction = decide(db, "ben", "ban", "1 day")
    (entry,) = log(db)
    assert entry["action"] == "person_banned"
    assert (entry["target_kind"], entry["target_id"]) == ("sanction", sanction["id"])
    assert (entry["subject_id"], entry["before"]) == (person_id("ben"), {})
    assert (entry["after"]["kind"], entry["after"]["room_id"]) == ("ban", None)


def test_people_read_their_own_sanctions_newest_first(db: Connection, ben: Actor) -> None:
    ids = [decide(db, "ben", "warn")["id"] for _ in range(3)]
    decide(db, "cleo", "warn")
    page = ben.rows("my_sanctions", page_size=2)
    rest = ben.rows("my_sanctions", after=page[-1]["cursor"], page_size=2)
    assert [row["id"] for row in page + rest] == ids[::-1]


@pytest.mark.parametrize(
    ("kind", "until", "token"),
    [
        ("ban", "-1 day", "until_invalid"),
        ("ban", "infinity", "until_invalid"),
        ("mute", "1000 years", "until_invalid"),
    ],
)
def test_a_sanction_has_a_kind_and_an_end_to_come(
    db: Connection, kind: str, until: str | None, token: str
) -> None:
    statement = SANCTION.replace("now() + %s::interval", "%s::timestamptz")
    given = until if until in (None, "infinity") else None
    with refused(422, token), db.transaction():
        if given == until:
            db.execute(statement, [person_id("ben"), None, kind, given, None])
        else:
            decide(db, "ben", kind, until)


def test_a_ban_in_a_room_is_the_rooms_own(db: Connection, ben: Actor, ada: Actor) -> None:
    loosen(db)
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    sanction = decide(db, "ben", "ban", "1 hour", room)
    with refused(403, "banned_from_room"):
        ben.call("join_room", room_id=room)
    ben.post()
    # The room's moderators do not undo it; the staff does.
    with refused(409, "sanction_in_force"):
        ada.call("unban_member", room_id=room, username="ben")
    with refused(409, "sanction_in_force"):
        ada.call("remove_member", room_id=room, username="ben", ban_minutes=1)
    actor(db, "modesty").call("lift_sanction", sanction_id=sanction["id"])
    ben.call("join_room", room_id=room)


def test_a_mute_in_a_room_is_the_rooms_own(db: Connection, ben: Actor, ada: Actor) -> None:
    loosen(db)
    room, other = make_room(db, "ada"), make_room(db, "ada")
    for each in (room, other):
        enter_room(db, each, "ben")
    sanction = decide(db, "ben", "mute", None, room)
    # A mute in a room has an end, as the room's own.
    assert sanction["until"] is not None
    with refused(403, "muted_in_room"):
        ben.call("send_message", room_id=room, body="hi")
    ben.call("send_message", room_id=other, body="hi")
    with refused(409, "sanction_in_force"):
        ada.call("unmute_member", room_id=room, username="ben")
    actor(db, "modesty").call("lift_sanction", sanction_id=sanction["id"])
    ben.call("send_message", room_id=room, body="hi")


@pytest.mark.parametrize("kind", ["ban", "mute"])
@pytest.mark.parametrize("first", ["1 hour", "3 hours"])
def test_of_several_in_a_room_the_last_to_end_counts(db: Connection, kind: str, first: str) -> None:
    """Whichever was imposed last, and whichever is lifted."""
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    second = "3 hours" if first == "1 hour" else "1 hour"
    imposed = {until: decide(db, "ben", kind, until, room) for until in (first, "2 hours", second)}
    for lifted in ("3 hours", "1 hour"):
        longest = max(one["until"] for one in imposed.values())
        assert room_end(db, kind) == longest
        actor(db, "modesty").call("lift_sanction", sanction_id=imposed.pop(lifted)["id"])
    assert room_end(db, kind) == imposed.pop("2 hours")["until"]


def room_end(db: Connection, kind: str) -> Any:
    """Until when the only ban, or mute, of a room holds."""
    (row,) = db.execute(f"select until from public.room_{kind}s").fetchall()
    return row["until"]


def test_what_is_for_good_in_a_room_is_not_ended_by_a_shorter_one(
    db: Connection, ben: Actor
) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    for_good = decide(db, "ben", "ban", None, room)
    shorter = decide(db, "ben", "ban", "1 hour", room)
    assert room_end(db, "ban") is None
    actor(db, "modesty").call("lift_sanction", sanction_id=for_good["id"])
    assert room_end(db, "ban") == shorter["until"]


def test_who_is_muted_in_a_room_and_is_no_more_is_told_there(db: Connection, ben: Actor) -> None:
    loosen(db)
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    mutes = [decide(db, "ben", "mute", until, room) for until in ("1 hour", "2 hours")]
    for mute in mutes:
        with refused(403, "muted_in_room"), db.transaction():
            ben.call("send_message", room_id=room, body="hi")
        actor(db, "modesty").call("lift_sanction", sanction_id=mute["id"])
    # As by the room's own moderators; not while another mute stands.
    payloads = sent_to(db, f"user:{ben.id}", "muted_in_room")
    assert {payload["room_id"] for payload in payloads} == {str(room)}
    assert [payload["until"] is None for payload in payloads] == [False, False, True]


def test_the_owner_of_a_room_is_not_banned_from_it(db: Connection) -> None:
    room = make_room(db, "ada")
    with refused(409, "owner_must_transfer"), db.transaction():
        decide(db, "ada", "ban", "1 hour", room)


def test_of_two_bans_at_once_the_later_end_keeps_out_of_feeds(database: Database) -> None:
    """Whoever comes second looks at the bans after the first has written theirs."""
    with database.connect() as db, database.connect() as first, database.connect() as second:
        with ThreadPoolExecutor(1) as pool:
            first.execute("begin")
            impose(first, "ada", until="2 hours")
            shorter = pool.submit(impose, second, "ada", until="1 hour")
            wait_until_blocked(db, second)
            first.execute("commit")
            shorter.result(timeout=120)
        row = db.execute(
            "select banned_until - now() > interval '90 minutes' as is_later"
            " from private.person_cards where profile_id = %s",
            [person_id("ada")],
        ).fetchone()
        assert row == {"is_later": True}
        assert counter_laws(db) == []


def test_what_is_lifted_is_over_at_once_and_told_once(db: Connection, ben: Actor) -> None:
    sanction = decide(db, "ben", "ban")
    modesty = actor(db, "modesty")
    for _ in range(2):
        lifted = modesty.call("lift_sanction", sanction_id=sanction["id"], note="a mistake")
        assert lifted["lifted_at"] is not None
    ben.post()
    assert told(db, "ben") == ["ban", "lifted"]
    assert [entry["action"] for entry in log(db)] == ["person_banned", "sanction_lifted"]
    with refused(404, "sanction_not_found"):
        modesty.call("lift_sanction", sanction_id=uuid.uuid4())
    with refused(403, "not_allowed"):
        ben.call("lift_sanction", sanction_id=sanction["id"])


def test_nobody_lifts_their_own(db: Connection) -> None:
    sanction = impose(db, "modesty", "mute")
    with refused(403, "own_case"):
        actor(db, "modesty").call("lift_sanction", sanction_id=sanction)
    # Nor what is imposed on staff of a higher role.
    with refused(403, "not_allowed"):
        actor(db, "modesty").call("lift_sanction", sanction_id=impose(db, "admiral", "mute"))


def test_one_appeals_once_and_somebody_else_decides(db: Connection, ben: Actor) -> None:
    sanction = impose(db, "ben", by="modesty")
    asked = ben.call("appeal", sanction_id=sanction, text=" it was not me ")
    assert (asked["status"], asked["statement"]) == ("pending", "it was not me")
    # Sent again it is found; another one is one too many.
    assert ben.call("appeal", sanction_id=sanction, text="it was not me") == asked
    (entry,) = (each for each in log(db) if each["action"] == "sanction_appealed")
    assert (entry["actor_id"], entry["target_id"]) == (person_id("ben"), sanction)
    assert (entry["before"], entry["after"]) == ({"status": None}, {"status": "pending"})
    with refused(409, "already_appealed"):
        ben.call("appeal", sanction_id=sanction, text="and besides")
    case = case_of(db, sanction, "appeal")
    assert (case["target_kind"], case["subject_id"]) == ("sanction", person_id("ben"))
    with refused(403, "another_person_needed"):
        actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=True)
    with refused(409, "case_is_appeal"):
        actor(db, "admiral").call("decide_case", case_id=case["id"], action="dismiss")
    decided = actor(db, "admiral").call(
        "decide_appeal", sanction_id=sanction, uphold=True, note="indeed"
    )
    assert (decided["status"], decided["note"]) == ("upheld", "indeed")
    ben.post()
    assert case_of(db, sanction, "appeal")["status"] == "decided"
    with refused(409, "appeal_decided"):
        actor(db, "admiral").call("decide_appeal", sanction_id=sanction, uphold=False)
    with refused(409, "sanction_lifted"):
        ben.call("appeal", sanction_id=sanction, text="thanks")


def test_a_refused_appeal_leaves_the_sanction(db: Connection, ben: Actor) -> None:
    sanction = impose(db, "ben")
    ben.call("appeal", sanction_id=sanction, text="please")
    actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=False, note="no")
    with refused(403, "banned"):
        ben.post()
    (mine,) = ben.rows("my_sanctions")
    assert (mine["appeal"]["status"], mine["appeal"]["note"]) == ("refused", "no")
    assert told(db, "ben") == ["appeal_refused"]
    with refused(409, "already_appealed"):
        ben.call("appeal", sanction_id=sanction, text="please")


def test_an_appeal_is_against_ones_own_and_in_words(db: Connection, ben: Actor) -> None:
    sanction = impose(db, "ben")
    with refused(404, "sanction_not_found"):
        actor(db, "cleo").call("appeal", sanction_id=sanction, text="for him")
    for text in (" ", "x" * 2001):
        with refused(422, "statement_invalid"):
            ben.call("appeal", sanction_id=sanction, text=text)
    with refused(404, "appeal_not_found"):
        actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=True)
    with refused(422, "value_missing"):
        actor(db, "modesty").call("decide_appeal", sanction_id=sanction, uphold=None)
