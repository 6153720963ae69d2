"""What a thousand listeners read is put together once, and shown only while it holds."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.database import Actor, Connection, actor, person_id
from tests.rooms import be_seen
from tests.schema.counters import LAWS
from tests.sessions import advance, make_party, queue

LAW = "what is kept of a queue, and holds, is what would be made of it now"
HOLDS = """
    select (view.mode, view.queue_print) = (made.mode, made.queue_print)
      and view.rotation_print is not distinct from made.rotation_print as holds
    from private.session_views as view
    cross join lateral private.session_view(view.session_id, '{}') as made
    where view.session_id = %s"""


def is_ready(connection: Connection, session: uuid.UUID) -> bool:
    """Whether what is kept of the queue would be shown; and if so, it is right."""
    assert connection.execute(LAWS[LAW].encode()).fetchall() == []
    row = connection.execute(HOLDS.encode(), [session]).fetchone()
    return row is not None and row["holds"]


def state_of(person: Actor, session: uuid.UUID) -> Any:
    """What somebody is shown."""
    return person.call("session_state", session_id=session)


Deed = Callable[[Connection, Any], object]
DEEDS: dict[str, Deed] = {
    "something is queued": lambda db, at: queue(actor(db, "ben"), at.session),
    "something is taken out": lambda db, at: actor(db, "ben").call(
        "remove_queue_item", item_id=at.items[1]
    ),
    "it moves on": lambda db, at: advance(db, at.session),
    "the queue is cleared": lambda db, at: actor(db, "ada").call(
        "clear_queue", session_id=at.session
    ),
    "the mode changes": lambda db, at: actor(db, "ada").call(
        "change_session_mode", session_id=at.session, mode="artist"
    ),
    "somebody leaves the room": lambda db, at: actor(db, "ben").call("leave_room", room_id=at.room),
    "somebody takes another name": lambda db, _: actor(db, "ben").call(
        "change_username", username="benedict"
    ),
    "a track is called otherwise": lambda db, at: db.execute(
        "update public.tracks set title = 'Another' from public.queue_items as item"
        " where item.id = %s and tracks.id = item.track_id",
        [at.items[1]],
    ),
    "somebody deactivates their account": lambda db, _: actor(db, "ben").call(
        "delete_my_account", confirm_username="ben"
    ),
}
FAN: dict[str, Deed] = {
    "somebody joins the rotation": lambda db, at: actor(db, "dan").call(
        "join_rotation", session_id=at.session
    ),
    "somebody leaves the rotation": lambda db, at: actor(db, "cleo").call(
        "leave_rotation", session_id=at.session
    ),
    "a queue is reordered": lambda db, at: actor(db, "ben").call(
        "move_queue_item", item_id=at.items[2], after_item_id=None
    ),
}


class Party:
    """A session in which ben and cleo have queued things."""

    def __init__(self, db: Connection, mode: str) -> None:
        self.room, self.session = make_party(db, mode)
        people = [actor(db, "ben"), actor(db, "cleo")]
        for person in people:
            if mode == "fan":
                person.call("join_rotation", session_id=self.session)
        self.items = queue(people[0], self.session, 3)
        self.others = queue(people[1], self.session, 2)


@pytest.mark.parametrize(
    ("mode", "deed"),
    [*(("public", deed) for deed in DEEDS), *(("fan", deed) for deed in DEEDS | FAN)],
)
def test_when_the_room_is_told_its_queue_is_ready(mode: str, deed: str, db: Connection) -> None:
    at = Party(db, mode)
    assert is_ready(db, at.session)
    (DEEDS | FAN)[deed](db, at)
    assert is_ready(db, at.session)


GONE = "select gone_count from private.session_views where session_id = %s"


@pytest.mark.parametrize(("mode", "gone"), [("public", [1, 0, 1, 2]), ("artist", [1, 2, 3, 4])])
def test_what_begins_is_taken_from_the_front_where_the_rest_stays(
    mode: str, gone: list[int], db: Connection
) -> None:
    """Where votes decide, what else ben has queued falls behind when one of his has begun."""
    _, session = make_party(db, mode)
    people = [actor(db, name) for name in ("dan", "cleo", "ben", "finn")]
    for person in people:
        db.execute(
            "insert into public.session_contributors (session_id, user_id) values (%s, %s)",
            [session, person.id],
        )
    for person in people:
        queue(person, session, 2 if person.id == person_id("ben") else 1)
    eve = actor(db, "eve")
    seen = []
    for _ in gone:
        first, *others = state_of(eve, session)["queue"]
        assert str(advance(db, session)) == first["id"]
        assert is_ready(db, session)
        shown = state_of(eve, session)
        assert {item["id"] for item in shown["queue"]} == {item["id"] for item in others}
        assert shown["queue_count"] == len(others)
        row = db.execute(GONE.encode(), [session]).fetchone()
        assert row is not None
        seen.append(row["gone_count"])
    assert seen == gone


def test_a_vote_on_what_is_kept_decides_what_is_next(db: Connection, eve: Actor) -> None:
    at = Party(db, "public")
    last = at.others[1]
    eve.call("vote_track", item_id=last, value=1)
    assert advance(db, at.session) == last
    assert is_ready(db, at.session)


def test_a_vote_is_shown_at_once_and_ready_when_it_is_told(db: Connection, eve: Actor) -> None:
    at = Party(db, "public")
    last = at.others[1]
    eve.call("vote_track", item_id=last, value=1)
    assert not is_ready(db, at.session)
    (first, *_) = state_of(eve, at.session)["queue"]
    assert (first["id"], first["ups"], first["my_vote"]) == (str(last), 1, 1)
    actor(db, "service").call("backend.tell_votes")
    assert is_ready(db, at.session)
    assert state_of(eve, at.session)["queue"][0] == first
    for item in state_of(actor(db, "dan"), at.session)["queue"]:
        assert item["my_vote"] == 0


def test_everybody_sees_their_own_votes_and_themselves(db: Connection) -> None:
    at = Party(db, "fan")
    eve, cleo = actor(db, "eve"), actor(db, "cleo")
    queued = [*at.items[1:], *at.others]
    for item, value in zip(queued, (1, -1, 1, 0), strict=True):
        eve.call("vote_track", item_id=item, value=value)
    actor(db, "service").call("backend.tell_votes")
    assert is_ready(db, at.session)
    seen = {item["id"]: item["my_vote"] for item in state_of(eve, at.session)["queue"]}
    assert seen == dict(zip(map(str, queued), (1, -1, 1, 0), strict=True))
    assert {item["my_vote"] for item in state_of(cleo, at.session)["queue"]} == {0}
    assert [
        (slot["dj"]["username"], slot["is_me"]) for slot in state_of(cleo, at.session)["rotation"]
    ] == [("ben", False), ("cleo", True)]


def test_a_title_that_looks_like_json_stays_a_title(db: Connection, ben: Actor, eve: Actor) -> None:
    _, session = make_party(db, "public")
    title = 'She said "my_vote":0, "is_me":false {}[] \\ " 🎧'
    _, item = queue(ben, session, 2, title=title)
    eve.call("vote_track", item_id=item, value=-1)
    actor(db, "service").call("backend.tell_votes")
    assert is_ready(db, session)
    (shown,) = state_of(eve, session)["queue"]
    assert (shown["track"]["title"], shown["my_vote"]) == (title, -1)


def test_who_is_across_a_block_is_not_shown_from_what_is_kept(db: Connection) -> None:
    at = Party(db, "fan")
    eve = actor(db, "eve")
    eve.call("block", username="cleo")
    assert is_ready(db, at.session)
    state = state_of(eve, at.session)
    added_by = {item["id"]: item["added_by"] for item in state["queue"]}
    assert added_by[str(at.others[0])] is None
    assert added_by[str(at.items[1])]["username"] == "ben"
    assert [slot["dj"] and slot["dj"]["username"] for slot in state["rotation"]] == ["ben", None]


def test_a_dj_who_was_warned_comes_back(db: Connection) -> None:
    at = Party(db, "fan")
    be_seen(db, at.room, "cleo", 90)
    db.execute(
        "update public.rotation_slots set afk_warned_at = now() where user_id = %s",
        [person_id("cleo")],
    )
    eve = actor(db, "eve")
    assert [item["is_passed_over"] for item in state_of(eve, at.session)["queue"]].count(True) == 2
    db.execute("select private.keep_session_view(%s)", [at.session])
    assert is_ready(db, at.session)
    be_seen(db, at.room, "cleo")
    assert not is_ready(db, at.session)
    assert [item["is_passed_over"] for item in state_of(eve, at.session)["queue"]].count(True) == 0


def test_nothing_is_kept_of_a_session_that_is_over(db: Connection, ada: Actor) -> None:
    at = Party(db, "public")
    ada.call("end_session", session_id=at.session)
    assert db.execute("select from private.session_views").fetchall() == []
    assert state_of(ada, at.session)["queue"] == []


def test_a_session_long_overdue_can_be_read(db: Connection, ada: Actor) -> None:
    at = Party(db, "public")
    db.execute(
        "update public.queue_items set started_at = started_at - interval '90 days',"
        " ends_at = ends_at - interval '90 days' where status = 'playing'"
    )
    assert state_of(ada, at.session)["now_playing"]["position_ms"] == 200_000
