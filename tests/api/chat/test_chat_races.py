"""Many at once in one chat: limits, counts and pins hold under any rush."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.api.chat.chatting import loosen, say
from tests.database import Connection, Database, actor
from tests.races import race, refusals, wait_until_blocked
from tests.rooms import enter_room, make_room
from tests.schema.counters import counter_laws

PEOPLE = ("ben", "cleo", "dan", "eve", "finn", "stranger")


def furnish(connection: Connection, *names: str, **values: Any) -> uuid.UUID:
    """ada's room with these people in it."""
    room = make_room(connection, "ada", **values)
    for name in names:
        enter_room(connection, room, name)
    return room


def sender(name: str, room: uuid.UUID, **more: Any) -> Callable[[Connection], uuid.UUID]:
    return lambda connection: say(actor(connection, name), room, **more)


def value(connection: Connection, statement: str) -> Any:
    row = connection.execute(statement.encode()).fetchone()
    assert row is not None
    return next(iter(row.values()))


@pytest.mark.parametrize("round_number", range(4))
def test_two_at_once_in_slow_mode_are_one_message(database: Database, round_number: int) -> None:
    with database.connect() as owner:
        room = furnish(owner, "ben", "cleo", slow_mode_seconds=30)
        outcomes = race(database, [sender("ben", room), sender("cleo", room)] * 4)
        assert refusals(outcomes) == [("PT429", "slow_mode")] * 6, round_number
        rows = owner.execute("select author_id from public.messages").fetchall()
        assert {row["author_id"] for row in rows} == {
            actor(owner, name).id for name in ("ben", "cleo")
        }
        assert len(rows) == 2


def test_one_client_id_at_once_is_one_message_whatever_the_limits(database: Database) -> None:
    with database.connect() as owner:
        room = furnish(owner, "ben", slow_mode_seconds=30)
        owner.execute(
            "update private.rate_limit_rules set capacity = 1 where action = 'send_room_message'"
        )
        outcomes = race(database, [sender("ben", room, client_id=uuid.uuid4())] * 12)
        assert refusals(outcomes) == []
        assert len(set(outcomes)) == 1
        assert value(owner, "select count(*) from public.messages") == 1
        assert value(owner, "select sum(event_count) from private.room_activity") == 1


def test_of_twenty_at_once_ten_are_said(database: Database) -> None:
    with database.connect() as owner:
        owner.execute(
            "update private.rate_limit_rules set refill_seconds = 3600"
            " where action = 'send_room_message'"
        )
        rooms = [furnish(owner, "ben") for _ in range(2)]
        outcomes = race(database, [sender("ben", rooms[number % 2]) for number in range(20)])
        assert refusals(outcomes) == [("PT429", "rate_limited")] * 10
        assert value(owner, "select count(*) from public.messages") == 10


def test_counts_of_reactions_follow_any_storm(database: Database) -> None:
    with database.connect() as owner:
        loosen(owner)
        room = furnish(owner, *PEOPLE)
        ada = actor(owner, "ada")
        said = [say(ada, room, str(number)) for number in range(3)]

        def reactor(name: str) -> Callable[[Connection], None]:
            def work(connection: Connection) -> None:
                person = actor(connection, name)
                turns = itertools.product(range(4), said, ("🔥", "👏", "😂"))
                for number, (turn, message, emoji) in enumerate(turns):
                    present = (turn + number + len(name)) % 3 > 0
                    person.call("react", message_id=message, emoji=emoji, present=present)

            return work

        def clearer(connection: Connection) -> None:
            for message in said * 3:
                actor(connection, "ada").call("clear_reactions", message_id=message)

        jobs = [reactor(name) for name in PEOPLE] * 2 + [clearer]
        assert race(database, jobs) == [None] * 13
        assert counter_laws(owner) == []
        assert value(owner, "select count(*) from public.messages") == 3


def test_who_deletes_while_others_react_leaves_nothing_behind(database: Database) -> None:
    with database.connect() as owner:
        loosen(owner)
        room = furnish(owner, *PEOPLE)
        for _ in range(5):
            said = say(actor(owner, "ada"), room)

            def react(connection: Connection, name: str, said: uuid.UUID = said) -> Any:
                return actor(connection, name).call("react", message_id=said, emoji="🔥")

            def delete(connection: Connection, said: uuid.UUID = said) -> Any:
                return actor(connection, "ada").call("delete_message", message_id=said)

            jobs: list[Callable[[Connection], Any]] = [
                *(lambda connection, name=name: react(connection, name) for name in PEOPLE),
                delete,
            ]
            assert set(refusals(race(database, jobs))) <= {("PT404", "message_not_found")}
        assert value(owner, "select count(*) from public.message_reactions") == 0
        assert counter_laws(owner) == []


def test_two_who_pin_at_once_keep_the_limit(database: Database) -> None:
    with database.connect() as owner:
        loosen(owner)
        owner.execute("update private.settings set value = 2 where name = 'pinned_messages_limit'")
        room = furnish(owner)
        enter_room(owner, room, "cleo", "moderator")
        said = [say(actor(owner, "ada"), room) for _ in range(6)]

        def pinner(number: int) -> Callable[[Connection], Any]:
            who = ("ada", "cleo")[number % 2]
            return lambda connection: actor(connection, who).call(
                "pin_message", message_id=said[number]
            )

        outcomes = race(database, [pinner(number) for number in range(6)])
        assert refusals(outcomes) == [("PT409", "pinned_messages_limit")] * 4
        pinned = "select count(*) from public.messages where pinned_at is not null"
        assert value(owner, pinned) == 2


