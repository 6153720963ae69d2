"""Paging loses and repeats nothing, whatever happens between two pages."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.database import Connection, actor
from tests.keyset import RUNS, Moments, fair, one_run, pages, quiet

# The home feed has two ways to its candidates: it walks some of the stream first, or merges alone.
NEVER = 1_000_000
LISTS = [("home_feed", NEVER), ("home_feed", 0), ("global_feed", NEVER), ("profile_feed", NEVER)]
REPOSTERS = ("ben", "eve")


class World:
    """ada and dan post, ben and eve repost, cleo (who follows ada, ben and eve) reads."""

    def __init__(self, db: Connection, chance: random.Random, walk_from: int) -> None:
        self.db = db
        self.chance = chance
        self.moments = Moments(chance)
        self.posts: list[uuid.UUID] = []
        self.gone: set[uuid.UUID] = set()
        self.cast = {name: actor(db, name) for name in ("ada", "ben", "cleo", "dan", "eve")}
        for name, value in (
            ("feed_walk_from_follows", walk_from),
            # Shorter than most streams here, so that what is walked is not all there is.
            ("feed_walk_entries_per_follow", 2),
        ):
            db.execute("update private.settings set value = %s where name = %s", [value, name])
        for other in ("ada", *REPOSTERS):
            self.cast["cleo"].call("follow", username=other)

    def post(self, author: str) -> None:
        identity = self.moments.identity()
        self.db.execute(
            "insert into public.posts (id, author_id, kind, body) values (%s, %s, 'text', 'x')",
            [identity, self.cast[author].id],
        )
        self.posts.append(identity)

    def repost(self, post: uuid.UUID) -> None:
        self.db.execute(
            "insert into public.reposts (user_id, post_id, id) values (%s, %s, %s)"
            " on conflict do nothing",
            [self.cast[self.chance.choice(REPOSTERS)].id, post, self.moments.identity()],
        )

    def delete(self, post: uuid.UUID) -> None:
        self.db.execute(
            "update public.posts set deleted_at = now(), body = null where id = %s", [post]
        )
        self.posts.remove(post)
        self.gone.add(post)

    def unrepost(self, post: uuid.UUID) -> None:
        reposter = self.cast[self.chance.choice(REPOSTERS)].id
        taken_back = "delete from public.reposts where post_id = %s and user_id = %s"
        if self.db.execute(taken_back, [post, reposter]).rowcount:
            # It may stay in the feed by another entry, or be gone: either is right.
            self.gone.add(post)

    def shake(self) -> None:
        """Something happens between two pages."""
        for _ in range(self.chance.randrange(4)):
            deed = self.chance.choice(("post", "post", "repost", "delete", "unrepost"))
            if deed == "post" or not self.posts:
                self.post(self.chance.choice(("ada", "dan", "cleo")))
            elif deed == "repost":
                # What is reposted later stands above; what was in the feed keeps its place.
                self.moments.moment += 1
                self.repost(self.chance.choice(self.posts))
            elif deed == "delete":
                self.delete(self.chance.choice(self.posts))
            else:
                self.unrepost(self.chance.choice(self.posts))

    def read(self, listing: str, page_size: int, between: Callable[[], None]) -> list[uuid.UUID]:
        named = {"username": "ada"} if listing == "profile_feed" else {}
        return pages(self.cast["cleo"], listing, page_size, between, **named)


@pytest.mark.parametrize(("listing", "walk_from"), LISTS)
@RUNS
@given(seed=st.integers(0, 2**32), size=st.integers(1, 9), posts=st.integers(0, 40))
def test_every_post_that_stays_is_seen_once(
    db: Connection, listing: str, walk_from: int, seed: int, size: int, posts: int
) -> None:
    chance = random.Random(seed)
    with one_run(db):
        world = World(db, chance, walk_from)
        for _ in range(posts):
            world.post(chance.choice(("ada", "dan", "cleo", "ben")))
            if chance.random() < 0.3:
                world.repost(chance.choice(world.posts))
        before = world.read(listing, 100, quiet)
        fair(before, world.read(listing, size, world.shake), world.gone)


@pytest.mark.parametrize(("listing", "walk_from"), LISTS)
def test_ten_thousand_posts_of_one_moment_are_seen_once(
    db: Connection, listing: str, walk_from: int
) -> None:
    db.execute("update private.settings set value = 1000 where name = 'page_size_limit'")
    world = World(db, random.Random(listing), walk_from)
    world.posts = [world.moments.identity() for _ in range(10_000)]
    ada = world.cast["ada"].id
    # Without triggers, which would rewrite one profile and one clock ten thousand times.
    db.execute("alter table public.posts disable trigger user")
    db.execute("alter table private.feed_entries disable trigger user")
    db.execute(
        "insert into public.posts (id, author_id, kind, body)"
        " select id, %s, 'text', 'x' from unnest(%s) as id",
        [ada, world.posts],
    )
    db.execute(
        "insert into private.feed_entries (actor_id, id, post_id, audience)"
        " select author_id, id, id, audience from public.posts order by id"
    )
    db.execute(
        "insert into private.activity_clocks (actor_id, newest_entry_id) values (%s, %s)",
        [ada, max(world.posts)],
    )
    db.execute("alter table public.posts enable trigger user")
    db.execute("alter table private.feed_entries enable trigger user")
    db.execute("update public.profiles set post_count = 10000 where id = %s", [ada])
    start = sorted(world.posts, reverse=True)
    fair(start, world.read(listing, 73, world.shake), world.gone)
    assert len(set(start) - world.gone) > 9_500
