"""The bench's data is what the triggers would have made of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

import pytest

from bench.generate import Size, make_people, make_posts
from devstack.schema import load_schema
from tests.bench.conftest import SIZE
from tests.database import Connection, Database
from tests.schema.counters import LAWS

ROWS = """
    select
      (select count(*) from public.profiles) as people,
      (select count(*) from public.posts) as posts"""


@pytest.mark.parametrize("law", LAWS)
def test_totals_follow_facts(law: str, community: Connection) -> None:
    assert community.execute(LAWS[law].encode()).fetchall() == []


def test_the_community_has_the_size_asked_for(
    community: Connection, readers_of: dict[int, list[UUID]]
) -> None:
    readers = len(SIZE.degrees) * SIZE.readers_each
    assert community.execute(ROWS).fetchone() == {
        "people": SIZE.people + readers,
        "posts": SIZE.posts,
    }
    for degree, people in readers_of.items():
        follows = community.execute(
            "select count(*) from public.follows where follower_id = any(%s) group by follower_id",
            [people],
        ).fetchall()
        assert [row["count"] for row in follows] == [degree] * SIZE.readers_each


def test_tags_are_those_of_the_bodies(community: Connection) -> None:
    wrong = community.execute("""
        select post.id
        from public.posts as post
        where post.deleted_at is null
          and array(
            select tag from private.post_tags as tagged where tagged.post_id = post.id order by tag
          ) <> case
            when post.audience = 'public' then array(select private.hashtags(post.body) order by 1)
            else '{}'
          end""").fetchall()
    assert wrong == []


def test_few_are_followed_by_many(community: Connection) -> None:
    """In-degree falls as a power of the rank: the first tenth has far more than its share."""
    row = community.execute(
        """
        select
          sum(follower_count) filter (where place <= %(tenth)s)::float
            / sum(follower_count) as share,
          max(follower_count) as top
        from (
          select follower_count, row_number() over (order by follower_count desc) as place
          from public.profiles
        ) as ranked""",
        {"tenth": SIZE.people // 10},
    ).fetchone()
    assert row is not None
    assert 0.3 < row["share"] < 0.7
    assert row["top"] > SIZE.people / 10


def test_a_community_is_the_same_for_the_same_seed_and_another_for_another(
    clone: Callable[[str], Database],
) -> None:
    size = Size(
        people=300, posts=500, reposts=200, likes=300, degrees=(10,), readers_each=2, depth=0
    )
    empty = clone("platform")
    load_schema(empty.url())

    def digests(seed: int) -> dict[str, str]:
        made = clone(empty.name)
        wanted = replace(size, seed=seed)
        make_people(made.server, made.name, wanted, say=lambda _: None)
        make_posts(made.server, made.name, wanted, say=lambda _: None)
        with made.connect() as connection:
            found = {
                table: connection.execute(
                    "select md5(string_agg(row::text, '|' order by row::text)) as digest"
                    f" from (select {columns} from public.{table}) as row"
                ).fetchone()
                for table, columns in {
                    "follows": "follower_id, followee_id",
                    "posts": "id, author_id, body, audience, deleted_at is null",
                    "reposts": "user_id, post_id, id",
                    "likes": "user_id, target_id",
                }.items()
            }
        made.drop()
        return {table: str(row["digest"]) for table, row in found.items() if row}

    first = digests(1)
    assert len(first) == 4
    assert digests(1) == first
    other = digests(2)
    assert [table for table in first if other[table] == first[table]] == []
