"""Who sees what of a conversation where: the written table, cell by cell."""

from __future__ import annotations

import uuid

import psycopg
import pytest

from tests.api.social.talking import listed, opens, read, say, start
from tests.database import Actor, Connection, actor, person_id, sign_up
from tests.schema.counters import counter_laws

# ada starts both and has said something. pair: hers with each of them; group: one of them all.
# asked has not accepted; declined did not take part, which for a group is leaving it; blocked is
# blocked by ada, blocker has blocked her; muter has muted her; outsider and staff are in neither.
# In a group a block hides what each says, and not that the other is there: topics carry ids alone.
WRITTEN_TABLE = """
place     where self member asked declined blocked blocker muter outsider anon staff
list      pair  y    y      y     -        -       -       y     -        -    -
messages  pair  y    y      y     -        -       -       y     -        -    -
message   pair  y    y      y     -        -       -       y     -        -    -
table     pair  y    y      y     -        -       -       y     -        -    -
like      pair  y    y      y     -        -       -       y     -        -    -
realtime  pair  y    y      -     -        -       -       y     -        -    -
typing    pair  y    y      -     -        -       -       y     -        -    -
list      group y    y      y     -        y       y       y     -        -    -
messages  group y    y      y     -        -       -       y     -        -    -
message   group y    y      y     -        -       -       y     -        -    -
table     group y    y      y     -        -       -       y     -        -    -
like      group y    y      y     -        -       -       y     -        -    -
realtime  group y    y      -     -        y       y       y     -        -    -
typing    group y    y      -     -        y       y       y     -        -    -
"""
PLAYS = {
    "self": "ada",
    "member": "cleo",
    "asked": "ben",
    "declined": "finn",
    "blocked": "dan",
    "blocker": "eve",
    "muter": "gus",
    "outsider": "stranger",
    "anon": "visitor",
    "staff": "modesty",
}
IN_THEM = ("member", "asked", "declined", "blocked", "blocker", "muter")

Said = dict[tuple[str, str], tuple[uuid.UUID, uuid.UUID]]


def someone(db: Connection, person: str) -> Actor:
    """Who plays a person of the table."""
    return actor(db, PLAYS[person])


@pytest.fixture
def said(db: Connection) -> Said:
    """Conversation and message, by where and person; who is in no pair tries ada and cleo's."""
    sign_up(db, person_id("gus"), "gus@backbeat.test", {"username": "gus"})
    opens(*(someone(db, person) for person in ("member", "blocked", "blocker", "muter")))
    ada = actor(db, "ada")
    pairs = {person: start(ada, PLAYS[person]) for person in IN_THEM}
    group = start(ada, *(PLAYS[person] for person in IN_THEM), title="All of them")
    made: Said = {}
    spoken = {conversation: say(ada, conversation) for conversation in (*pairs.values(), group)}
    for person in PLAYS:
        pair = pairs.get(person, pairs["member"])
        made["pair", person] = pair, spoken[pair]
        made["group", person] = group, spoken[group]
    for conversation in (pairs["declined"], group):
        actor(db, "finn").call("decline_message_request", conversation_id=conversation)
    ada.call("block", username="dan")
    actor(db, "eve").call("block", username="ada")
    actor(db, "gus").call("mute", username="ada")
    return made


def on_topic(person: Actor, conversation: uuid.UUID, statement: str) -> bool:
    """Whether the realtime server's question is answered with yes."""
    topic = f"dm:{conversation}"
    with person.session() as connection:
        connection.execute("select set_config('realtime.topic', %s, true)", [topic])
        found = connection.execute(statement.encode()).rowcount > 0
        connection.execute("select set_config('realtime.topic', '', true)")
    return found


def observe(place: str, person: Actor, conversation: uuid.UUID, message: uuid.UUID) -> bool:
    """What really happens."""
    try:
        if place == "list":
            return conversation in listed(person) + listed(person, requests=True)
        if place == "messages":
            return message in {row["id"] for row in read(person, conversation)}
        if place == "message":
            return bool(person.call("direct_message", message_id=message)["body"] == "hi")
        if place == "table":
            statement = "select id from public.direct_messages where id = %s"
            return bool(person.run(statement, message))
        if place == "like":
            reply = person.call("set_like", target_kind="message", target_id=message, liked=True)
            return bool(reply["liked"])
        if place == "realtime":
            return on_topic(person, conversation, "select from realtime.messages")
        return on_topic(
            person,
            conversation,
            "insert into realtime.messages (topic, extension)"
            " values (current_setting('realtime.topic'), 'broadcast')",
        )
    except psycopg.errors.InsufficientPrivilege:
        assert person.role == "anon" or place == "typing"
        return False
    except psycopg.Error as error:
        assert error.sqlstate == "PT404", error
        return False


def test_conversations_equal_the_written_table(db: Connection, said: Said) -> None:
    header, *lines = WRITTEN_TABLE.strip().splitlines()
    people = header.split()[2:]
    assert set(people) == set(PLAYS)
    wrong = [
        f"{place} of the {where} by {person}: {seen} instead of {mark}"
        for place, where, *marks in (line.split() for line in lines)
        for person, mark in zip(people, marks, strict=True)
        if (seen := observe(place, someone(db, person), *said[where, person])) != (mark == "y")
    ]
    assert not wrong, "\n".join(wrong)


def test_the_policy_on_messages_says_what_the_function_says(db: Connection, said: Said) -> None:
    """The array form of the rule and the row form of it agree for everybody over every message."""
    messages = {message for _, message in said.values()}
    for name in PLAYS.values():
        person = actor(db, name)
        if name == "visitor":
            continue
        by_policy = {row["id"] for row in person.run("select id from public.direct_messages")}
        with person.session() as connection:
            connection.execute("reset role")
            by_function = {
                message
                for message in messages
                if connection.execute(
                    "select private.can_see_message(%s) as seen", [message]
                ).fetchone()
                == {"seen": True}
            }
        assert by_policy == by_function, name


def test_likes_of_a_message_go_when_it_is_deleted(
    ada: Actor, cleo: Actor, db: Connection, said: Said
) -> None:
    conversation, message = said["pair", "member"]
    for _ in range(2):
        liked = cleo.call("set_like", target_kind="message", target_id=message, liked=True)
        assert liked == {"liked": True, "like_count": 1}
    (row,) = read(cleo, conversation)
    assert (row["like_count"], row["liked_by_me"]) == (1, True)
    assert read(ada, conversation)[0]["liked_by_me"] is False
    ada.call("delete_direct_message", message_id=message)
    assert db.execute("select from public.likes").fetchall() == []
    assert read(cleo, conversation)[0]["like_count"] == 0


def test_likes_of_a_message_go_with_its_senders_account(
    cleo: Actor, db: Connection, said: Said
) -> None:
    conversation, message = said["pair", "member"]
    cleo.call("set_like", target_kind="message", target_id=message, liked=True)
    db.execute("select private.erase_account(%s)", [person_id("ada")])
    assert db.execute("select from public.likes").fetchall() == []
    (row,) = read(cleo, conversation)
    assert (row["sender"], row["body"], row["like_count"]) == (None, None, 0)
    assert counter_laws(db) == []
