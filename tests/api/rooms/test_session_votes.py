"""Votes on what is queued and plays, votes to skip, and what the room is told of them."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Actor, Connection, actor, person_id, refused
from tests.rooms import be_seen
from tests.sessions import advance, item_of, make_party, queue, session_of, told, wind


def test_a_vote_is_given_changed_and_taken_back(db: Connection, ben: Actor, eve: Actor) -> None:
    _, session = make_party(db, "public")
    playing, queued = queue(ben, session, 2)
    for item in (playing, queued):
        for value, ups, downs in (
            (1, 1, 0),
            (1, 1, 0),
            (-1, 0, 1),
            (0, 0, 0),
            (0, 0, 0),
            (1, 1, 0),
        ):
            answer = eve.call("vote_track", item_id=item, value=value)
            assert answer == {"up_count": ups, "down_count": downs, "my_vote": value}
    now = eve.call("session_state", session_id=session)
    assert (now["now_playing"]["ups"], now["now_playing"]["my_vote"]) == (1, 1)
    assert now["queue"][0]["ups"] == 1
    # What it had while it was queued is there when it plays, and when it is over.
    assert advance(db, session) == queued
    ada = actor(db, "ada")
    assert ada.call("vote_track", item_id=queued, value=1)["up_count"] == 2
    advance(db, session)
    assert item_of(db, queued)["up_count"] == 2
    assert db.execute("select count(*) as n from private.vote_slots").fetchone() == {"n": 0}


def test_who_may_not_vote(db: Connection, ben: Actor, eve: Actor, stranger: Actor) -> None:
    room, session = make_party(db, "public")
    (item,) = queue(ben, session)
    with refused(403, "own_item"):
        ben.call("vote_track", item_id=item, value=1)
    with refused(403, "not_active_in_room"):
        stranger.call("vote_track", item_id=item, value=1)
    for value in (2, None):
        with refused(422, "vote_unknown"):
            eve.call("vote_track", item_id=item, value=value)
    with refused(404, "item_not_found"):
        eve.call("vote_track", item_id=uuid.uuid4(), value=1)
    be_seen(db, room, "eve", 61)
    with refused(403, "not_active_in_room"):
        eve.call("vote_track", item_id=item, value=1)
    be_seen(db, room, "eve")
    db.execute("update public.rooms set downvotes_enabled = false where id = %s", [room])
    with refused(409, "downvotes_disabled"):
        eve.call("vote_track", item_id=item, value=-1)
    # Of a room that moderators withhold its members know nothing any more.
    db.execute("update public.rooms set is_withheld = true where id = %s", [room])
    with refused(404, "item_not_found"):
        eve.call("vote_track", item_id=item, value=1)
    db.execute("update public.rooms set is_withheld = false where id = %s", [room])
    ada = actor(db, "ada")
    ada.call("remove_member", room_id=room, username="eve", ban_minutes=5, reason="noise")
    with refused(403, "banned_from_room"):
        eve.call("vote_track", item_id=item, value=1)
    cleo = actor(db, "cleo")
    db.execute("update public.feature_flags set is_enabled = false where name = 'rooms'")
    with refused(403, "feature_disabled"):
        cleo.call("vote_track", item_id=item, value=1)
    db.execute("update public.feature_flags set is_enabled = true where name = 'rooms'")
    dan = actor(db, "dan")
    dan.call("delete_my_account", confirm_username="dan")
    with refused(403, "account_deactivated"):
        dan.call("vote_track", item_id=item, value=1)
    with refused(401, "not_signed_in"):
        Actor(db, "nobody", None, "authenticated").call("vote_track", item_id=item, value=1)
    assert db.execute("select from public.queue_votes").fetchall() == []
    advance(db, session)
    with refused(409, "item_not_open"):
        actor(db, "cleo").call("vote_track", item_id=item, value=1)


@pytest.mark.parametrize(
    ("listeners", "ratio", "minimum", "needed"),
    [(6, 0.5, 2, 3), (6, 0.1, 2, 2), (6, 0.51, 1, 4), (3, 1, 2, 3)],
)
def test_a_skip_needs_what_fits_the_crowd(
    listeners: int, ratio: float, minimum: int, needed: int, db: Connection
) -> None:
    people = ("ben", "cleo", "dan", "eve", "finn")[: listeners - 1]
    _room, session = make_party(
        db, "public", people, vote_skip_ratio=ratio, vote_skip_minimum=minimum
    )
    first, second = queue(actor(db, "ben"), session, 2)
    wind(db, session, 60)
    for place, name in enumerate(("ada", *people)[:needed], 1):
        answer = actor(db, name).call("vote_skip", item_id=first)
        assert answer == {"votes": place, "needed": needed, "skipped": place == needed}
        if place < needed:
            assert actor(db, name).call("vote_skip", item_id=first) == answer
    assert session_of(db, session)["current_item_id"] == second
    assert item_of(db, first)["skip_reason"] == "vote"


def test_who_was_away_for_three_minutes_does_not_count_for_a_skip(
    db: Connection, ben: Actor
) -> None:
    room, session = make_party(db, "public")
    (item,) = queue(ben, session)
    wind(db, session, 60)
    for name in ("cleo", "dan", "eve", "finn"):
        be_seen(db, room, name, 181)
    assert ben.call("vote_skip", item_id=item) == {"votes": 1, "needed": 2, "skipped": False}


def test_how_many_votes_a_skip_needs_is_shown_as_it_is_counted(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room, session = make_party(db, "public")
    (item,) = queue(ben, session)
    wind(db, session, 60)
    # They do not listen at present, and count for a skip.
    for name in ("cleo", "dan", "eve", "finn"):
        be_seen(db, room, name, 100)
    ada.call("heartbeat", room_id=room)
    assert ada.call("vote_skip", item_id=item) == {"votes": 1, "needed": 3, "skipped": False}
    state = ada.call("session_state", session_id=session)
    assert state["now_playing"]["skip"] == {"votes": 1, "needed": 3}
    assert state["listeners"] == 2


def test_when_nothing_is_skipped_by_vote(db: Connection, ada: Actor, ben: Actor) -> None:
    room, session = make_party(db, "public")
    playing, queued = queue(ben, session, 2)
    with refused(409, "too_early_to_skip"):
        ada.call("vote_skip", item_id=playing)
    with refused(409, "not_playing"):
        ada.call("vote_skip", item_id=queued)
    wind(db, session, 195)
    with refused(409, "too_late_to_skip"):
        ada.call("vote_skip", item_id=playing)
    db.execute("update public.rooms set vote_skip_enabled = false where id = %s", [room])
    with refused(409, "vote_skip_disabled"):
        ada.call("vote_skip", item_id=playing)
    db.execute("update public.rooms set vote_skip_enabled = true where id = %s", [room])
    ada.call("change_session_mode", session_id=session, mode="artist")
    with refused(409, "vote_skip_disabled"):
        ada.call("vote_skip", item_id=playing)


def test_the_room_is_told_of_votes_to_skip_as_of_the_others(
    db: Connection, ada: Actor, ben: Actor, eve: Actor
) -> None:
    room, session = make_party(db, "public", vote_skip_minimum=6)
    (playing,) = queue(ben, session)
    wind(db, session, 30)
    service = actor(db, "service")

    def tell() -> list[tuple[int, int]]:
        """What tell_votes tells now, after a second: votes up and votes to skip."""
        db.execute("update private.vote_pulses set told_at = told_at - interval '1 second'")
        before = told(db, room, "vote_changed")
        service.call("backend.tell_votes")
        events = told(db, room, "vote_changed")
        for event in before:
            events.remove(event)
        assert all(event["item_id"] == str(playing) for event in events)
        return [(event["up_count"], event["skip_votes"]) for event in events]

    ada.call("vote_skip", item_id=playing)
    assert tell() == [(0, 1)]
    assert tell() == []
    # Within the second there is nothing more, however many want to skip.
    for name in ("cleo", "dan"):
        actor(db, name).call("vote_skip", item_id=playing)
    db.execute("update private.vote_pulses set told_at = now() + interval '1 minute'")
    assert service.call("backend.tell_votes") == 0
    db.execute("update private.vote_pulses set told_at = now() - interval '1 second'")
    eve.call("vote_track", item_id=playing, value=1)
    assert tell() == [(1, 3)]
    # The one who goes for good takes their vote along.
    db.execute("delete from public.skip_votes where user_id = %s", [ada.id])
    assert tell() == [(1, 2)]
    assert tell() == []
    # What is skipped is told by its end, and leaves nothing to tell.
    for name in ("ada", "ben", "eve", "finn"):
        actor(db, name).call("vote_skip", item_id=playing)
    assert item_of(db, playing)["status"] == "skipped"
    assert db.execute("select from private.vote_pulses").fetchall() == []
    assert tell() == []


def test_who_joins_late_sees_what_they_have_voted_for(
    db: Connection, ben: Actor, cleo: Actor, eve: Actor
) -> None:
    _, session = make_party(db, "public")
    playing, *queued = queue(ben, session, 3)
    (other,) = queue(cleo, session)
    eve.call("vote_track", item_id=playing, value=1)
    eve.call("vote_track", item_id=queued[0], value=1)
    eve.call("vote_track", item_id=queued[1], value=-1)
    eve.call("vote_track", item_id=other, value=-1)
    eve.call("vote_track", item_id=other, value=0)

    def mine(person: Actor) -> dict[str, int]:
        state = person.call("session_state", session_id=session)
        assert state["now_playing"]["my_vote"] == (1 if person is eve else 0)
        return {item["id"]: item["my_vote"] for item in state["queue"]}

    assert mine(eve) == {str(queued[0]): 1, str(other): 0, str(queued[1]): -1}
    assert set(mine(cleo).values()) == {0}
    # Across a block the queue is put together anew, with the same votes.
    eve.call("block", username="cleo")
    assert mine(eve) == {str(queued[0]): 1, str(other): 0, str(queued[1]): -1}


def test_the_room_is_told_of_votes_once_a_second_and_of_the_last(
    db: Connection, ben: Actor, eve: Actor
) -> None:
    room, session = make_party(db, "public")
    playing, queued = queue(ben, session, 2)
    service = actor(db, "service")

    def tell() -> list[tuple[str, int, int]]:
        """What tell_votes tells now: which item, ups and downs."""
        before = told(db, room, "vote_changed")
        number = service.call("backend.tell_votes")
        # What was told now stays told within the second, however long the test takes.
        db.execute(
            "update private.vote_pulses set told_at = now() + interval '1 minute'"
            " where told_at >= now()"
        )
        events = told(db, room, "vote_changed")
        for event in before:
            events.remove(event)
        assert len(events) == number
        return [(event["item_id"], event["up_count"], event["down_count"]) for event in events]

    def a_second_passes() -> None:
        db.execute("update private.vote_pulses set told_at = now() - interval '1 second'")

    assert tell() == []
    actor(db, "ada").call("vote_track", item_id=playing, value=1)
    assert tell() == [(str(playing), 1, 0)]
    assert item_of(db, playing)["up_count"] == 1
    # Within the second nothing more is told, however many vote; then it is told once.
    for name in ("cleo", "eve"):
        actor(db, name).call("vote_track", item_id=playing, value=1)
    eve.call("vote_track", item_id=queued, value=-1)
    assert tell() == [(str(queued), 0, 1)]
    assert tell() == []
    a_second_passes()
    assert tell() == [(str(playing), 3, 0)]
    assert item_of(db, playing)["up_count"] == 3
    a_second_passes()
    assert tell() == []
    # A vote that is taken back leaves nothing to be found by, and is told all the same.
    eve.call("vote_track", item_id=queued, value=0)
    eve.call("vote_track", item_id=playing, value=-1)
    assert sorted(tell()) == sorted([(str(queued), 0, 0), (str(playing), 2, 1)])
    a_second_passes()
    assert tell() == []
    assert db.execute("select bool_and(is_settled) as n from private.vote_pulses").fetchone() == {
        "n": True
    }
    # Said, and taken back before anybody was told: there is nothing to tell.
    a_second_passes()
    eve.call("vote_track", item_id=queued, value=1)
    eve.call("vote_track", item_id=queued, value=0)
    assert tell() == []
    # What is over is told by its end.
    actor(db, "finn").call("vote_track", item_id=playing, value=1)
    advance(db, session)
    assert tell() == []
    # The room is livelier by the four votes that were told.
    row = db.execute("select sum(event_count) as n from private.room_activity").fetchone()
    assert row == {"n": 4}


def test_of_what_is_taken_from_the_queue_nothing_is_told_any_more(
    db: Connection, ben: Actor, eve: Actor
) -> None:
    _, session = make_party(db, "public")
    for item in queue(ben, session, 3)[1:]:
        for value in (1, -1):
            eve.call("vote_track", item_id=item, value=value)
        ben.call("remove_queue_item", item_id=item)
    assert actor(db, "service").call("backend.tell_votes") == 0
    # Nor looked at, a second later and ever after.
    assert db.execute("select from private.vote_pulses").fetchall() == []


def test_what_somebody_voted_goes_with_their_account(db: Connection, ben: Actor) -> None:
    _, session = make_party(db, "public")
    playing, queued = queue(ben, session, 2)
    for item in (playing, queued):
        for name in ("eve", "finn"):
            actor(db, name).call("vote_track", item_id=item, value=1)
    wind(db, session, 60)
    actor(db, "eve").call("vote_skip", item_id=playing)
    db.execute("delete from auth.users where id = %s", [person_id("eve")])
    state = ben.call("session_state", session_id=session)
    assert state["now_playing"]["ups"] == 1
    assert state["now_playing"]["skip"]["votes"] == 0
    assert state["queue"][0]["ups"] == 1


def test_how_long_votes_wait_to_be_told_again_is_a_setting(db: Connection, ben: Actor) -> None:
    _, session = make_party(db, "public")
    (playing,) = queue(ben, session, 1)
    service = actor(db, "service")
    db.execute("update private.settings set value = 60 where name = 'votes_told_seconds'")
    actor(db, "ada").call("vote_track", item_id=playing, value=1)
    assert service.call("backend.tell_votes") == 1
    actor(db, "cleo").call("vote_track", item_id=playing, value=1)
    for seconds, expected in ((30, 0), (60, 1)):
        db.execute(
            "update private.vote_pulses"
            " set told_at = clock_timestamp() - make_interval(secs => %s)",
            [seconds],
        )
        assert service.call("backend.tell_votes") == expected
