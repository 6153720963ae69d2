"""Many at once in the same conversations: one of each two, every message once, counts that hold."""

from __future__ import annotations

import random
import threading
import uuid
from collections.abc import Callable

import psycopg
import pytest

from tests.api.social.talking import bodies, listed, opens, read, say, start
from tests.api.social.test_races import CONNECTIONS, crowd, storm
from tests.database import Actor, Connection, Database, Row, actor
from tests.races import race, refusals
from tests.schema.counters import counter_laws


def loosen(connection: Connection, *names: str) -> None:
    """Nobody is slowed, and these people let everybody write."""
    connection.execute("update private.rate_limit_rules set capacity = 100000")
    opens(*(actor(connection, name) for name in names))


def starter(name: str, other: str) -> Callable[[Connection], uuid.UUID]:
    return lambda connection: start(actor(connection, name), other)


@pytest.mark.parametrize("round_number", range(4))
def test_two_who_start_at_once_have_one_conversation(database: Database, round_number: int) -> None:
    with database.connect() as connection:
        loosen(connection)
    outcomes = race(database, [starter("ada", "ben"), starter("ben", "ada")] * 4)
    assert len(set(outcomes)) == 1, (round_number, outcomes)
    with database.connect() as connection:
        rows = connection.execute("select id from public.conversations").fetchall()
        assert [row["id"] for row in rows] == outcomes[:1]
        assert counter_laws(connection) == []


def test_sixteen_connections_in_one_conversation_send_every_message_once(
    database: Database,
) -> None:
    with database.connect() as connection:
        people = crowd(database, CONNECTIONS)
        for number, identity in enumerate(people):
            connection.execute(
                "insert into public.message_settings values (%s, 'everyone')", [identity]
            )
            assert number < CONNECTIONS
        first = Actor(connection, "first", people[0], "authenticated")
        names = [f"crowd_{number}" for number in range(1, CONNECTIONS)]
        group = start(first, *names, title="Storm")
    sent: dict[uuid.UUID, list[uuid.UUID]] = {identity: [] for identity in people}

    def sender(identity: uuid.UUID) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            person = Actor(connection, "somebody", identity, "authenticated")
            for number in range(12):
                client_id = uuid.uuid4()
                # Each is sent twice, as a client does that lost the answer.
                ids = {say(person, group, str(number), client_id=client_id) for _ in range(2)}
                sent[identity] += ids
                person.call("mark_conversation_read", conversation_id=group, up_to=max(ids))

        return work

    assert race(database, [sender(identity) for identity in people]) == [None] * CONNECTIONS
    with database.connect() as connection:
        assert counter_laws(connection) == []
        rows = connection.execute(
            "select id, sender_id from public.direct_messages order by id"
        ).fetchall()
        assert len(rows) == CONNECTIONS * 12
        for identity in people:
            # Each one's own came in the order they sent them, and no id came twice.
            assert [row["id"] for row in rows if row["sender_id"] == identity] == sent[identity]
        ids = [row["id"] for row in rows]
        for identity in people:
            person = Actor(connection, "somebody", identity, "authenticated")
            row = person.call("conversation", conversation_id=group)
            assert row["last_message"]["id"] == str(ids[-1])
            marker = row["last_read_message_id"]
            assert marker >= sent[identity][-1]
            assert row["unread_count"] == min(100, sum(one > marker for one in ids))


def test_who_reads_on_while_others_send_misses_nothing(database: Database) -> None:
    """What a reader has found to be the newest stays so: nothing appears below it later."""
    with database.connect() as connection:
        loosen(connection, "ada", "ben", "cleo")
        group = start(actor(connection, "ada"), "ben", "cleo", title="Band")
        begun = say(actor(connection, "ada"), group)
    over = threading.Event()
    found: list[uuid.UUID] = [begun]

    def send(name: str) -> Callable[[Connection], None]:
        def work(connection: Connection) -> None:
            for number in range(60):
                say(actor(connection, name), group, str(number))

        return work

    def follow(connection: Connection) -> None:
        cleo = actor(connection, "cleo")
        while True:
            is_last = over.is_set()
            rows = cleo.rows("messages", conversation_id=group, page_size=100)
            new = [row["id"] for row in reversed(rows) if row["id"] > found[-1]]
            assert len(new) < 100
            found.extend(new)
            if is_last:
                return

    def senders(connection: Connection) -> None:
        try:
            assert race(database, [send("ada"), send("ben"), send("ben")]) == [None] * 3
        finally:
            over.set()

    assert race(database, [follow, senders]) == [None, None]
    with database.connect() as connection:
        rows = connection.execute("select id from public.direct_messages order by id").fetchall()
        assert found == [row["id"] for row in rows]
        assert len(found) == 181


@pytest.mark.parametrize("round_number", range(5))
def test_nothing_arrives_after_a_block_has_been_answered(
    database: Database, round_number: int
) -> None:
    with database.connect() as connection:
        loosen(connection, "ben")
        pair = start(actor(connection, "ada"), "ben")
    count_at_block: list[int] = []

    def block(connection: Connection) -> None:
        actor(connection, "ben").call("block", username="ada")
        row = connection.execute("select count(*) as n from public.direct_messages").fetchone()
        assert row is not None
        count_at_block.append(row["n"])

    def send(connection: Connection) -> None:
        for _ in range(40):
            say(actor(connection, "ada"), pair)

    outcomes = race(database, [send, block])
    assert refusals(outcomes) == [("PT404", "conversation_not_found")], round_number
    with database.connect() as connection:
        row = connection.execute("select count(*) as n from public.direct_messages").fetchone()
        assert row == {"n": count_at_block[0]}


