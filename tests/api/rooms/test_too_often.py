"""Whoever makes, moves or moderates in rooms too often is slowed, found in the catalog."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.foundation.test_too_often import waits
from tests.api.foundation.test_who_is_let_in import documented, functions_of
from tests.catalogue import make_song
from tests.database import Actor, Connection, actor
from tests.plans import give_plan
from tests.rooms import make_room
from tests.sessions import make_party, queue

# By each rule: what it slows, and of what that is done in the tests.
DEEDS: dict[str, dict[str, dict[str, Any]]] = {
    "create_room": {"create_room": {"name": "More"}},
    "update_room": {
        "update_room": {"room_id": "room", "name": "Else"},
        "transfer_room": {"room_id": "room", "username": "ben"},
        "pin_track": {"room_id": "room", "track_id": "song"},
    },
    "join_room": {"join_room": {"room_id": "open"}},
    "request_to_join": {"request_to_join": {"room_id": "closed"}},
    "invite_to_room": {
        "invite_to_room": {"room_id": "room", "username": "stranger"},
        "create_room_invite": {"room_id": "room"},
    },
    "moderate_room": {
        "set_member_role": {"room_id": "room", "username": "ben", "role": "moderator"},
        "remove_member": {"room_id": "room", "username": "ben"},
        "mute_member": {"room_id": "room", "username": "ben", "minutes": 5},
        "unmute_member": {"room_id": "room", "username": "ben"},
        "decide_join_request": {"request_id": "request", "approve": True},
        "delete_message": {"message_id": "said"},
        "pin_message": {"message_id": "said"},
        "clear_reactions": {"message_id": "said"},
    },
    "run_session": {
        "start_session": {"room_id": "quiet", "mode": "fan"},
        "end_session": {"session_id": "session"},
        "pause_session": {"session_id": "session"},
        "resume_session": {"session_id": "paused"},
        "change_session_mode": {"session_id": "session", "mode": "public"},
        "remove_from_rotation": {"session_id": "paused", "username": "ben"},
        "set_contributor": {"session_id": "session", "username": "ben", "is_allowed": True},
        "clear_queue": {"session_id": "session"},
    },
    "change_queue": {
        "join_rotation": {"session_id": "paused"},
        "enqueue_track": {"session_id": "session", "track_id": "song"},
        "remove_queue_item": {"item_id": "item"},
        "move_queue_item": {"item_id": "item", "after_item_id": None},
    },
    "change_vote": {"vote_track": {"item_id": "voted", "value": -1}},
    "skip_track": {"skip_track": {"session_id": "session", "expected_sequence": 1}},
}
# test_saying, test_reacting, test_presence and test_live_speakers send, react, beat and speak.
ELSEWHERE = {"send_message", "edit_message", "react", "heartbeat", "set_live_speaker"}


@pytest.fixture
def things(db: Connection, ada: Actor, ben: Actor) -> dict[str, Any]:
    """A thing of each kind that ada may do something to."""
    give_plan(db, "ada", "studio")
    # However long this takes, no token comes back meanwhile.
    db.execute("update private.rate_limit_rules set refill_seconds = 3600")
    room, session = make_party(db, "artist")
    paused = make_party(db, "fan")[1]
    ben.call("join_rotation", session_id=paused)
    (voted,) = queue(ben, paused)
    ada.call("vote_track", item_id=voted, value=1)
    ada.call("pause_session", session_id=paused)
    asked = make_room(db, "ada", "private")
    return {
        "room": room,
        "session": session,
        "item": queue(ada, session, 3)[-1],
        "paused": paused,
        "voted": voted,
        "said": ben.call("send_message", room_id=room, body="so")["id"],
        "request": ben.call("request_to_join", room_id=asked)["id"],
        "quiet": make_room(db, "ada"),
        "open": make_room(db, "cleo"),
        "closed": make_room(db, "cleo", "private"),
        "song": make_song(db),
    }


def test_who_has_no_token_left_waits(db: Connection, things: dict[str, Any]) -> None:
    for action, calls in DEEDS.items():
        for function, given in calls.items():
            arguments = {
                name: things.get(value, value) if isinstance(value, str) else value
                for name, value in given.items()
            }
            with db.transaction(force_rollback=True):
                waits(actor(db, "ada"), action, function, arguments)
    # Whatever else of rooms says that it slows is tried, here or there.
    tried = {function for calls in DEEDS.values() for function in calls}
    slowed = documented(db, "rate_limited").keys() & functions_of("05_rooms")
    assert slowed == tried | ELSEWHERE
