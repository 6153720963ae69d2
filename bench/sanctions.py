"""The sanctions suite: what it costs a write to be refused to who is banned or muted.

Beside the database with rooms a copy of it stands in which nobody can be: no sanction is in force
there, which the planner sees and asks nothing, no trigger looks at who writes, and `set_like` does
not look on the card either. All else is the same. Each act is made in both in turn; of both the CPU
of the backend is counted, which holds on a machine that is busy with other things too.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg

from bench.community import void
from bench.goals import Result
from bench.measure import Case, ratio, rounds
from bench.place import Place
from bench.rooms import HALL, Rooms
from devstack.parts.postgres import SUPERUSER

COPY = "bench_without_sanctions"
NOTHING_IN_FORCE = """
create or replace view private.sanctions_in_force with (security_invoker = true) as
select sanction.user_id, sanction.kind, sanction.room_id, sanction.until
from public.sanctions as sanction
where false
"""
LOOK_AT_WHO_WRITES = """
select format('drop trigger %I on %s', tgname, tgrelid::regclass)
from pg_trigger
where tgfoid = 'private.tg__refuse_muted'::regproc
"""
SET_LIKE = "select pg_get_functiondef('private.set_like(text, uuid, boolean)'::regprocedure)"
UNTIL = " and coalesce(person.banned_until <= now(), true)"
"""How set_like asks: of a row that it reads for the rest."""
LIKE = "select public.set_like('post', $1::uuid, true)"
UNLIKE = "select public.set_like('post', $1::uuid, false)"
SEND = "select * from public.send_message($1::uuid, 'What a track, who is it by?')"
# Of people whom everybody sees.
POSTS = """
select post.id::text
from public.posts as post
join public.profiles as author on author.id = post.author_id and not author.is_private
where post.visibility = 'public'
  and post.deleted_at is null
  and not exists (select from private.hidden_profiles as hidden where hidden.profile_id = author.id)
  and not exists (
    select from public.blocks as block where author.id in (block.blocker_id, block.blocked_id)
  )
order by hashtextextended(post.id::text, 1) limit 500
"""
MOST = 1.1
"""How much dearer a write may be for it."""


def disarm(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Let no sanction be in force, and nothing ask for one."""
    connection.execute(NOTHING_IN_FORCE.encode())
    for (statement,) in connection.execute(LOOK_AT_WHO_WRITES.encode()).fetchall():
        connection.execute(str(statement).encode())
    (written,) = connection.execute(SET_LIKE.encode()).fetchone() or ("",)
    if UNTIL not in str(written):
        raise RuntimeError("set_like asks for bans in another way")
    connection.execute(str(written).replace(UNTIL, "").encode())


@contextmanager
def without(place: Place) -> Iterator[Rooms]:
    """A copy of the big database, without them."""
    with place.server.connect("postgres", SUPERUSER) as connection:
        connection.execute(f"drop database if exists {COPY} with (force)".encode())
        connection.execute(f"create database {COPY} template {place.big}".encode())
        try:
            with psycopg.connect(place.url(COPY, SUPERUSER), autocommit=True) as owner:
                disarm(owner)
                owner.execute(b"vacuum (analyze)")
            with closing(Rooms(place.url(COPY), place.url(COPY, SUPERUSER))) as rooms:
                yield rooms
        finally:
            connection.execute(f"drop database if exists {COPY} with (force)".encode())


def cases(rooms: Rooms, suffix: str = "") -> list[Case]:
    """A like each time, taken back outside the timing, and a message in the hall."""
    hall, backend = rooms.room(HALL), rooms.reader.backend
    posts = [str(post) for (post,) in rooms.owner.connection.execute(POSTS.encode())]

    def become(i: int) -> None:
        rooms.reader.become(rooms.people[i % len(rooms.people)])

    def like(i: int) -> None:
        rooms.reader.run(LIKE, posts[i * 7 % len(posts)])

    def unlike(i: int) -> None:
        rooms.reader.run(UNLIKE, posts[i * 7 % len(posts)])

    def send(_: int) -> None:
        void(rooms.reader.run(SEND, hall))

    return [
        Case(f"set_like{suffix}", like, become, unlike, backend),
        Case(f"send_message{suffix}", send, become, None, backend),
    ]


def cost(place: Place, number: int) -> list[Result]:
    """set_like and send_message against themselves where nobody can be banned or muted."""
    bare = ", without"
    with (
        without(place) as free,
        closing(Rooms(place.url(place.big), place.url(place.big, SUPERUSER))) as rooms,
    ):
        times = rounds([*cases(rooms), *cases(free, bare)], number=number, calls=128, by_cpu=True)
    return [
        Result(name, "sanctions", ratio(times, name, name + bare), MOST, "× without")
        for name in ("set_like", "send_message")
    ]