def test_a_group_whose_members_leave_at_once_is_gone(database: Database) -> None:
    names = ("ada", "ben", "cleo", "eve")
    with database.connect() as connection:
        loosen(connection, *names)
        group = start(actor(connection, "ada"), *names[1:], title="Band")
        say(actor(connection, "ada"), group)

    def leave(name: str) -> Callable[[Connection], object]:
        return lambda connection: actor(connection, name).call(
            "leave_conversation", conversation_id=group
        )

    def send(connection: Connection) -> None:
        for _ in range(20):
            say(actor(connection, "ada"), group)

    outcomes = race(database, [send, *(leave(name) for name in names)])
    assert outcomes[1:] == [{"is_member": False}] * 4
    assert isinstance(outcomes[0], psycopg.Error)
    assert outcomes[0].diag.message_primary == "conversation_not_found"
    with database.connect() as connection:
        for table in ("conversations", "conversation_members", "direct_messages"):
            assert connection.execute(f"select from public.{table}".encode()).fetchall() == []


def test_the_last_place_in_a_group_is_given_once(database: Database) -> None:
    with database.connect() as connection:
        crowd(database, 12)
        connection.execute("update private.settings set value = 6 where name like '%member_limit'")
        loosen(connection, "ben")
        group = start(actor(connection, "ada"), "ben", title="Band")

    def add(number: int) -> Callable[[Connection], Row]:
        name = "ada" if number % 2 else "ben"

        def work(connection: Connection) -> Row:
            row: Row = actor(connection, name).call(
                "add_to_conversation", conversation_id=group, usernames=[f"crowd_{number}"]
            )
            return row

        return work

    outcomes = race(database, [add(number) for number in range(12)])
    assert refusals(outcomes) == [("PT409", "conversation_full")] * 8
    with database.connect() as connection:
        assert counter_laws(connection) == []


def test_conversations_in_a_storm_meet_without_a_deadlock(database: Database) -> None:
    people = crowd(database, 10)
    names = {identity: f"crowd_{number}" for number, identity in enumerate(people)}
    with database.connect() as connection:
        connection.execute(
            "insert into public.message_settings select unnest(%s::uuid[]), 'everyone'",
            [people[:7]],
        )
        write_and_leave(connection, people)
    conversations: list[uuid.UUID] = []
    messages: list[uuid.UUID] = []

    def act(chance: random.Random, someone: Callable[..., Actor]) -> None:
        identity, *others = chance.sample(people, 4)
        person = someone(identity)
        deed = chance.random()
        if deed < 0.15 or not conversations:
            conversations.append(start(person, names[others[0]]))
        elif deed < 0.2:
            conversations.append(start(person, *(names[other] for other in others), title="x"))
        elif deed < 0.5:
            mine = listed(person) + listed(person, requests=True)
            messages.append(say(person, chance.choice(mine or conversations)))
        elif deed < 0.55:
            person.call("add_to_conversation", conversation_id=chance.choice(conversations),
                        usernames=[names[other] for other in others])  # fmt: skip
        elif deed < 0.6:
            person.call("leave_conversation", conversation_id=chance.choice(conversations))
        elif deed < 0.7:
            asked = chance.choice(listed(person, requests=True) or conversations)
            answer = chance.choice(("accept_message_request", "decline_message_request"))
            person.call(answer, conversation_id=asked)
        elif deed < 0.8:
            conversation = chance.choice(listed(person) or conversations)
            rows = read(person, conversation)
            if rows:
                person.call("mark_conversation_read", conversation_id=conversation,
                            up_to=chance.choice(rows)["id"])  # fmt: skip
        elif deed < 0.85 and messages:
            person.call("delete_direct_message", message_id=chance.choice(messages))
        elif deed < 0.95:
            person.call(chance.choice(("block", "unblock", "unblock")), username=names[others[0]])
        else:
            with person.session() as connection:
                connection.execute("reset role")
                connection.execute("select from private.erase_due_accounts(1)")

    deeds, broken = storm(database, 5, act)
    assert broken == []
    assert deeds > 50
    with database.connect() as connection:
        assert counter_laws(connection) == []
        rows = connection.execute("select id from public.conversations").fetchall()
        assert len(rows) > 5
        left = connection.execute("select from private.account_deletions").fetchall()
        assert len(left) < len(LEAVERS)


LEAVERS = ("ada", "ben", "cleo", "dan", "eve")


def write_and_leave(connection: Connection, people: list[uuid.UUID]) -> None:
    """Accounts that are due to be erased, in conversations with all the others."""
    for name in LEAVERS:
        leaver = actor(connection, name)
        for number in range(0, len(people), 2):
            pair = start(leaver, f"crowd_{number}")
            say(leaver, pair)
        group = start(leaver, *(f"crowd_{number}" for number in range(7)), title=name)
        say(leaver, group)
        assert bodies(leaver, group) == ["hi"]
    for name in LEAVERS:
        actor(connection, name).call("delete_my_account", confirm_username=name)
    connection.execute("update private.account_deletions set erase_after = now()")
