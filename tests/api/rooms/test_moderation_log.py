"""What is done in a room by its moderators is written down with how it was and how it is since."""

from __future__ import annotations

import re
import uuid
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor
from tests.live import start_live
from tests.rooms import enter_room, make_room
from tests.sessions import make_party, queue
from tests.trust import loosen

NOBODY: dict[str, Any] = {"role": None, "ban": None, "mute": None}
MEMBER = {**NOBODY, "role": "member"}
CALLS = re.compile(r"private\.log_moderation\((.*?)\);", re.DOTALL)
ACTION = re.compile(r"'([a-z]+_[a-z]+)'")
WRITERS = """
  select proname from pg_proc
  where pronamespace in ('private'::regnamespace, 'public'::regnamespace, 'backend'::regnamespace)
    and prosrc ~* '(insert into|update)\\s+public\\.moderation_log'
  order by 1
"""


def entries(db: Connection, room: uuid.UUID) -> list[tuple[str, Any, Any]]:
    """What was done in a room, oldest first: how it was, and how it is since."""
    rows = db.execute(
        "select action, before, after from public.moderation_log where room_id = %s order by id",
        [room],
    ).fetchall()
    return [(row["action"], row["before"], row["after"]) for row in rows]


def of_members(db: Connection, ada: Actor) -> list[tuple[str, Any, Any]]:
    """Members are let in, put out, muted, and made moderators and owner."""
    room = make_room(db, "ada", "private")
    for name, approve in (("ben", True), ("cleo", False)):
        asked = actor(db, name).call("request_to_join", room_id=room)["id"]
        ada.call("decide_join_request", request_id=asked, approve=approve)
    in_room = {"room_id": room, "username": "ben"}
    until = ada.call("mute_member", **in_room, minutes=5)["until"]
    ada.call("unmute_member", **in_room)
    ada.call("set_member_role", **in_room, role="moderator")
    ada.call("remove_member", **in_room, ban_minutes=0)
    ada.call("remove_member", **in_room, ban_minutes=None, reason="noise")
    ada.call("unban_member", **in_room)
    enter_room(db, room, "ben")
    ada.call("transfer_room", **in_room)
    made = entries(db, room)
    muted = made[2][2]["mute"]
    assert muted.keys() == {"until"}
    assert muted["until"][:19] == until[:19]
    assert made == [
        ("request_approved", {"status": "pending"}, {"status": "approved"}),
        ("request_declined", {"status": "pending"}, {"status": "declined"}),
        ("member_muted", MEMBER, {**MEMBER, "mute": muted}),
        ("member_unmuted", {**MEMBER, "mute": muted}, MEMBER),
        ("role_changed", MEMBER, {**MEMBER, "role": "moderator"}),
        ("member_removed", {**MEMBER, "role": "moderator"}, NOBODY),
        ("member_banned", NOBODY, {**NOBODY, "ban": {"until": None}}),
        ("member_unbanned", {**NOBODY, "ban": {"until": None}}, NOBODY),
        ("room_transferred", MEMBER, {**MEMBER, "role": "owner"}),
    ]
    return made


def of_messages(db: Connection, ada: Actor) -> list[tuple[str, Any, Any]]:
    """What is said is pinned, cleared of reactions and deleted; a track is pinned."""
    room, song = make_room(db, "ada"), make_song(db)
    enter_room(db, room, "ben")
    said = actor(db, "ben").call("send_message", room_id=room, body="words")["id"]
    actor(db, "ben").call("react", message_id=said, emoji="🔥", present=True)
    for present in (True, False):
        ada.call("pin_message", message_id=said, present=present)
    ada.call("clear_reactions", message_id=said)
    ada.call("delete_message", message_id=said)
    for track in (song, None):
        ada.call("pin_track", room_id=room, track_id=track)
    made = entries(db, room)
    assert made == [
        ("message_pinned", {"is_pinned": False}, {"is_pinned": True}),
        ("message_unpinned", {"is_pinned": True}, {"is_pinned": False}),
        ("reactions_cleared", {"reaction_count": 1}, {"reaction_count": 0}),
        ("message_deleted", {"is_there": True}, {"is_there": False}),
        ("track_pinned", {"track_id": None}, {"track_id": str(song)}),
        ("track_pinned", {"track_id": str(song)}, {"track_id": None}),
    ]
    return made


