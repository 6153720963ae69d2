"""Moderators and the owner keep order in a room."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, person_id, refused
from tests.rooms import ban_from_room, enter_room, make_invite, make_room, sent_to
from tests.sessions import make_party, queue


def log(reader: Actor) -> list[tuple[str, Any, Any]]:
    """What the log of the rooms a reader moderates says, oldest first."""
    rows = reader.run("select * from public.moderation_log order by id")
    return [(row["action"], row["subject_id"], row["reason"]) for row in rows]


def test_the_owner_makes_moderators(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    for _ in range(2):
        made = ada.call("set_member_role", room_id=room, username="Ben", role="moderator")
        assert made == {"username": "ben", "role": "moderator"}
    assert ben.call("room_state", room_id=room)["my_role"] == "moderator"
    assert log(ben) == [("role_changed", person_id("ben"), None)]
    ada.call("set_member_role", room_id=room, username="ben", role="member")
    assert ben.call("room_state", room_id=room)["my_role"] == "member"


def test_roles_are_member_or_moderator_of_who_is_in(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    for role in ("owner", None, "boss"):
        with refused(422, "room_role_unknown"):
            ada.call("set_member_role", room_id=room, username="ben", role=role)
    with refused(404, "member_not_found"):
        ada.call("set_member_role", room_id=room, username="ben", role="member")
    with refused(404, "profile_not_found"):
        ada.call("set_member_role", room_id=room, username="nobody_at_all", role="member")
    with refused(409, "owner_must_transfer"):
        ada.call("set_member_role", room_id=room, username="ada", role="member")


def test_only_so_many_moderate(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    db.execute("update private.settings set value = 1 where name = 'room_moderators_limit'")
    for name in ("ben", "cleo"):
        enter_room(db, room, name)
    ada.call("set_member_role", room_id=room, username="ben", role="moderator")
    with refused(409, "moderator_limit"):
        ada.call("set_member_role", room_id=room, username="cleo", role="moderator")


def test_a_moderator_puts_somebody_out(db: Connection, cleo: Actor, ben: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "cleo", "moderator")
    ben.call("join_room", room_id=room)
    out = cleo.call("remove_member", room_id=room, username="ben", reason=" noisy ")
    assert out == {"is_member": False, "is_banned": False, "until": None}
    assert log(cleo) == [("member_removed", person_id("ben"), "noisy")]
    told = sent_to(db, f"user:{person_id('ben')}", "removed_from_room")
    assert told == [{"room_id": str(room), "is_banned": False, "until": None}]
    assert {"room_id": str(room), "user_id": str(person_id("ben")), "role": None} in sent_to(
        db, f"room:{room}", "member_changed"
    )
    with refused(404, "member_not_found"):
        cleo.call("remove_member", room_id=room, username="ben")
    ben.call("join_room", room_id=room)


@pytest.mark.parametrize(("minutes", "is_for_ever"), [(30, False), (None, True)])
def test_a_moderator_bans(
    minutes: int | None, is_for_ever: bool, db: Connection, ada: Actor, ben: Actor
) -> None:
    room = make_room(db, "ada")
    ben.call("join_room", room_id=room)
    out = ada.call("remove_member", room_id=room, username="ben", ban_minutes=minutes)
    assert out["is_banned"] is True
    assert (out["until"] is None) == is_for_ever
    with refused(403, "banned_from_room"):
        ben.call("join_room", room_id=room)
    assert ben.run("select until is null as is_for_ever from public.room_bans") == [
        {"is_for_ever": is_for_ever}
    ]
    for _ in range(2):
        back = ada.call("unban_member", room_id=room, username="ben")
        assert back == {"is_banned": False}
    assert [entry[0] for entry in log(ada)] == ["member_banned", "member_unbanned"]
    ben.call("join_room", room_id=room)


def test_who_has_not_come_yet_is_banned_too(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", "private")
    make_invite(db, room, "ben")
    ben.call("request_to_join", room_id=room)
    ada.call("remove_member", room_id=room, username="ben", ban_minutes=60)
    assert ben.call("my_room_invites") == []
    assert ben.run("select status from public.join_requests") == [{"status": "declined"}]
    with refused(404, "room_not_found"):
        ben.call("join_room", room_id=room)
    code = make_invite(db, room)
    with refused(403, "banned_from_room"):
        ben.call("join_room", room_id=room, invite_code=code)


def test_nobody_puts_out_who_ranks_as_high(
    db: Connection, ada: Actor, cleo: Actor, modesty: Actor
) -> None:
    room = make_room(db, "ada")
    for name in ("cleo", "dan"):
        enter_room(db, room, name, "moderator")
    for name in ("dan", "ada"):
        with refused(403, "member_of_equal_rank"):
            cleo.call("remove_member", room_id=room, username=name)
    with refused(403, "member_of_equal_rank"):
        modesty.call("remove_member", room_id=room, username="ada")
    with refused(422, "not_yourself"):
        cleo.call("remove_member", room_id=room, username="cleo")
    ada.call("remove_member", room_id=room, username="dan")
    modesty.call("remove_member", room_id=room, username="cleo")


def test_who_has_blocked_the_moderators_is_moderated(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    ben.call("block", username="ada")
    ada.call("remove_member", room_id=room, username="ben", ban_minutes=5)
    ada.call("unban_member", room_id=room, username="ben")


def test_who_is_leaving_is_moderated_where_they_are(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    for name in ("ben", "cleo"):
        db.execute(
            "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
            [person_id(name)],
        )
    ada.call("remove_member", room_id=room, username="ben")
    with refused(404, "profile_not_found"):
        ada.call("remove_member", room_id=room, username="cleo", ban_minutes=5)


def test_what_does_not_fit_is_refused(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    for minutes in (-1, 5_256_001):
        with refused(422, "ban_minutes_out_of_range"):
            ada.call("remove_member", room_id=room, username="ben", ban_minutes=minutes)
    with refused(422, "reason_too_long"):
        ada.call("remove_member", room_id=room, username="ben", reason="x" * 501)
    enter_room(db, room, "ben")
    ada.call("remove_member", room_id=room, username="ben", reason="x" * 500)
    ada.call("remove_member", room_id=room, username="ben", ban_minutes=5_256_000)


@pytest.mark.parametrize("function", ["remove_member", "unban_member"])
def test_others_do_not_moderate(function: str, db: Connection, ben: Actor) -> None:
    room, secret = make_room(db, "ada"), make_room(db, "ada", "private")
    with refused(403, "not_a_member"):
        ben.call(function, room_id=room, username="cleo")
    enter_room(db, room, "ben")
    with refused(403, "not_a_moderator"):
        ben.call(function, room_id=room, username="cleo")
    with refused(404, "room_not_found"):
        ben.call(function, room_id=secret, username="cleo")


def test_the_room_hears_what_changed_in_it(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada", name="Techno")
    topic = f"room:{room}"
    db.execute("delete from realtime.messages")
    ben.call("join_room", room_id=room)
    assert sent_to(db, topic, "member_changed") == [
        {"room_id": str(room), "user_id": str(person_id("ben")), "role": "member"}
    ]
    # Those who come are no change of the room, nor is what stays as it is.
    ada.call("update_room", room_id=room, name="Techno")
    assert sent_to(db, topic, "room_changed") == []
    ada.call("update_room", room_id=room, name="House", slow_mode_seconds=5)
    assert sent_to(db, topic, "room_changed") == [
        {"room_id": str(room), "changed": ["name", "slow_mode_seconds"]}
    ]


CHANGES: dict[str, Any] = {
    "name": "House", "description": "loud", "visibility": "unlisted", "genre": "techno",
    "tags": ["loud"], "region": "Berlin", "member_limit": 9, "max_track_ms": 60_000,
    "repeat_window_minutes": 1, "queue_limit_per_member": 9, "tracks_per_turn": 9,
    "rotation_cycles": False, "downvotes_enabled": False, "vote_skip_enabled": False,
    "vote_skip_ratio": Decimal("0.9"), "vote_skip_minimum": 9, "slow_mode_seconds": 9,
}  # fmt: skip


@pytest.mark.parametrize("field", CHANGES)
def test_the_room_hears_of_whatever_is_changed(field: str, db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    for _ in range(2):
        ada.call("update_room", room_id=room, **{field: CHANGES[field]})
    changed = ["slug", "visibility"] if field == "visibility" else [field]
    assert sent_to(db, f"room:{room}", "room_changed") == [
        {"room_id": str(room), "changed": changed}
    ]


def test_the_room_hears_of_its_pin_its_owner_and_its_end(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room, song = make_room(db, "ada"), make_song(db)
    enter_room(db, room, "ben")
    ada.call("pin_track", room_id=room, track_id=song)
    ada.call("transfer_room", room_id=room, username="ben")
    ben.call("delete_room", room_id=room)
    told = sent_to(db, f"room:{room}", "room_changed")
    assert [one["changed"] for one in told][:2] == [["pinned_track_id"], ["owner_id"]]
    assert len(told) == 3


def test_erasing_an_owner_hands_their_rooms_on(db: Connection) -> None:
    heirs = {"longest moderator": "dan", "longest member": "ben", "nobody": None}
    rooms = {reason: make_room(db, "ada") for reason in heirs}
    days = {"ben": 3, "cleo": 1, "dan": 2}
    for name in ("ben", "cleo", "dan"):
        enter_room(db, rooms["longest moderator"], name, "member" if name == "ben" else "moderator")
        enter_room(db, rooms["longest member"], name)
        db.execute(
            "update public.room_members set joined_at = now() - make_interval(days => %s)"
            " where user_id = %s",
            [days[name], person_id(name)],
        )
    # Who is leaving as well takes nothing over.
    enter_room(db, rooms["nobody"], "eve", "moderator")
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
        [person_id("eve")],
    )
    db.execute("select private.lock_ties(array[%s::uuid])", [person_id("ada")])
    db.execute("select private.erase_account(%s)", [person_id("ada")])
    for reason, heir in heirs.items():
        row = db.execute(
            "select room.owner_id, room.deleted_at is null as stands, member.role"
            " from public.rooms as room"
            " left join public.room_members as member"
            " on member.room_id = room.id and member.user_id = room.owner_id"
            " where room.id = %s",
            [rooms[reason]],
        ).fetchone()
        expected = (person_id(heir), True, "owner") if heir else (None, False, None)
        assert row is not None
        assert (row["owner_id"], row["stands"], row["role"]) == expected, reason
    assert actor(db, "dan").rows("room_members", room_id=rooms["longest moderator"])


def test_a_moderator_who_is_erased_leaves_their_bans_and_log(
    db: Connection, ada: Actor, service: Actor
) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "cleo", "moderator")
    actor(db, "cleo").call("remove_member", room_id=room, username="ben", ban_minutes=5)
    ban_from_room(db, room, "cleo")
    db.execute(
        "insert into private.account_deletions (user_id, erase_after) values (%s, now())",
        [person_id("cleo")],
    )
    assert service.rows("backend.erase_due_accounts")[0]["is_erased"]
    rows = db.execute("select user_id, banned_by from public.room_bans").fetchall()
    assert rows == [{"user_id": person_id("ben"), "banned_by": None}]
    (entry,) = ada.run("select actor_id, action from public.moderation_log")
    assert entry == {"actor_id": None, "action": "member_banned"}


def test_who_is_banned_and_muted_is_not_told_by_whom(
    db: Connection, ben: Actor, cleo: Actor
) -> None:
    room = make_room(db, "ada", "private")
    other = make_room(db, "ada")
    for place in (room, other):
        enter_room(db, place, "ben", "moderator")
    enter_room(db, other, "cleo")
    cleo.call("request_to_join", room_id=room)
    ben.call("mute_member", room_id=other, username="cleo", minutes=5)
    for place in (room, other):
        ben.call("remove_member", room_id=place, username="cleo", ban_minutes=5, reason="noise")
    exported = cleo.call("export_my_data")
    assert [row["reason"] for row in exported["public.room_bans"]] == ["noise"] * 2
    assert len(exported["public.room_mutes"]) == 1
    (asked,) = exported["public.join_requests"]
    assert asked["status"] == "declined"
    for table in ("room_bans", "room_mutes", "join_requests"):
        assert str(ben.id) not in str(exported[f"public.{table}"])


def test_moderators_list_who_is_banned_and_by_whom(
    db: Connection, ada: Actor, ben: Actor, stranger: Actor
) -> None:
    room = make_room(db, "ada")
    for name in ("ben", "cleo"):
        enter_room(db, room, name)
    ada.call("set_member_role", room_id=room, username="cleo", role="moderator")
    for name in ("dan", "eve", "finn"):
        actor(db, "cleo").call(
            "remove_member", room_id=room, username=name, ban_minutes=None, reason=f"of {name}"
        )
    ban_from_room(db, room, "admiral", -1)
    first = ada.rows("room_bans", room_id=room, page_size=2)
    listed = first + ada.rows("room_bans", room_id=room, after=first[-1]["cursor"], page_size=2)
    assert sorted((row["username"], row["reason"]) for row in listed) == [
        (name, f"of {name}") for name in ("dan", "eve", "finn")
    ]
    assert {(row["banned_by"]["username"], row["until"]) for row in listed} == {("cleo", None)}
    for somebody, token in ((ben, "not_a_moderator"), (stranger, "not_a_member")):
        with refused(403, token):
            somebody.rows("room_bans", room_id=room)


def test_what_moderators_do_to_others_is_written_down(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor, dan: Actor
) -> None:
    room, session = make_party(db, "fan", ("ben", "finn"), visibility="private")
    for guest, approve in ((cleo, True), (dan, False)):
        request = guest.call("request_to_join", room_id=room)["id"]
        ada.call("decide_join_request", request_id=request, approve=approve)
    for person in (ada, ben):
        person.call("join_rotation", session_id=session)
    _, first, _ = queue(ben, session, 3)
    (own,) = queue(ada, session)
    ada.call("remove_queue_item", item_id=first)
    ada.call("clear_queue", session_id=session)
    ada.call("remove_from_rotation", session_id=session, username="ben")
    # What is one's own, and what is so already, is nothing to be written down.
    ada.call("remove_queue_item", item_id=own)
    ada.call("remove_from_rotation", session_id=session, username="ben")
    ada.call("clear_queue", session_id=session)
    ada.call("transfer_room", room_id=room, username="ben")
    rows = ben.run(
        "select action, actor_id, subject_id, data from public.moderation_log order by id"
    )
    assert {row["actor_id"] for row in rows} == {ada.id}
    assert [(row["action"], row["subject_id"], row["data"]) for row in rows] == [
        ("request_approved", cleo.id, {}),
        ("request_declined", dan.id, {}),
        ("track_removed", ben.id, {"item_id": str(first)}),
        ("queue_cleared", None, {"session_id": str(session)}),
        ("dj_removed", ben.id, {}),
        ("room_transferred", ben.id, {}),
    ]
