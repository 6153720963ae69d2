"""Lists other than the feed: what a page touches, at the front and further back, after a vacuum."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

import psycopg
import pytest

from bench.community import Community
from bench.lists import DEEP, HUB, LISTS
from devstack.parts.postgres import SUPERUSER
from tests.bench.conftest import SIZE
from tests.database import Database

# Tables a page must never read whole. The others are small here, or of one person.
LARGE = (
    "posts", "profiles", "follows", "likes", "comments", "comment_mentions", "comment_reactions",
    "tracks", "crates", "crate_items", "crate_trends", "crate_plays", "notifications",
    "notification_actors", "conversations", "conversation_members", "direct_messages",
)  # fmt: skip
MOST = 800
"""Buffers a page may touch."""
SHORT = "crates_containing, 1 of 1,000"
"""The one list that has a single row."""


@pytest.fixture(scope="module")
def people(generated: Database) -> Iterator[Community]:
    """The people of the generated community, who read lists."""
    found = Community(generated.url())
    yield found
    found.close()


@pytest.mark.parametrize("name", LISTS)
def test_a_page_touches_few_buffers_wherever_it_begins(name: str, people: Community) -> None:
    wanted = LISTS[name]
    for person, (_, *asked) in wanted.readers(people):
        people.reader.become(person)
        cursor: str | None = None
        pages = []
        for _ in range(4):
            page = people.reader.run(wanted.call, cursor, *asked)
            pages.append(people.reader.explain(wanted.call, cursor, *asked))
            if page.ntuples < 20:
                break
            last = page.get_value(page.ntuples - 1, page.nfields - 1)
            assert last is not None
            cursor = last.decode()
        assert len(pages) > 1 or name == SHORT
        assert max(pages) <= MOST
        assert pages[-1] <= 1.5 * pages[0] + 50


@pytest.mark.parametrize("name", LISTS)
def test_no_plan_of_a_list_reads_a_large_table_whole(
    name: str, explained: tuple[psycopg.Connection, list[str]], people: Community
) -> None:
    connection, plans = explained
    wanted = LISTS[name]
    person, parameters = wanted.readers(people)[0]
    claims = json.dumps({"sub": person, "role": "authenticated"})
    connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
    plans.clear()
    psycopg.RawCursor(connection).execute(wanted.call, parameters)
    said = "\n".join(plans)
    assert re.findall(rf"Seq Scan on ({'|'.join(LARGE)})\b.*", said) == []
    assert "Index" in said
    # Whether somebody likes a thing is one entry of the key, never a walk through all they like.
    assert "likes_newest" not in said


@pytest.mark.parametrize("name", DEEP)
def test_a_page_of_thousands_touches_what_a_short_list_would(name: str, deep: Database) -> None:
    wanted = DEEP[name]
    people = Community(deep.url())
    people.reader.become(people.value(HUB))
    asked = [] if wanted.asked is None else [people.value(wanted.asked)]
    cursor = people.value(wanted.locate.format(depth=SIZE.depth - 100))
    buffers = []
    for after in (None, cursor):
        for _ in range(2):  # the first call of a session reads the catalog too
            assert people.reader.run(wanted.call, after, *asked).ntuples == 20
        buffers.append(people.reader.explain(wanted.call, after, *asked))
    people.close()
    assert max(buffers) <= MOST
    assert max(buffers) <= 1.2 * min(buffers) + 50


# Lists of one's own, and how everybody who follows the hub comes to stand in the hub's.
OWN = {
    "my_blocks": "blocks (blocker_id, blocked_id, created_at) select hub.id, {each}",
    "my_mutes": "mutes (muter_id, muted_id, created_at) select hub.id, {each}",
    "my_follow_requests": (
        "follow_requests (target_id, requester_id, created_at) select hub.id, {each}"
    ),
    "my_points": (
        "point_events (user_id, rule, points, season, earned_on, cause, created_at)"
        " select hub.id, 'post_created', 1, '2025q1', '2025-01-01', {each}"
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_a_list_of_ones_own_touches_no_more_at_its_end(
    name: str, deep: Database, clone: Callable[[str], Database]
) -> None:
    database = clone(deep.name)
    with database.connect(SUPERUSER) as connection:
        connection.execute("set session_replication_role = replica")
        connection.execute(
            f"insert into public.{OWN[name].format(each='follow.follower_id, follow.created_at')}"
            " from public.follows as follow join public.profiles as hub"
            " on hub.id = follow.followee_id and hub.username = 'hub'".encode()
        )
        connection.execute("vacuum (analyze)")
    people = Community(database.url())
    people.reader.become(people.value(HUB))
    cursor: str | None = None
    page = f"select cursor from public.{name}(after => $1, page_size => 100)"
    for _ in range(SIZE.depth // 100 - 1):
        found = people.reader.run(page, cursor)
        assert found.ntuples == 100
        last = found.get_value(99, 0)
        assert last is not None
        cursor = last.decode()
    call = f"select * from public.{name}(after => $1)"
    buffers = []
    for after in (None, cursor):
        for _ in range(2):
            assert people.reader.run(call, after).ntuples == 20
        buffers.append(people.reader.explain(call, after))
    people.close()
    database.drop()
    assert max(buffers) <= 1.2 * min(buffers) + 50
