"""The fan-in suite: a post that ten thousand people like is one notification of its author's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from bench.goals import Result
from bench.place import Place

LIKERS = 10_000
STEP = 500
QUIET_POST = """
select post.id, post.author_id
from public.posts as post
where post.audience = 'public' and post.deleted_at is null and post.like_count = 0
  and post.author_id not in (select profile_id from private.hidden_profiles)
  and not exists (select from public.notifications as told where told.target_id = post.id)
order by post.id desc limit 1
"""
# What set_like does, for many people at once.
LIKE = """
with favour as (
  insert into public.likes (user_id, target_kind, target_id)
  select person.id, 'post', %(post)s
  from public.profiles as person
  where person.id <> %(author)s
    and person.id not in (select profile_id from private.hidden_profiles)
    and not private.is_blocked(person.id, %(author)s)
    and not exists (
      select from public.mutes as mute
      where mute.muter_id = %(author)s and mute.muted_id = person.id
    )
  order by person.id offset %(offset)s limit %(limit)s
  returning user_id, target_kind, target_id
),
queued as (
  insert into private.like_changes (user_id, target_kind, target_id)
  select favour.user_id, favour.target_kind, favour.target_id from favour
)
update public.posts as post
set like_count = post.like_count + (select count(*) from favour)
where post.id = %(post)s
"""
TOLD = """
select
  count(*) filter (where kind = 'like'),
  max(actor_count) filter (where kind = 'like'),
  max(cardinality(actor_ids)) filter (where kind = 'like'),
  count(*) filter (where kind = 'milestone')
from public.notifications
where recipient_id = %(author)s and target_id = %(post)s
"""


@dataclass(frozen=True)
class Told:
    """What an author was told: in rows, of people, as round numbers, and how long that took."""

    rows: int
    actors: int
    shown: int
    milestones: int
    seconds: float


def fan_in(connection: psycopg.Connection[Any], likers: int, size: int) -> Told:
    """Let so many people like a post nobody likes, and tell of it by so many at a time."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        row = cursor.execute(QUIET_POST).fetchone()
        assert row is not None
        about = {"post": row[0], "author": row[1]}
        cursor.execute("delete from private.like_changes")
        for offset in range(0, likers, STEP):
            limit = min(STEP, likers - offset)
            cursor.execute(LIKE, {**about, "offset": offset, "limit": limit})
        began = time.perf_counter()
        while cursor.execute("select private.notify_likes(%s)", [size]).fetchone() != (0,):
            pass
        seconds = time.perf_counter() - began
        row = cursor.execute(TOLD, about).fetchone()
        assert row is not None
        rows, actors, shown, milestones = row
        return Told(rows, actors, shown, milestones, seconds)


def fan_in_of_thousands(place: Place) -> list[Result]:
    """Ten thousand likes told in one transaction, against a thousand: rows, and time a like."""
    each = {}
    with place.server.connect(place.big) as connection:
        for likers in (LIKERS // 10, LIKERS):
            told = fan_in(connection, likers, likers)
            each[likers] = told.seconds / likers
            print(f"{likers:,} at once: {each[likers] * 1000:.3f} ms a like")
    growth = each[LIKERS] / each[LIKERS // 10]
    return [
        Result("fan-in of 10,000 likes", "notifications", told.rows, 1, "rows"),
        Result("fan-in of 10,000 likes", "people counted", told.actors, LIKERS, "people", True),
        Result("fan-in of 10,000 likes", "time a like", growth, 1.25, "× of 1,000 likes"),
    ]
