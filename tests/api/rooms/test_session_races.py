"""Nobody advances twice and every vote counts, however many come at once: real connections."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, Database, actor, person_id, sign_up
from tests.races import race, refusals, wait_until_blocked
from tests.rooms import make_room
from tests.sessions import make_party, queue, session_of, told, wind

ADVANCE = "select private.advance(session) from public.dj_sessions as session where id = %s"
ADVANCES = 200
CALLERS = 20


def test_twenty_callers_advance_one_session_two_hundred_times(database: Database) -> None:
    with database.connect() as owner:
        owner.execute("update public.tracks set duration_ms = 200000")
        _, session = make_party(owner, "public", repeat_window_minutes=0)
        tracks = [make_song(owner) for _ in range(ADVANCES + 1)]
        owner.cursor().executemany(
            "insert into public.queue_items"
            " (session_id, room_id, track_id, added_by, position, track, duration_ms)"
            " select session.id, session.room_id, track.id, %s, %s,"
            " jsonb_build_object('title', track.title, 'artist_name', track.artist_name),"
            " track.duration_ms"
            " from public.dj_sessions as session, public.tracks as track"
            " where session.id = %s and track.id = %s",
            [(person_id("ben"), place, session, track) for place, track in enumerate(tracks, 1)],
        )
        owner.execute(ADVANCE, [session])
        first = session_of(owner, session)["sequence"]
    barrier = threading.Barrier(CALLERS)

    def caller(number: int) -> list[tuple[int, str]]:
        seen = []
        with database.connect() as connection:
            person = actor(connection, ("ada", "ben", "cleo", "dan", "eve")[number % 5])
            for step in range(ADVANCES):
                if barrier.wait(timeout=180) == 0:
                    wind(connection, session)
                barrier.wait(timeout=180)
                state = person.call(
                    "advance_session", session_id=session, expected_sequence=first + step
                )
                seen.append((state["sequence"], state["now_playing"]["item"]["id"]))
        return seen

    with ThreadPoolExecutor(CALLERS) as pool:
        answers = list(pool.map(caller, range(CALLERS)))
    # Everybody got the same new state, and it grew by one each time.
    assert all(answer == answers[0] for answer in answers)
    assert [sequence for sequence, _ in answers[0]] == list(range(first + 1, first + ADVANCES + 1))
    assert len({item for _, item in answers[0]}) == ADVANCES
    with database.connect() as owner:
        history = owner.execute("select item_id from public.room_history").fetchall()
        assert len(history) == len({row["item_id"] for row in history}) == ADVANCES
        states = owner.execute(
            "select status, count(*) as n from public.queue_items group by 1"
        ).fetchall()
        assert {row["status"]: row["n"] for row in states} == {"played": ADVANCES, "playing": 1}


def crowd(connection: Connection, number: int) -> list[uuid.UUID]:
    """So many people with accounts."""
    people = [uuid.uuid4() for _ in range(number)]
    for place, person in enumerate(people):
        sign_up(connection, person, f"crowd{place}@backbeat.test", {"username": f"crowd_{place}"})
    return people


def enter(connection: Connection, room: uuid.UUID, people: list[uuid.UUID]) -> None:
    """They all are members, and there."""
    for table in ("room_members", "room_presence"):
        connection.execute(
            f"insert into public.{table} (room_id, user_id) select %s, unnest(%s::uuid[])",
            [room, people],
        )


WRONG_COUNTS = """
select item.id
from public.queue_items as item
cross join lateral private.votes_of(item.id) as votes
cross join lateral (
  select count(*) filter (where vote.value = 1) as ups,
    count(*) filter (where vote.value = -1) as downs
  from public.queue_votes as vote where vote.item_id = item.id
) as facts
where (votes.up_count, votes.down_count) is distinct from (facts.ups, facts.downs)
"""


def test_a_hundred_people_vote_a_thousand_times_from_sixteen_connections(
    database: Database,
) -> None:
    with database.connect() as owner:
        room, session = make_party(owner, "public", queue_limit_per_member=20)
        people = crowd(owner, 100)
        enter(owner, room, people)
        items: list[tuple[uuid.UUID, uuid.UUID]] = []
        for person in people[:20]:
            singer = Actor(owner, "singer", person, "authenticated")
            items += [(queue(singer, session)[0], person)]
    chance = random.Random(7)
    votes = [
        (chance.choice(people), chance.choice(items), chance.choice((-1, 0, 1)))
        for _ in range(1000)
    ]

    def voter(share: list[Any]) -> Callable[[Connection], list[str]]:
        def job(connection: Connection) -> list[str]:
            refused = []
            for person, (item, _), value in share:
                someone = Actor(connection, "voter", person, "authenticated")
                try:
                    someone.call("vote_track", item_id=item, value=value)
                except psycopg.Error as error:
                    refused.append(str(error.diag.message_primary))
            return refused

        return job

    def mover(connection: Connection) -> None:
        # What plays changes meanwhile: votes go to rows, to slots and come back.
        for _ in range(5):
            wind(connection, session)
            actor(connection, "service").call("backend.advance_due_sessions")

    outcomes = race(database, [*(voter(votes[place::16]) for place in range(16)), mover])
    assert refusals(outcomes) == []
    refused = {token for outcome in outcomes[:16] for token in outcome}
    assert refused <= {"own_item", "item_not_open"}
    with database.connect() as owner:
        # Most were votes on what was open, and stored.
        (row,) = owner.execute("select count(*) as n from public.queue_votes").fetchall()
        assert row["n"] > 200
        assert owner.execute(WRONG_COUNTS).fetchall() == []
        own = owner.execute(
            "select from public.queue_votes as vote join public.queue_items as item"
            " on item.id = vote.item_id and item.added_by = vote.user_id"
        )
        assert own.fetchall() == []
        twice = owner.execute(
            "select from public.queue_votes group by item_id, user_id having count(*) > 1"
        )
        assert twice.fetchall() == []
        history = owner.execute(
            "select from public.room_history as past join public.queue_items as item"
            " on item.id = past.item_id"
            " where (item.up_count, item.down_count) <> (past.up_count, past.down_count)"
        )
        assert history.fetchall() == []


def test_a_thousand_due_sessions_are_advanced_once_each_by_two_jobs(database: Database) -> None:
    with database.connect() as owner:
        people = crowd(owner, 1)
        make_song(owner)
        owner.execute(
            """
            with room as (
              insert into public.rooms (slug, name, owner_id)
              select 'due-' || n, 'due', %(owner)s from generate_series(1, 1000) as n returning id
            ),
            session as (
              insert into public.dj_sessions (room_id, mode, host_id, due_at)
              select room.id, 'public', %(owner)s, now() from room returning id, room_id
            ),
            track as (
              insert into public.tracks
                (provider, provider_track_id, title, artist_name, duration_ms, published_at)
              select 'deezer', (900000 + n)::text, 'due', 'due', 200000, now()
              from generate_series(1, 2) as n
              returning id
            )
            insert into public.queue_items
              (session_id, room_id, track_id, added_by, position, track, duration_ms)
            select session.id, session.room_id, track.id, %(owner)s,
              row_number() over (), '{"title": "due", "artist_name": "due"}', 200000
            from session, track
            """,
            {"owner": people[0]},
        )
        owner.execute("select private.advance(session) from public.dj_sessions as session")
        owner.execute("update public.dj_sessions set due_at = now()")
        owner.execute("analyze")

    def job(connection: Connection) -> int:
        done = actor(connection, "service").call("backend.advance_due_sessions")
        assert isinstance(done, int)
        return done

    counts = race(database, [job, job])
    assert refusals(counts) == []
    assert sum(counts) == 1000
    with database.connect() as owner:
        assert owner.execute(
            "select sequence, count(*) as n from public.dj_sessions group by 1"
        ).fetchall() == [{"sequence": 2, "n": 1000}]
        row = owner.execute(
            "select count(*) as n, count(distinct session_id) as m from public.room_history"
        ).fetchone()
        assert row == {"n": 1000, "m": 1000}


def test_votes_to_skip_that_come_at_once_skip_once(database: Database) -> None:
    with database.connect() as owner:
        room, session = make_party(owner, "public", vote_skip_ratio=0.5)
        people = crowd(owner, 14)
        enter(owner, room, people)
        first, second, _ = queue(actor(owner, "ben"), session, 3)
        wind(owner, session, 60)

    def job(person: uuid.UUID) -> Callable[[Connection], Any]:
        def vote(connection: Connection) -> Any:
            voter = Actor(connection, "voter", person, "authenticated")
            return voter.call("vote_skip", item_id=first)

        return vote

    outcomes = race(database, [job(person) for person in people])
    # Twenty are there: ten votes skip, and those who come after find it over.
    assert refusals(outcomes) == [("PT409", "item_not_open")] * 4
    answers = [outcome for outcome in outcomes if isinstance(outcome, dict)]
    assert sorted(answer["votes"] for answer in answers) == list(range(1, 11))
    assert [answer["votes"] for answer in answers if answer["skipped"]] == [10]
    with database.connect() as owner:
        row = session_of(owner, session)
        assert (row["sequence"], row["current_item_id"]) == (2, second)


def test_two_who_start_a_session_at_once_start_one(database: Database) -> None:
    with database.connect() as owner:
        room = make_room(owner)

    def start(connection: Connection) -> Any:
        return actor(connection, "ada").call("start_session", room_id=room, mode="fan")

    outcomes = race(database, [start] * 8)
    assert refusals(outcomes) == [("PT409", "session_exists")] * 7


@pytest.mark.parametrize(
    "change",
    [
        f"update public.profiles set display_name = 'Benny' where id = '{person_id('ben')}'",
        "select * from public.change_username('benny')",
    ],
    ids=["display_name", "username"],
)
def test_who_changes_their_name_as_their_track_begins_waits_for_it(
    change: str, database: Database
) -> None:
    with database.connect() as owner:
        _, session = make_party(owner, "public", queue_limit_per_member=10)
        items = queue(actor(owner, "ben"), session, 6)
        actor(owner, "eve").call("vote_track", item_id=items[-1], value=1)
        owner.execute("update private.username_claims set changed_at = now() - interval '1 year'")
        wind(owner, session)
    with (
        database.connect(autocommit=False) as moving,
        database.connect() as naming,
        database.connect() as watcher,
        ThreadPoolExecutor(1) as pool,
    ):
        # What the advance holds when it begins the track: the session and the last of ben's items.
        moving.execute("select from public.dj_sessions where id = %s for update", [session])
        moving.execute("select from public.queue_items where id = %s for update", [items[-1]])
        named = pool.submit(actor(naming, "ben").run, change)
        wait_until_blocked(watcher, naming)
        moving.execute(ADVANCE, [session])
        moving.commit()
        named.result(timeout=120)
        row = session_of(watcher, session)
        assert (row["sequence"], row["current_item_id"]) == (2, items[-1])
        state = actor(watcher, "eve").call("session_state", session_id=session)
        cards = {tuple(item["added_by"][key] for key in ("username", "display_name"))
                 for item in state["queue"]}  # fmt: skip
        assert cards == {("benny", "Ben") if "username" in change else ("ben", "Benny")}


def test_a_room_that_is_deleted_as_its_next_track_begins_waits_for_it(database: Database) -> None:
    with database.connect() as owner:
        room, session = make_party(owner, "public")
        queue(actor(owner, "ben"), session, 2)
        wind(owner, session)
    with (
        database.connect(autocommit=False) as moving,
        database.connect() as deleting,
        database.connect() as watcher,
        ThreadPoolExecutor(1) as pool,
    ):
        moving.execute("select from public.dj_sessions where id = %s for update", [session])
        deleted = pool.submit(actor(deleting, "ada").call, "delete_room", room_id=room)
        wait_until_blocked(watcher, deleting)
        moving.execute(ADVANCE, [session])
        moving.commit()
        deleted.result(timeout=120)
        assert session_of(watcher, session)["status"] == "ended"


def test_a_vote_taken_back_while_the_room_is_told_is_told_the_next_time(database: Database) -> None:
    with (
        database.connect() as owner,
        database.connect() as teller,
        database.connect(autocommit=False) as voter,
        ThreadPoolExecutor(1) as pool,
    ):
        room, session = make_party(owner, "public")
        (playing,) = queue(actor(owner, "ben"), session)
        actor(owner, "cleo").call("vote_track", item_id=playing, value=1)
        actor(owner, "dan").call("vote_track", item_id=playing, value=-1)
        actor(owner, "dan").call("vote_track", item_id=playing, value=0)
        # cleo thinks again at the very moment the first vote is to be told.
        voter.execute("select")
        actor(voter, "cleo").call("vote_track", item_id=playing, value=0)
        telling = pool.submit(actor(teller, "service").call, "backend.tell_votes")
        wait_until_blocked(owner, teller)
        voter.commit()
        telling.result(timeout=120)
        owner.execute("update private.vote_pulses set told_at = told_at - interval '1 second'")
        actor(owner, "service").call("backend.tell_votes")
        events = told(owner, room, "vote_changed")
        assert not events or events[-1]["up_count"] == 0
        assert session_of(owner, session)["current_item_id"] == playing
