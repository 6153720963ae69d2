"""Who starts, hears and ends a stream, and what becomes of it when people go."""

from __future__ import annotations

import itertools
import uuid

import pytest

from tests.database import Actor, Connection, actor, person_id, refused
from tests.live import heard, join, leave, orders, start_live, stream_row
from tests.rooms import ROOM_VISIBILITIES, ban_from_room, enter_room, make_invite, make_room
from tests.trust import impose


@pytest.fixture
def room(db: Connection) -> uuid.UUID:
    """Ada's public room, which cleo moderates and ben is in."""
    room = make_room(db, "ada")
    enter_room(db, room, "cleo", "moderator")
    enter_room(db, room, "ben")
    return room


def role(service: Actor, name: str, room: uuid.UUID) -> str:
    """What somebody may do in the stream of a room, as live-token is told."""
    told = service.call("backend.live_role", user_id=person_id(name), room_id=room)
    assert told["seconds"] == 600
    return str(told["role"])


def test_owner_and_moderators_start_a_stream_and_members_do_not(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    for name, status, token in (
        ("ben", 403, "not_a_moderator"),
        ("stranger", 403, "not_a_member"),
        ("modesty", 403, "not_a_member"),
    ):
        with refused(status, token):
            start_live(db, room, name)
    for name in ("ada", "cleo"):
        stream = start_live(db, room, name)
        row = stream_row(db, stream)
        assert (row["host_id"], row["title"], row["ended_at"]) == (person_id(name), "On air", None)
        service.call("backend.end_live", user_id=person_id(name), stream_id=stream)


def test_artist_of_an_artists_room_starts_one_as_a_member(db: Connection) -> None:
    room = make_room(db, "cleo", kind="artist", artist_id=person_id("ada"))
    with refused(403, "not_a_member"):
        start_live(db, room, "ada")
    enter_room(db, room, "ada")
    enter_room(db, room, "ben")
    with refused(403, "not_a_moderator"):
        start_live(db, room, "ben")
    start_live(db, room, "ada")


def test_nobody_starts_a_stream_in_a_room_that_is_not_there_for_them(
    db: Connection, room: uuid.UUID
) -> None:
    private = make_room(db, "ada", "private")
    for name, where in (("ben", private), ("ada", uuid.uuid4())):
        with refused(404, "room_not_found"):
            start_live(db, where, name)
    ban_from_room(db, room, "ben")
    with refused(403, "feature_disabled"):
        db.execute("update public.feature_flags set is_enabled = false where name = 'rooms'")
        start_live(db, room, "ada")
    db.execute("update public.feature_flags set is_enabled = true where name = 'rooms'")
    actor(db, "cleo").call("delete_my_account", confirm_username="cleo")
    with refused(403, "account_deactivated"):
        start_live(db, room, "cleo")


@pytest.mark.parametrize("title", [None, "", "   ", "\u200b", "x" * 121])
def test_a_title_has_1_to_120_characters(
    title: str | None, service: Actor, room: uuid.UUID
) -> None:
    with refused(422, "live_title_invalid"):
        service.call("backend.start_live", user_id=person_id("ada"), room_id=room, title=title)


def test_a_title_is_one_clean_line(db: Connection, service: Actor, room: uuid.UUID) -> None:
    stream = start_live(db, room, title="  Late\nnight \u202e ")
    assert stream_row(db, stream)["title"] == "Latenight"
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=stream)
    assert stream_row(db, start_live(db, room, title="x" * 120))["title"] == "x" * 120


def test_one_stream_at_a_time_in_a_room(db: Connection, service: Actor, room: uuid.UUID) -> None:
    first = start_live(db, room)
    for name in ("ada", "cleo"):
        with refused(409, "live_exists"):
            start_live(db, room, name)
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=first)
    assert start_live(db, room, "cleo") != first


