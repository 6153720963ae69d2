"""Who follows many has a filter of whom: it may name too many, never too few."""

from __future__ import annotations

from functools import partial
from uuid import UUID

import pytest

from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import race

MISSED = """
select follow.followee_id
from public.follows as follow
join private.follow_filters as filter on filter.follower_id = follow.follower_id
where get_bit(filter.bits, private.follow_bit(follow.followee_id)) = 0
"""


def has_filter(db: Connection, follower: UUID | None) -> bool:
    found = db.execute(
        "select from private.follow_filters where follower_id = %s", [follower]
    ).fetchone()
    return found is not None


def bits(db: Connection, follower: UUID | None) -> int:
    row = db.execute(
        "select bit_count(bits) as n from private.follow_filters where follower_id = %s", [follower]
    ).fetchone()
    assert row is not None
    return int(row["n"])


def follow(name: str, connection: Connection) -> None:
    actor(connection, "cleo").call("follow", username=name)


def walks_from(db: Connection, follows: int) -> None:
    db.execute(
        "update private.settings set value = %s where name = 'feed_walk_from_follows'", [follows]
    )


def test_a_filter_is_made_at_the_follow_from_which_the_feed_walks(
    db: Connection, cleo: Actor
) -> None:
    walks_from(db, 2)
    cleo.call("follow", username="ada")
    assert not has_filter(db, cleo.id)
    cleo.call("follow", username="ben")
    assert bits(db, cleo.id) == 2
    cleo.call("follow", username="stranger")
    assert bits(db, cleo.id) == 3
    cleo.call("unfollow", username="ada")
    cleo.call("follow", username="ada")
    assert bits(db, cleo.id) == 3
    assert db.execute(MISSED).fetchall() == []


@pytest.mark.parametrize("walk_from", [0, 2, 1_000_000])
def test_the_feed_is_of_whom_one_follows_whatever_the_filter(
    db: Connection, ada: Actor, ben: Actor, stranger: Actor, cleo: Actor, walk_from: int
) -> None:
    walks_from(db, walk_from)
    first, second = ada.post("first"), ben.post("second")
    stranger.post("of nobody they follow")
    own = cleo.post("own", visibility="private")
    for name in ("ada", "ben", "stranger"):
        cleo.call("follow", username=name)
    cleo.call("unfollow", username="stranger")
    assert [row["id"] for row in cleo.rows("home_feed")] == [own, second, first]


def test_the_filter_of_a_lowered_limit_is_not_awaited(
    db: Connection, ada: Actor, cleo: Actor
) -> None:
    post = ada.post("hello")
    cleo.call("follow", username="ada")
    walks_from(db, 1)
    assert not has_filter(db, cleo.id)
    assert [row["id"] for row in cleo.rows("home_feed")] == [post]


def test_follows_at_once_across_the_limit_miss_nobody(database: Database) -> None:
    names = ("ada", "ben", "stranger", "dan", "eve", "finn")
    with database.connect() as db:
        walks_from(db, 3)
    race(database, [partial(follow, name) for name in names])
    with database.connect() as db:
        cleo = person_id("cleo")
        assert has_filter(db, cleo)
        assert bits(db, cleo) >= 3
        assert db.execute(MISSED).fetchall() == []
