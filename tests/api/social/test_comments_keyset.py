"""Paging through comments loses and repeats nothing, in every order, whatever happens meanwhile."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor
from tests.keyset import RUNS, Moments, fair, one_run, pages, quiet

SORTS = ("newest", "oldest", "top", "position")


class Thread:
    """ben and dan talk about a track, and below a root comment; cleo reads."""

    def __init__(self, db: Connection, chance: random.Random) -> None:
        self.db = db
        self.chance = chance
        self.moments = Moments(chance)
        self.track = make_song(db)
        self.reader = actor(db, "cleo")
        self.authors: list[Actor] = [actor(db, "ben"), actor(db, "dan")]
        self.standing: list[uuid.UUID] = []
        self.gone: set[uuid.UUID] = set()
        self.liked: set[uuid.UUID] = set()
        self.root = self.add(None)

    def add(self, parent: uuid.UUID | None) -> uuid.UUID:
        """A comment of the one moment at which everything happens, with few likes and moments."""
        identity = self.moments.identity()
        position = None if parent or self.chance.random() < 0.2 else self.chance.randrange(4)
        self.db.execute(
            "insert into public.comments (id, target_kind, target_id, author_id, parent_id, depth,"
            " body, position_ms, like_count) values (%s, 'track', %s, %s, %s, %s, 'x', %s, %s)",
            [
                identity,
                self.track,
                self.chance.choice(self.authors).id,
                parent,
                2 if parent else 1,
                position,
                self.chance.randrange(4),
            ],
        )
        self.standing.append(identity)
        return identity

    def delete(self) -> None:
        """One goes; the root keeps its replies, so it stays as a tombstone."""
        comment = self.chance.choice(self.standing)
        self.db.execute("update public.comments set deleted_at = now() where id = %s", [comment])
        self.standing.remove(comment)
        self.gone.add(comment)

    def shake(self) -> None:
        """Something happens between two pages."""
        for _ in range(self.chance.randrange(4)):
            deed = self.chance.choice(("say", "answer", "delete", "like", "pin"))
            if deed == "say" or not self.standing:
                self.add(None)
            elif deed == "answer":
                self.add(self.root)
            elif deed == "delete":
                self.delete()
            elif deed == "like":
                comment = self.chance.choice(self.standing)
                change = "update public.comments set like_count = like_count + 1 where id = %s"
                self.db.execute(change, [comment])
                self.liked.add(comment)
            else:
                self.pin()

    def pin(self) -> None:
        self.db.execute("update public.comments set is_pinned = false where is_pinned")
        self.db.execute(
            "update public.comments set is_pinned = true"
            " where id = %s and parent_id is null and deleted_at is null",
            [self.chance.choice(self.standing)],
        )

    def read(self, sort: str, page_size: int, between: Callable[[], None]) -> list[uuid.UUID]:
        if sort == "replies":
            return pages(self.reader, "replies_to", page_size, between, comment_id=self.root)
        target = {"target_kind": "track", "target_id": self.track, "sort": sort}
        return pages(self.reader, "comments_on", page_size, between, **target)


def check(thread: Thread, sort: str, page_size: int) -> None:
    before = thread.read(sort, 1000, quiet)
    seen = thread.read(sort, page_size, thread.shake)
    # By top, what is liked meanwhile may be met twice or be missed, as the documentation says.
    fair(before, seen, thread.gone, thread.liked if sort == "top" else ())


@settings(RUNS, max_examples=300)
@given(
    sort=st.sampled_from([*SORTS, "replies"]),
    seed=st.integers(0, 2**32),
    size=st.integers(1, 9),
    number=st.integers(0, 40),
)
def test_every_comment_that_stays_is_seen_once(
    db: Connection, sort: str, seed: int, size: int, number: int
) -> None:
    chance = random.Random(seed)
    with one_run(db):
        thread = Thread(db, chance)
        # The root stands in every list, and its first reply keeps it there.
        thread.standing.clear()
        thread.add(thread.root)
        thread.standing.clear()
        for _ in range(number):
            thread.add(thread.root if sort == "replies" or chance.random() < 0.2 else None)
        if chance.random() < 0.5 and thread.standing:
            thread.pin()
        check(thread, sort, size)


@pytest.mark.parametrize("sort", SORTS)
def test_ten_thousand_comments_of_one_moment_are_seen_once(db: Connection, sort: str) -> None:
    db.execute("update private.settings set value = 1000 where name = 'page_size_limit'")
    thread = Thread(db, random.Random(sort))
    thread.standing.clear()
    thread.add(thread.root)
    thread.standing.clear()
    # Without triggers, which would rewrite one track ten thousand times; none may be pending.
    db.execute("set constraints all immediate")
    db.execute("alter table public.comments disable trigger user")
    db.execute(
        "insert into public.comments"
        " (target_kind, target_id, author_id, body, position_ms, like_count)"
        " select 'track', %s, %s, 'x', number %% 7, number %% 5"
        " from generate_series(1, 10000) as number",
        [thread.track, thread.authors[0].id],
    )
    db.execute("alter table public.comments enable trigger user")
    db.execute("update public.tracks set comment_count = comment_count + 10000")
    thread.standing += (before := thread.read(sort, 1000, quiet))
    assert len(set(before)) >= 10_000
    check(thread, sort, 97)
    assert len(set(before) - thread.gone) > 9_500