def of_sessions(db: Connection, ada: Actor) -> list[tuple[str, Any, Any]]:
    """A track is skipped, another taken off the queue, then all of it, then the DJ."""
    room, session = make_party(db, "fan", ("ben",))
    ben = actor(db, "ben")
    ben.call("join_rotation", session_id=session)
    _, first, *_ = queue(ben, session, 5)
    ada.call("remove_queue_item", item_id=first)
    ada.call("skip_track", session_id=session, expected_sequence=1, reason="too loud")
    ada.call("clear_queue", session_id=session)
    ada.call("remove_from_rotation", session_id=session, username="ben")
    made = entries(db, room)
    assert made == [
        ("track_removed", {"status": "queued"}, {"status": "removed"}),
        ("track_skipped", {"status": "playing"}, {"status": "skipped"}),
        ("queue_cleared", {"queued_count": 2}, {"queued_count": 0}),
        ("dj_removed", {"is_dj": True}, {"is_dj": False}),
    ]
    return made


def of_streams(db: Connection, ada: Actor) -> list[tuple[str, Any, Any]]:
    """Somebody is made a speaker and a listener again, a stream is ended, another by a rank."""
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    enter_room(db, room, "cleo", "moderator")
    stream = start_live(db, room, "cleo")
    for speaker in (True, False):
        ada.call("set_live_speaker", room_id=room, username="ben", speaker=speaker)
    actor(db, "service").call("backend.end_live", user_id=ada.id, stream_id=stream)
    start_live(db, room, "cleo")
    ada.call("set_member_role", room_id=room, username="cleo", role="member")
    made = entries(db, room)
    ended = ("live_ended", {"is_live": True}, {"is_live": False})
    assert made == [
        ("speaker_changed", {"is_speaker": False}, {"is_speaker": True}),
        ("speaker_changed", {"is_speaker": True}, {"is_speaker": False}),
        ended,
        ended,
        ("role_changed", {**MEMBER, "role": "moderator"}, MEMBER),
    ]
    return made


def test_each_action_says_how_it_was_and_how_it_is_since(db: Connection, ada: Actor) -> None:
    loosen(db)
    seen = {
        action
        for deeds in (of_members, of_messages, of_sessions, of_streams)
        for action, _, _ in deeds(db, ada)
    }
    rows = db.execute("select prosrc from pg_proc where prosrc ~ 'private.log_moderation\\('")
    calls = [call for row in rows for call in CALLS.findall(row["prosrc"])]
    assert len(calls) >= 20
    # Whoever writes down something else tries it above.
    assert seen == {action for call in calls for action in ACTION.findall(call.split(",")[1])}


def test_the_moderators_read_it(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    ada.call("set_member_role", room_id=room, username="ben", role="moderator")
    (row,) = actor(db, "ben").rows("room_moderation", room_id=room)
    assert (row["before"], row["after"]) == (MEMBER, {**MEMBER, "role": "moderator"})
    assert row["data"] == {}


def test_nothing_is_written_down_without_both(db: Connection) -> None:
    room = make_room(db, "ada")
    for before, after in (("null", "'{}'"), ("'{}'", "null"), ("null", "null")):
        with pytest.raises(psycopg.errors.CheckViolation) as caught, db.transaction():
            db.execute(
                "insert into public.moderation_log (room_id, action, before, after)"
                f" values (%s, 'tried', {before}, {after})".encode(),
                [room],
            )
        assert caught.value.diag.constraint_name == "moderation_log_before_and_after"
    # And by these two alone.
    writers = [row["proname"] for row in db.execute(WRITERS)]
    assert writers == ["log_decision", "log_moderation"]