def test_who_is_erased_while_others_talk_leaves_empty_rows(database: Database) -> None:
    with database.connect() as owner:
        loosen(owner)
        room = furnish(owner, *PEOPLE)
        said = [say(actor(owner, "ben"), room, str(number)) for number in range(5)]
        asked = say(actor(owner, "cleo"), room, "ben?")
        for message in (*said, asked):
            for name in ("ben", "cleo", "dan"):
                actor(owner, name).call("react", message_id=message, emoji="🔥")
        actor(owner, "ben").call("delete_my_account", confirm_username="ben")
        owner.execute("update private.account_deletions set erase_after = now()")

        def erase(connection: Connection) -> Any:
            return actor(connection, "service").rows("backend.erase_due_accounts")

        def talk(name: str) -> Callable[[Connection], None]:
            def work(connection: Connection) -> None:
                person = actor(connection, name)
                for number in range(12):
                    say(person, room, str(number), reply_to_id=asked)
                    person.call("react", message_id=asked, emoji="👏", present=number % 2 == 0)

            return work

        def delete(connection: Connection) -> None:
            for message in said:
                try:
                    actor(connection, "ada").call("delete_message", message_id=message)
                except psycopg.Error as error:
                    assert error.sqlstate == "PT404", error

        outcomes = race(database, [erase, delete, *(talk(name) for name in PEOPLE[1:])])
        assert refusals(outcomes) == []
        assert outcomes[0][0]["is_erased"], outcomes[0]
        rows = owner.execute(
            "select author_id, body, deleted_at from public.messages where id = any (%s)", [said]
        ).fetchall()
        assert {(row["author_id"], row["body"]) for row in rows} == {(None, None)}
        assert all(row["deleted_at"] is not None for row in rows)
        assert counter_laws(owner) == []


# What ada does about ben, and what he is then answered.
DEEDS: dict[str, tuple[str, dict[str, Any], str]] = {
    "ban": ("remove_member", {"ban_minutes": None}, "banned_from_room"),
    "removal": ("remove_member", {"ban_minutes": 0}, "not_a_member"),
    "mute": ("mute_member", {"minutes": 5}, "muted_in_room"),
}
# What ben does meanwhile, and the token it takes.
WORDS: dict[str, tuple[str, dict[str, Any]]] = {
    "send_room_message": ("send_message", {"body": "too late"}),
    "edit_room_message": ("edit_message", {"body": "too late"}),
    "react_in_room": ("react", {"emoji": "👏"}),
}


def speak(connection: Connection, token: str, room: uuid.UUID, said: uuid.UUID) -> Any:
    call, words = WORDS[token]
    about = {"room_id": room} if call == "send_message" else {"message_id": said}
    return actor(connection, "ben").call(call, **about, **words)


@pytest.mark.parametrize("token", WORDS)
@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_said_by_who_is_put_out_while_it_waits(
    deed: str, token: str, database: Database
) -> None:
    with (
        database.connect() as owner,
        database.connect() as speaking,
        database.connect(autocommit=False) as gate,
        ThreadPoolExecutor(1) as pool,
    ):
        room = furnish(owner, "ben")
        said = say(actor(owner, "ben"), room)
        actor(owner, "ben").call("react", message_id=said, emoji="🔥")
        actor(owner, "ben").call("edit_message", message_id=said, body="once more")
        gate.execute("select from private.rate_limit_buckets where action = %s for update", [token])
        spoken = pool.submit(attempt, speaking, token, room, said)
        wait_until_blocked(owner, speaking)
        call, arguments, answer = DEEDS[deed]
        actor(owner, "ada").call(call, room_id=room, username="ben", **arguments)
        gate.rollback()
        assert refusals([spoken.result(timeout=120)]) == [("PT403", answer)]
        row = owner.execute("select body, reactions from public.messages").fetchall()
        assert row == [{"body": "once more", "reactions": {"🔥": 1}}]


def attempt(connection: Connection, token: str, room: uuid.UUID, said: uuid.UUID) -> Any:
    try:
        return speak(connection, token, room, said)
    except psycopg.Error as error:
        return error


@pytest.mark.parametrize("token", WORDS)
@pytest.mark.parametrize("deed", DEEDS)
def test_who_puts_somebody_out_waits_for_what_they_are_saying(
    deed: str, token: str, database: Database
) -> None:
    with (
        database.connect() as owner,
        database.connect() as deciding,
        database.connect(autocommit=False) as speaking,
        ThreadPoolExecutor(1) as pool,
    ):
        room = furnish(owner, "ben")
        said = say(actor(owner, "ben"), room)
        speaking.execute("select")
        speak(speaking, token, room, said)
        call, arguments, _ = DEEDS[deed]
        decided = pool.submit(
            actor(deciding, "ada").call, call, room_id=room, username="ben", **arguments
        )
        wait_until_blocked(owner, deciding)
        speaking.commit()
        decided.result(timeout=120)


def test_who_comes_and_goes_while_they_repeat_themselves_repeats_one_message(
    database: Database,
) -> None:
    with database.connect() as owner:
        loosen(owner)
        room = furnish(owner, "ben")
        known = uuid.uuid4()
        first = say(actor(owner, "ben"), room, client_id=known)

        def come_and_go(connection: Connection) -> None:
            for _ in range(150):
                actor(connection, "ben").call("leave_room", room_id=room)
                actor(connection, "ben").call("join_room", room_id=room)

        def repeat(connection: Connection) -> set[object]:
            answers: set[object] = set()
            for _ in range(600):
                try:
                    answers.add(say(actor(connection, "ben"), room, client_id=known))
                except psycopg.Error as error:
                    answers.add(error.diag.message_primary)
            return answers

        outcomes = race(database, [come_and_go, repeat, repeat])
        assert refusals(outcomes) == []
        assert outcomes[1] | outcomes[2] <= {first, "not_a_member"}
