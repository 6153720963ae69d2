"""The gate on speed that no busy machine can break: buffers and plans, after a vacuum."""

from __future__ import annotations

import json
import re
from uuid import UUID

import psycopg
import pytest

from bench.measure import Session
from tests.bench.conftest import SIZE
from tests.database import Connection

HOME = "select * from public.home_feed(after => $1)"
LISTS = {
    "global_feed": "select * from public.global_feed(after => $1)",
    "tag_feed": "select * from public.tag_feed('tag0', after => $1)",
    "profile_feed": "select * from public.profile_feed('person_1', after => $1)",
    "followers": "select * from public.followers('person_1', after => $1)",
}
# Tables a page must never read whole. The others are small here, or of one person.
LARGE = (
    "posts", "follows", "feed_entries", "reposts", "likes", "profiles", "post_tags",
    "activity_clocks",
)  # fmt: skip
DAYS = {"page 1": 0, "2 days back": 2, "90 days back": 90}


def cursor_before(connection: Connection, days: int) -> str | None:
    """A cursor of the home feed so many days before the newest entry; None for none."""
    row = connection.execute(
        "select private.encode_cursor('home_feed', entry.id::text) as cursor"
        " from private.feed_entries as entry"
        " order by entry.id desc"
        " offset (select count(*) from private.feed_entries) * %s / 365 limit 1",
        [days],
    ).fetchone()
    assert row is not None
    return str(row["cursor"]) if days else None


@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("degree", SIZE.degrees)
def test_a_page_of_the_home_feed_touches_few_buffers(
    degree: int,
    days: int,
    reader: Session,
    community: Connection,
    readers_of: dict[int, list[UUID]],
) -> None:
    cursor = cursor_before(community, days)
    for person in readers_of[degree]:
        reader.become(str(person))
        for _ in range(2):  # the first call of a session reads the catalog too
            assert reader.run(HOME, cursor).ntuples == 20
        assert reader.explain(HOME, cursor) <= 1600


@pytest.mark.parametrize("name", LISTS)
def test_a_deep_page_touches_no_more_than_the_first(
    name: str, reader: Session, readers_of: dict[int, list[UUID]]
) -> None:
    reader.become(str(readers_of[10][0]))
    cursor: str | None = None
    pages = []
    for _ in range(10):
        page = reader.run(LISTS[name], cursor)
        pages.append(reader.explain(LISTS[name], cursor))
        last = page.get_value(page.ntuples - 1, page.nfields - 1)
        assert last is not None
        cursor = last.decode()
    assert max(pages) <= 600
    assert pages[-1] <= 1.5 * pages[0] + 50


@pytest.mark.parametrize("days", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("degree", SIZE.degrees)
def test_no_plan_of_the_home_feed_reads_a_large_table_whole(
    degree: int,
    days: int,
    explained: tuple[psycopg.Connection, list[str]],
    community: Connection,
    readers_of: dict[int, list[UUID]],
) -> None:
    connection, plans = explained
    claims = json.dumps({"sub": str(readers_of[degree][0]), "role": "authenticated"})
    connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
    cursor = cursor_before(community, days)
    plans.clear()
    psycopg.RawCursor(connection).execute(HOME, [cursor])
    said = "\n".join(plans)
    assert re.findall(rf"Seq Scan on ({'|'.join(LARGE)})\b.*", said) == []
    assert "Index Scan using posts_pkey on posts" in said
    walks = "Index Only Scan using feed_entries_stream on feed_entries"
    merges = "Index Only Scan Backward using feed_entries_pkey on feed_entries"
    assert (walks in said) == (degree >= 100)
    assert (merges in said) == (degree < 100)


def test_a_lonely_follower_of_the_busiest_does_not_walk_the_stream(
    explained: tuple[psycopg.Connection, list[str]], community: Connection
) -> None:
    """One account has made every entry: those of others are still looked for by the key."""
    connection, plans = explained
    row = community.execute(
        "select id from public.profiles where username = 'reader_10_1'"
    ).fetchone()
    assert row is not None
    claims = json.dumps({"sub": str(row["id"]), "role": "authenticated"})
    with connection.transaction(force_rollback=True):
        connection.execute("set local session_replication_role = replica")
        connection.execute(
            "update private.feed_entries set actor_id ="
            " (select id from public.profiles where username = 'person_1')"
        )
        connection.execute("delete from public.follows where follower_id = %s", [row["id"]])
        connection.execute("analyze private.feed_entries")
        connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
        plans.clear()
        connection.execute("select * from public.home_feed()")
    assert "using feed_entries_stream" not in "\n".join(plans)
