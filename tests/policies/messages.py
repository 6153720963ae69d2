"""Checks of the access matrix of conversations: tables and the topic dm:<id>."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from tests.database import forbidden, person_id, refused
from tests.policies.checks import Stage, check

OUTSIDERS = ("stranger", "modesty", "rooty")


@dataclass(frozen=True)
class Talk:
    """What is said between people, and where.

    pair: ada and cleo. request: ben asks ada. group: ada made it with cleo; finn has left; eve came
    after the first message; stranger, modesty and rooty are in none.
    """

    pair: uuid.UUID
    request: uuid.UUID
    group: uuid.UUID
    early: uuid.UUID


def talk(stage: Stage) -> Talk:
    """Start them all."""
    for name in ("finn", "eve"):
        stage.actor(name).call("set_dm_permission", permission="everyone")
    started = {
        "pair": stage.cleo.call("start_conversation", usernames=["ada"]),
        "request": stage.ben.call("start_conversation", usernames=["ada"]),
        "group": stage.ada.call("start_conversation", usernames=["cleo", "finn"], title="Band"),
    }
    ids = {name: row["id"] for name, row in started.items()}
    for name, sender in {"pair": stage.cleo, "request": stage.ben}.items():
        sender.call("send_direct_message", conversation_id=ids[name], body=f"in {name}")
    early = say(stage, "ada", ids["group"])
    stage.ada.call("add_to_conversation", conversation_id=ids["group"], usernames=["eve"])
    say(stage, "cleo", ids["group"])
    stage.finn.call("leave_conversation", conversation_id=ids["group"])
    return Talk(early=early, **ids)


def say(stage: Stage, name: str, conversation: uuid.UUID) -> uuid.UUID:
    """Somebody says something."""
    row = stage.actor(name).call("send_direct_message", conversation_id=conversation, body="hi")
    assert isinstance(row["id"], uuid.UUID)
    return row["id"]


def conversations(stage: Stage, name: str) -> set[uuid.UUID]:
    """Which conversations somebody reads in the table."""
    return {row["id"] for row in stage.actor(name).run("select id from public.conversations")}


def messages(stage: Stage, name: str) -> dict[uuid.UUID, int]:
    """How many messages somebody reads in the table, by conversation."""
    rows = stage.actor(name).run(
        "select conversation_id, count(*) as n from public.direct_messages group by 1"
    )
    return {row["conversation_id"]: row["n"] for row in rows}


@check("public.conversations")
def members_and_who_is_asked_read_a_conversation(stage: Stage) -> None:
    said = talk(stage)
    assert conversations(stage, "ada") == {said.pair, said.request, said.group}
    assert conversations(stage, "cleo") == {said.pair, said.group}
    assert conversations(stage, "eve") == {said.group}
    assert conversations(stage, "ben") == {said.request}
    for name in (*OUTSIDERS, "finn"):
        assert conversations(stage, name) == set(), name
    with forbidden():
        stage.visitor.run("select id from public.conversations")


@check("public.conversations")
def a_block_closes_the_conversation_of_two(stage: Stage) -> None:
    said = talk(stage)
    stage.cleo.call("block", username="ada")
    assert conversations(stage, "cleo") == {said.group}
    assert conversations(stage, "ada") == {said.request, said.group}


@check("public.conversation_members")
def people_read_their_own_places_alone(stage: Stage) -> None:
    talk(stage)
    for name, count in {"ada": 3, "cleo": 2, "eve": 1, "finn": 1, "ben": 1}.items():
        rows = stage.actor(name).run("select member_id from public.conversation_members")
        assert rows == [{"member_id": person_id(name)}] * count, name
    for name in OUTSIDERS:
        assert stage.actor(name).run("select member_id from public.conversation_members") == []
    with forbidden():
        stage.visitor.run("select member_id from public.conversation_members")


@check("public.direct_messages")
def messages_are_for_those_who_are_in_since_they_joined(stage: Stage) -> None:
    said = talk(stage)
    assert messages(stage, "ada") == {said.pair: 1, said.request: 1, said.group: 2}
    assert messages(stage, "cleo") == {said.pair: 1, said.group: 2}
    assert messages(stage, "eve") == {said.group: 1}
    assert messages(stage, "ben") == {said.request: 1}
    for name in (*OUTSIDERS, "finn"):
        assert messages(stage, name) == {}, name
    with forbidden():
        stage.visitor.run("select id from public.direct_messages")


@check("public.direct_messages")
def a_block_hides_what_each_says_in_a_group(stage: Stage) -> None:
    said = talk(stage)
    stage.cleo.call("block", username="ada")
    assert messages(stage, "ada") == {said.request: 1, said.group: 1}
    assert messages(stage, "cleo") == {said.group: 1}
    assert messages(stage, "eve") == {said.group: 1}


@check("public.direct_messages")
def what_an_erased_person_said_keeps_its_place(stage: Stage) -> None:
    said = talk(stage)
    stage.owner(
        "update public.direct_messages set sender_id = null, body = null where id = %s", said.early
    )
    assert messages(stage, "cleo")[said.group] == 2
    stage.hide("cleo")
    assert messages(stage, "ada") == {said.request: 1, said.group: 1}


@check("public.message_settings")
def people_read_their_own_setting_alone(stage: Stage) -> None:
    talk(stage)
    statement = "select user_id from public.message_settings"
    assert stage.finn.run(statement) == [{"user_id": person_id("finn")}]
    for name in ("ada", "modesty", "rooty"):
        assert stage.actor(name).run(statement) == []
    with forbidden():
        stage.visitor.run(statement)


def hears(stage: Stage, name: str, topic: str) -> bool:
    """Whether somebody may join a topic, as the realtime server asks."""
    with stage.actor(name).session() as connection:
        connection.execute("select set_config('realtime.topic', %s, true)", [topic])
        rows = connection.execute("select id from realtime.messages").fetchall()
        connection.execute("select set_config('realtime.topic', '', true)")
    return bool(rows)


def speak(stage: Stage, name: str, topic: str) -> None:
    """Type on a topic, or be present there, as the realtime server asks."""
    with stage.actor(name).session() as connection:
        connection.execute("select set_config('realtime.topic', %s, true)", [topic])
        for extension in ("broadcast", "presence"):
            connection.execute(
                "insert into realtime.messages (topic, extension) values (%s, %s)",
                [topic, extension],
            )
        connection.execute("select set_config('realtime.topic', '', true)")


@check("realtime.messages")
def members_hear_and_speak_on_the_topic_of_their_conversation(stage: Stage) -> None:
    said = talk(stage)
    # ada was asked by ben and has not accepted.
    allowed = {
        said.pair: {"ada", "cleo"},
        said.request: {"ben"},
        said.group: {"ada", "cleo", "eve"},
    }
    for conversation, members in allowed.items():
        topic = f"dm:{conversation}"
        for name in ("ada", "ben", "cleo", "eve", "finn", "visitor", *OUTSIDERS):
            assert hears(stage, name, topic) == (name in members), (name, members)
            if name in members:
                speak(stage, name, topic)
            else:
                with forbidden():
                    speak(stage, name, topic)
    for topic in ("dm:", f"dm:{said.pair}x", f"dm:{uuid.UUID(int=7)}", f"user:{said.pair}"):
        assert not hears(stage, "ada", topic)
        with forbidden():
            speak(stage, "ada", topic)


@check("realtime.messages")
def a_block_and_leaving_end_what_is_heard(stage: Stage) -> None:
    said = talk(stage)
    stage.ada.call("block", username="cleo")
    stage.eve.call("leave_conversation", conversation_id=said.group)
    for name, topic in (
        ("ada", f"dm:{said.pair}"),
        ("cleo", f"dm:{said.pair}"),
        ("eve", f"dm:{said.group}"),
    ):
        assert not hears(stage, name, topic)
        with forbidden():
            speak(stage, name, topic)


@check("realtime.messages")
def who_is_leaving_types_nowhere(stage: Stage) -> None:
    said = talk(stage)
    stage.hide("cleo")
    with forbidden():
        speak(stage, "cleo", f"dm:{said.pair}")
    stage.owner("update public.feature_flags set is_enabled = false where name = 'social'")
    with forbidden():
        speak(stage, "ada", f"dm:{said.pair}")


@check("public.conversations")
def nobody_reads_by_rpc_what_the_table_hides(stage: Stage) -> None:
    said = talk(stage)
    for name in (*OUTSIDERS, "finn", "ben"):
        with refused(404, "conversation_not_found"):
            stage.actor(name).rows("messages", conversation_id=said.group)
        with refused(404, "conversation_not_found"):
            stage.actor(name).call("conversation", conversation_id=said.group)
        with refused(404, "direct_message_not_found"):
            stage.actor(name).call("direct_message", message_id=said.early)
    with refused(404, "direct_message_not_found"):
        stage.eve.call("direct_message", message_id=said.early)
