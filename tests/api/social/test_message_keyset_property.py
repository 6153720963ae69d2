"""Paging through messages and conversations loses and repeats nothing, whatever happens."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.database import Connection, actor
from tests.keyset import RUNS, Moments, fair, one_run, pages, quiet


class World:
    """ada reads; she, ben and cleo write in groups of the three, at moments set by hand."""

    def __init__(self, db: Connection, chance: random.Random) -> None:
        self.db = db
        self.chance = chance
        self.moments = Moments(chance)
        self.cast = [actor(db, name) for name in ("ada", "ben", "cleo")]
        self.ada = self.cast[0]

    def group(self, order_id: uuid.UUID) -> uuid.UUID:
        conversation = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        self.db.execute(
            "insert into public.conversations (id, kind, title) values (%s, 'group', 'x')",
            [conversation],
        )
        self.db.execute(
            "insert into public.conversation_members (conversation_id, member_id, order_id)"
            " select %s, unnest(%s::uuid[]), %s",
            [conversation, [person.id for person in self.cast], order_id],
        )
        return conversation

    def say(self, conversation: uuid.UUID, message: uuid.UUID) -> uuid.UUID:
        sender = self.chance.choice(self.cast).id
        self.db.execute(
            "insert into public.direct_messages (conversation_id, id, sender_id, body, created_at)"
            " values (%s, %s, %s, 'x', '2026-01-01')",
            [conversation, message, sender],
        )
        return message

    def read(
        self, page_size: int, between: Callable[[], None], *group: uuid.UUID
    ) -> list[uuid.UUID]:
        """The ids of ada's conversations, or of one's messages, page by page."""
        if group:
            return pages(self.ada, "messages", page_size, between, conversation_id=group[0])
        return pages(self.ada, "my_conversations", page_size, between)


@RUNS
@given(seed=st.integers(0, 2**32), size=st.integers(1, 9), count=st.integers(0, 40))
def test_every_message_that_stays_is_seen_once(
    db: Connection, seed: int, size: int, count: int
) -> None:
    chance = random.Random(seed)
    with one_run(db):
        world = World(db, chance)
        group = world.group(world.moments.identity())
        for _ in range(count):
            world.say(group, world.moments.identity())
        before = world.read(100, quiet, group)
        gone: set[uuid.UUID] = set()

        def shake() -> None:
            for _ in range(chance.randrange(4)):
                deed = chance.choice(("say", "say", "delete", "erase", "block"))
                if deed == "say" or not before:
                    world.say(group, world.moments.identity(is_new=True))
                elif deed == "block":
                    cleo = world.cast[2]
                    rows = db.execute(
                        "select id from public.direct_messages where sender_id = %s", [cleo.id]
                    ).fetchall()
                    gone.update(row["id"] for row in rows)
                    world.ada.call("block", username="cleo")
                else:
                    # A message that is deleted, or of an account that is erased, keeps its place.
                    what = (
                        "sender_id = null, body" if deed == "erase" else "deleted_at = now(), body"
                    )
                    db.execute(
                        f"update public.direct_messages set {what} = null where id = %s".encode(),
                        [chance.choice(before)],
                    )

        fair(before, world.read(size, shake, group), gone)
        assert len(before) == count


@RUNS
@given(seed=st.integers(0, 2**32), size=st.integers(1, 9), count=st.integers(0, 25))
def test_every_conversation_that_stays_is_seen_once(
    db: Connection, seed: int, size: int, count: int
) -> None:
    chance = random.Random(seed)
    with one_run(db):
        world = World(db, chance)
        groups = [world.group(world.moments.identity()) for _ in range(count)]
        for group in groups:
            if chance.random() < 0.5:
                world.say(group, world.moments.identity(is_new=chance.random() < 0.5))
        before = world.read(100, quiet)
        moved: set[uuid.UUID] = set()

        def shake() -> None:
            for _ in range(chance.randrange(4)):
                deed = chance.choice(("say", "start", "leave"))
                if deed == "start" or not groups:
                    world.group(world.moments.identity(is_new=True))
                elif deed == "say":
                    # It moves up: seen at most once, and not again.
                    group = chance.choice(groups)
                    world.say(group, world.moments.identity(is_new=True))
                    moved.add(group)
                else:
                    group = groups.pop(chance.randrange(len(groups)))
                    world.ada.call("leave_conversation", conversation_id=group)
                    moved.add(group)

        seen = world.read(size, shake)
        fair(before, seen, moved)
        assert len(before) == count


@pytest.mark.parametrize("page_size", [73])
def test_ten_thousand_messages_of_one_moment_are_seen_once(db: Connection, page_size: int) -> None:
    db.execute("update private.settings set value = 1000 where name = 'page_size_limit'")
    world = World(db, random.Random("messages"))
    group = world.group(world.moments.identity())
    messages = [world.moments.identity() for _ in range(10_000)]
    # Without triggers, which would broadcast ten thousand times.
    db.execute("alter table public.direct_messages disable trigger user")
    db.execute(
        "insert into public.direct_messages (conversation_id, id, sender_id, body)"
        " select %s, id, %s, 'x' from unnest(%s::uuid[]) as id",
        [group, world.ada.id, messages],
    )
    db.execute("alter table public.direct_messages enable trigger user")

    def shake() -> None:
        world.say(group, world.moments.identity(is_new=True))

    seen = world.read(page_size, shake, group)
    assert seen == sorted(messages, reverse=True)
