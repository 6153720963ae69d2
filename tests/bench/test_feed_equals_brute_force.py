"""home_feed, page by page, is what one plain query over the facts says, whatever has happened."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest

from bench.brute_force import expected_feed, first_difference
from tests.database import Actor, Connection, Database

VISIBILITIES = ("public", "followers", "mutuals", "private")


@pytest.fixture
def changed(clone: Callable[[str], Database], generated: Database) -> Iterator[Connection]:
    """A clone after hundreds have deleted, unfollowed, blocked, muted, reposted or left."""
    database = clone(generated.name)
    with database.connect() as connection:
        connection.execute("update private.rate_limit_rules set capacity = 1000")
        stir(connection, random.Random(2))
        yield connection
    database.drop()


def some_people(connection: Connection, number: int) -> list[UUID]:
    """Random people, the measured readers among them."""
    found = connection.execute(
        "select id from public.profiles"
        " order by username not like 'reader%%', hashtextextended(id::text, 3) limit %s",
        [number],
    )
    return [row["id"] for row in found]


def stir(connection: Connection, chance: random.Random) -> None:
    """Everything that changes feeds, done by the people themselves through the API."""
    hidden = connection.execute("select profile_id from private.hidden_profiles").fetchall()
    gone = {row["profile_id"] for row in hidden}
    people = [person for person in some_people(connection, 200) if person not in gone]
    for place, person in enumerate(people):
        actor = Actor(connection, str(place), person, "authenticated")
        feed = actor.rows("home_feed", page_size=30)
        other = chance.choice([row for row in feed if row["reason"] != "own"] or feed or [None])
        match place % 6, other:
            case _, None:
                actor.post("nobody writes to me")
            case 0, _:
                actor.call("unfollow", username=other["author"]["username"])
            case 1, _:
                actor.call("block", username=other["author"]["username"])
            case 2, _:
                actor.call("mute", username=other["author"]["username"])
            case 3, _ if other["visibility"] == "public":
                actor.run(
                    "select public.repost(id) from public.posts"
                    " where id = %s and audience = 'public'",
                    other["id"],
                )
            case 4, _:
                own = actor.post("gone again")
                actor.call("delete_post", post_id=own)
                actor.post("still here", visibility=chance.choice(VISIBILITIES))
            case _:
                author = Actor(connection, "author", other["author"]["id"], "authenticated")
                author.call("delete_post", post_id=other["id"])
    for private in chance.sample(people, 10):
        connection.execute(
            "update public.profiles set is_private = not is_private where id = %s", [private]
        )
    connection.execute(
        "insert into private.hidden_profiles (profile_id, reason)"
        " select id, 'deletion' from public.profiles where username in ('person_2', 'person_30')"
        " on conflict do nothing"
    )
    connection.execute(
        "insert into public.sanctions (user_id, kind, until)"
        " select id, 'ban', case username when 'person_3' then now() + interval '1 day' end"
        " from public.profiles where username in ('person_3', 'person_31') or id = any (%s)",
        [people[:3]],
    )


def test_two_hundred_readers_read_what_a_plain_query_says(generated: Database) -> None:
    with generated.connect() as connection:
        assert first_difference(connection, some_people(connection, 200), depth=150) is None


def test_they_still_do_after_everything_that_changes_feeds(changed: Connection) -> None:
    assert first_difference(changed, some_people(changed, 200), depth=150) is None


@pytest.mark.parametrize("walk_from", [0, 1_000_000], ids=["walking", "merging"])
def test_both_ways_to_a_page_give_the_same(
    walk_from: int, generated: Database, readers_of: dict[int, list[UUID]]
) -> None:
    people = [person for readers in readers_of.values() for person in readers[:2]]
    with generated.connect(autocommit=False) as connection:
        connection.execute(
            "update private.settings set value = %s where name = 'feed_walk_from_follows'",
            [walk_from],
        )
        assert first_difference(connection, people, depth=300) is None
        connection.rollback()


def test_the_plain_query_is_not_empty(
    generated: Database, readers_of: dict[int, list[UUID]]
) -> None:
    with generated.connect() as connection:
        feed = expected_feed(connection, readers_of[200][0])
    assert len(feed) > 300
    assert any(reposter is not None for _, reposter in feed)