def test_streams_are_started_at_a_measured_pace(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    for _ in range(5):
        stream = start_live(db, room)
        service.call("backend.end_live", user_id=person_id("ada"), stream_id=stream)
    with refused(429, "rate_limited"):
        start_live(db, room)


def test_a_room_hears_of_its_stream_and_followers_see_that_it_began(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    ben = actor(db, "ben")
    ben.call("follow", username="ada")
    stream = start_live(db, room)
    (event,) = [row for row in ben.rows("activity_feed") if row["kind"] == "room_live_started"]
    assert (event["target_id"], event["actors"][0]["username"]) == (room, "ada")
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=stream)
    common = {"room_id": str(room), "stream_id": str(stream)}
    assert [
        (name, {key: value for key, value in payload.items() if key != "id"})
        for name, payload in heard(db, room)
    ] == [
        ("live_ended", {**common, "reason": "ended"}),
        ("live_started", {**common, "host_id": str(person_id("ada"))}),
    ]
    for visibility in ("unlisted", "private"):
        start_live(db, make_room(db, "ada", visibility))
    assert (
        len([row for row in ben.rows("activity_feed") if row["kind"] == "room_live_started"]) == 1
    )


def test_host_owner_and_moderators_end_a_stream_and_ending_again_changes_nothing(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    enter_room(db, room, "finn", "moderator")
    for who in ("cleo", "ada", "finn", "modesty"):
        stream = start_live(db, room, "cleo")
        for name, status, token in (
            ("ben", 403, "not_a_moderator"), ("stranger", 403, "not_a_member"),
        ):  # fmt: skip
            with refused(status, token):
                service.call("backend.end_live", user_id=person_id(name), stream_id=stream)
        ended = service.call("backend.end_live", user_id=person_id(who), stream_id=stream)
        before = stream_row(db, stream)
        assert (before["end_reason"], before["ended_at"] is None) == ("ended", False)
        again = service.call("backend.end_live", user_id=person_id("cleo"), stream_id=stream)
        assert (again, stream_row(db, stream)) == (ended, before)
        assert orders(db, stream) == [("clear", None)]
        db.execute("delete from private.rate_limit_buckets")
    logged = db.execute(
        "select actor_id, subject_id from public.moderation_log where action = 'live_ended'"
        " order by id"
    ).fetchall()
    assert [row["actor_id"] for row in logged] == [
        person_id(name) for name in ("ada", "finn", "modesty")
    ]
    assert {row["subject_id"] for row in logged} == {person_id("cleo")}


def test_a_stream_one_may_not_know_of_is_not_found(db: Connection, service: Actor) -> None:
    stream = start_live(db, make_room(db, "ada", "private"))
    for name, which in (("ben", stream), ("ada", uuid.uuid4())):
        with refused(404, "live_not_found"):
            service.call("backend.end_live", user_id=person_id(name), stream_id=which)


def test_roles_are_what_the_room_makes_of_people(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    with refused(404, "live_not_on"):
        role(service, "ben", room)
    start_live(db, room, "cleo")
    assert {name: role(service, name, room) for name in ("cleo", "ada", "ben", "stranger")} == {
        "cleo": "host", "ada": "listener", "ben": "listener", "stranger": "listener",
    }  # fmt: skip
    assert role(service, "modesty", room) == "listener"
    actor(db, "cleo").call("set_live_speaker", room_id=room, username="ben", speaker=True)
    assert role(service, "ben", room) == "speaker"
    ban_from_room(db, room, "stranger")
    with refused(403, "banned_from_room"):
        role(service, "stranger", room)


def test_nobody_outside_a_private_room_hears_its_stream(db: Connection, service: Actor) -> None:
    room = make_room(db, "ada", "private")
    enter_room(db, room, "ben")
    make_invite(db, room, "cleo")
    start_live(db, room)
    assert role(service, "ben", room) == "listener"
    assert role(service, "modesty", room) == "listener"
    with refused(404, "room_not_found"):
        role(service, "stranger", room)
    with refused(403, "not_a_member"):
        role(service, "cleo", room)
    with refused(401, "account_gone"):
        service.call("backend.live_role", user_id=uuid.uuid4(), room_id=room)
    with refused(401, "not_signed_in"):
        service.call("backend.live_role", user_id=None, room_id=room)


def test_whoever_may_read_a_room_may_listen_and_nobody_else(db: Connection, service: Actor) -> None:
    people = ("ada", "ben", "cleo", "dan", "eve", "finn", "stranger", "modesty")
    for visibility in ROOM_VISIBILITIES:
        room = make_room(db, "ada", visibility)
        enter_room(db, room, "finn")
        enter_room(db, room, "eve", "moderator")
        ban_from_room(db, room, "dan")
        ban_from_room(db, room, "modesty")
        ban_from_room(db, room, "cleo", -1)
        stream = start_live(db, room)
        for is_withheld, name in itertools.product((False, True), people):
            db.execute(
                "update public.rooms set is_withheld = %s where id = %s", [is_withheld, room]
            )
            with actor(db, name).session() as connection:
                row = connection.execute("select auth.uid() as id").fetchone()
                assert row == {"id": person_id(name)}
                connection.execute("reset role")
                compared = connection.execute(
                    "select private.can_read_room(%s) as reads,"
                    " private.live_role_of(%s, %s) is not null as listens",
                    [room, stream, person_id(name)],
                ).fetchone()
                assert compared is not None
                assert compared["reads"] == compared["listens"], (visibility, is_withheld, name)


def test_tokens_are_given_at_a_measured_pace(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    start_live(db, room)
    for _ in range(30):
        role(service, "ben", room)
    with refused(429, "rate_limited"):
        role(service, "ben", room)


def test_who_leaves_a_room_or_is_put_out_of_it_leaves_its_stream(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    for name in ("finn", "dan"):
        enter_room(db, room, name)
    stream = start_live(db, room)
    ada = actor(db, "ada")
    for name in ("ben", "finn"):
        ada.call("set_live_speaker", room_id=room, username=name, speaker=True)
    told = len(orders(db, stream))
    actor(db, "ben").call("leave_room", room_id=room)
    ada.call("remove_member", room_id=room, username="finn")
    ada.call("remove_member", room_id=room, username="dan", ban_minutes=None)
    # Who listens without being a member is banned, too.
    ada.call("remove_member", room_id=room, username="stranger", ban_minutes=10)
    assert orders(db, stream)[told:] == [
        ("remove", "ben"), ("remove", "finn"), ("remove", "dan"), ("remove", "stranger"),
    ]  # fmt: skip
    for name in ("ben", "finn"):
        assert role(service, name, room) == "listener"
    assert db.execute("select * from public.live_speakers").fetchall() == []
    assert stream_row(db, stream)["ended_at"] is None


def test_where_nobody_is_live_nothing_is_sent(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    elsewhere = start_live(db, make_room(db, "ada"))
    over = start_live(db, room)
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=over)
    ada = actor(db, "ada")
    ada.call("remove_member", room_id=room, username="ben", ban_minutes=None)
    actor(db, "cleo").call("leave_room", room_id=room)
    assert orders(db, over) == [("clear", None)]
    assert orders(db, elsewhere) == []


@pytest.mark.parametrize("how", ["leave", "remove", "ban", "delete account"])
def test_a_stream_ends_when_its_host_goes(how: str, db: Connection, room: uuid.UUID) -> None:
    stream = start_live(db, room, "cleo")
    cleo, ada = actor(db, "cleo"), actor(db, "ada")
    if how == "leave":
        cleo.call("leave_room", room_id=room)
    elif how == "delete account":
        cleo.call("delete_my_account", confirm_username="cleo")
    else:
        ada.call(
            "remove_member", room_id=room, username="cleo", ban_minutes=5 if how == "ban" else 0
        )
    row = stream_row(db, stream)
    assert (row["end_reason"], row["listener_count"]) == ("host_left", 0)
    assert ("clear", None) in orders(db, stream)


def test_a_stream_ends_with_the_rank_of_its_host(db: Connection, room: uuid.UUID) -> None:
    enter_room(db, room, "dan", "moderator")
    stream = start_live(db, room, "dan")
    ada = actor(db, "ada")
    ada.call("set_member_role", room_id=room, username="dan", role="member")
    row = stream_row(db, stream)
    assert (row["ended_at"] is not None, row["end_reason"]) == (True, "ended")
    # The server ends the room, with whatever rights were given in it.
    assert ("clear", None) in orders(db, stream)
    assert ("live_ended", {"stream_id": str(stream), "reason": "ended"}) in [
        (event, {key: payload[key] for key in ("stream_id", "reason")})
        for event, payload in heard(db, room)
        if event == "live_ended"
    ]
    (logged,) = db.execute(
        "select actor_id, subject_id from public.moderation_log where action = 'live_ended'"
    ).fetchall()
    assert logged == {"actor_id": ada.id, "subject_id": person_id("dan")}


def test_a_stream_goes_on_with_who_may_still_start_one(db: Connection, room: uuid.UUID) -> None:
    # Who hands the room over is a moderator.
    stream = start_live(db, room)
    enter_room(db, room, "dan", "moderator")
    actor(db, "ada").call("transfer_room", room_id=room, username="dan")
    assert stream_row(db, stream)["ended_at"] is None
    # It is not the host whose rank goes.
    enter_room(db, room, "eve", "moderator")
    actor(db, "dan").call("set_member_role", room_id=room, username="eve", role="member")
    assert stream_row(db, stream)["ended_at"] is None
    # An artist goes on in the room that is theirs.
    own = make_room(db, "dan", kind="artist", artist_id=person_id("ada"))
    enter_room(db, own, "ada", "moderator")
    stream = start_live(db, own)
    actor(db, "dan").call("set_member_role", room_id=own, username="ada", role="member")
    assert stream_row(db, stream)["ended_at"] is None


def test_a_stream_ends_with_its_room(db: Connection, room: uuid.UUID) -> None:
    stream = start_live(db, room)
    actor(db, "ada").call("delete_room", room_id=room)
    assert stream_row(db, stream)["end_reason"] == "room_deleted"
    assert orders(db, stream) == [("clear", None)]


def test_a_room_that_becomes_private_keeps_its_members_alone(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    stream = start_live(db, room)
    for name in ("ben", "stranger", "dan", "modesty"):
        join(service, stream, name)
    leave(service, stream, "dan")
    assert orders(db, stream) == []
    actor(db, "ada").call("update_room", room_id=room, visibility="private")
    assert orders(db, stream) == [("remove", "stranger")]


def test_a_room_that_is_withheld_keeps_its_owner_alone(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    stream = start_live(db, room, "cleo")
    join(service, stream, "cleo", role="host")
    for name in ("ada", "ben", "stranger", "modesty"):
        join(service, stream, name)
    assert orders(db, stream) == []
    db.execute("select private.mark_withheld('room', %s, true)", [room])
    assert sorted(orders(db, stream), key=str) == [
        ("remove", name) for name in ("ben", "cleo", "stranger")
    ]
    db.execute("select private.mark_withheld('room', %s, false)", [room])
    assert len(orders(db, stream)) == 3
    assert role(service, "cleo", room) == "host"


def test_whoever_is_hidden_is_put_out_of_every_stream(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    theirs, other, third = (make_room(db, "cleo") for _ in range(3))
    enter_room(db, theirs, "ben")
    streams = [start_live(db, one, "cleo") for one in (theirs, other, third)]
    stream = start_live(db, room)
    join(service, streams[1], "ben")
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
        [person_id("ben")],
    )
    assert [orders(db, one) for one in (*streams, stream)] == [
        [("remove", "ben")], [("remove", "ben")], [], [("remove", "ben")],
    ]  # fmt: skip
    assert join(service, stream, "ben") == "ordered"


def test_room_state_tells_who_is_live_and_what_one_may_do(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    ben = actor(db, "ben")
    assert ben.call("room_state", room_id=room)["live"] is None
    stream = start_live(db, room)
    join(service, stream, "ben")
    live = ben.call("room_state", room_id=room)["live"]
    assert live == {
        "id": str(stream), "title": "On air", "host": live["host"], "listener_count": 1,
        "peak_listeners": 1, "started_at": live["started_at"], "my_role": "listener",
    }  # fmt: skip
    assert live["host"]["username"] == "ada"
    for name, mine in (("ada", "host"), ("stranger", "listener"), ("visitor", None)):
        assert actor(db, name).call("room_state", room_id=room)["live"]["my_role"] == mine
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=stream)
    assert ben.call("room_state", room_id=room)["live"] is None
    private = make_room(db, "ada", "private")
    make_invite(db, private, "ben")
    start_live(db, private)
    assert ben.call("room_state", room_id=private)["live"] is None
    assert actor(db, "ada").call("room_state", room_id=private)["live"] is not None


def test_who_is_muted_in_the_room_listens_until_it_is_over(
    db: Connection, service: Actor, room: uuid.UUID
) -> None:
    ada = actor(db, "ada")
    stream = start_live(db, room, "cleo")
    ada.call("set_live_speaker", room_id=room, username="ben", speaker=True)
    told = len(orders(db, stream))
    for name, before in (("ben", "speaker"), ("cleo", "host")):
        assert role(service, name, room) == before
        ada.call("mute_member", room_id=room, username=name, minutes=10)
        assert role(service, name, room) == "listener"
        # Now, and when it is over.
        assert orders(db, stream)[told:] == [("update", name)] * 2
        rows = db.execute(
            "select round(extract(epoch from next_attempt_at - created_at) / 60)::int as minutes"
            " from private.outbox where topic = 'livekit' order by id"
        ).fetchall()
        assert [row["minutes"] for row in rows][told:] == [0, 10]
        ada.call("unmute_member", room_id=room, username=name)
        assert role(service, name, room) == before
        assert orders(db, stream)[told:] == [("update", name)] * 3
        told += 3
    ada.call("mute_member", room_id=room, username="ben", minutes=10)
    db.execute("update public.room_mutes set until = now()")
    assert role(service, "ben", room) == "speaker"
    # Nor does who is muted start another one.
    service.call("backend.end_live", user_id=ada.id, stream_id=stream)
    ada.call("mute_member", room_id=room, username="cleo", minutes=10)
    with refused(403, "muted_in_room") as caught:
        start_live(db, room, "cleo")
    assert caught.value.diag.message_hint == "600"
    db.execute("update public.room_mutes set until = now()")
    start_live(db, room, "cleo")


@pytest.mark.parametrize("kind", ["ban", "mute"])
def test_who_is_banned_or_muted_everywhere_listens_until_it_is_over(
    db: Connection, service: Actor, room: uuid.UUID, kind: str
) -> None:
    stream = start_live(db, room, "cleo")
    actor(db, "ada").call("set_live_speaker", room_id=room, username="ben", speaker=True)
    for name, before in (("ben", "speaker"), ("cleo", "host")):
        told = len(orders(db, stream))
        assert role(service, name, room) == before
        sanction = impose(db, name, kind, "10 minutes")
        assert role(service, name, room) == "listener"
        # Whoever is connected is hushed at once, and asked about again when it is over.
        assert orders(db, stream)[told:] == [("update", name)] * 2
        rows = db.execute(
            "select round(extract(epoch from next_attempt_at - created_at) / 60)::int as minutes"
            " from private.outbox where topic = 'livekit' order by id"
        ).fetchall()
        assert [row["minutes"] for row in rows][told:] == [0, 10]
        actor(db, "modesty").call("lift_sanction", sanction_id=sanction)
        assert role(service, name, room) == before
        assert orders(db, stream)[told:] == [("update", name)] * 3
    # Nor is anybody asked about for a warning.
    told = len(orders(db, stream))
    impose(db, "ben", "warn")
    assert orders(db, stream)[told:] == []
