"""The feed suite: pages of feeds and lists as multiples of P, their growth and their buffers.

P is the floor of any page: 20 posts by primary key with their authors, one prepared query, as the
owner of the tables (no row security), other posts at each call. The RPCs are called as PostgREST
calls them: role authenticated and the claims of the reader, set for the session before the timing.
"""

from __future__ import annotations

import statistics
from functools import partial

from bench.generate import DEGREES, readers
from bench.goals import Result
from bench.measure import Case, Session, ratio, rounds
from bench.place import Place

FLOOR = """
select
  post.id, post.kind, post.body, post.media_paths, post.visibility,
  author.id, author.username, author.display_name, author.avatar_path,
  post.like_count, post.comment_count, post.repost_count, post.created_at, post.edited_at
from public.posts as post
join public.profiles as author on author.id = post.author_id
where post.id = any ($1::uuid[])
"""
HOME = "select * from public.home_feed(after => $1)"
BACK = {"page 1": None, "2 days back": "2025-12-30", "90 days back": "2025-10-03"}
DEPTH = 200_000
LISTS = {
    "global_feed": (
        "select * from public.global_feed(after => $1)",
        "select private.encode_cursor('global_feed', id::text) from public.posts"
        " order by id desc offset {depth} limit 1",
    ),
    "tag_feed": (
        "select * from public.tag_feed('deep', after => $1)",
        "select private.encode_cursor('tag_feed:deep', id::text) from public.posts"
        " order by id desc offset {depth} limit 1",
    ),
    "profile_feed": (
        "select * from public.profile_feed('hub', after => $1)",
        "select private.encode_cursor('profile_feed:' || author_id, id::text) from public.posts"
        " order by id desc offset {depth} limit 1",
    ),
    "followers": (
        "select * from public.followers('hub', after => $1)",
        "select private.encode_cursor('followers',"
        " jsonb_build_array(followee_id, created_at, follower_id)::text)"
        " from public.follows order by created_at desc offset {depth} limit 1",
    ),
    "my_likes": (
        "select * from public.my_likes('post', after => $1)",
        "select private.encode_cursor('my_likes:post',"
        " jsonb_build_array(created_at, target_id)::text)"
        " from public.likes order by created_at desc offset {depth} limit 1",
    ),
    "home_feed": (
        HOME,
        "select private.encode_cursor('home_feed', id::text) from private.feed_entries"
        " order by id desc offset {depth} limit 1",
    ),
}


class Community:
    """One database, its owner, and whoever reads."""

    def __init__(self, place: Place, database: str) -> None:
        self.owner = Session(place.url(database))
        self.reader = Session(place.url(database), "authenticated")

    def value(self, statement: str, *parameters: str | None) -> str:
        """The one value of a query of the owner."""
        found = self.owner.run(statement, *parameters).get_value(0, 0)
        assert found is not None
        return found.decode()

    def cursor(self, day: str | None) -> str | None:
        """A cursor of the home feed that stands at the beginning of a day."""
        if day is None:
            return None
        return self.value(
            "select private.encode_cursor('home_feed', (lpad(to_hex((extract(epoch from"
            " $1::timestamptz) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid::text)",
            day,
        )

    def floor(self) -> Case:
        """P."""
        ids = [
            str(identity)
            for (identity,) in self.owner.connection.execute(
                "select id from public.posts where deleted_at is null"
                " order by hashtextextended(id::text, 1) limit 4000"
            )
        ]
        pages = ["{" + ",".join(ids[at : at + 20]) + "}" for at in range(0, len(ids), 20)]

        def call(i: int) -> None:
            self.owner.run(FLOOR, pages[i * 7 % len(pages)])

        return Case("P", call)

    def home(self, name: str, degree: int, day: str | None) -> tuple[Case, int]:
        """A page of the home feed of those who follow so many, and the most buffers it takes."""
        people = readers(self.owner.connection, degree)
        cursor = self.cursor(day)
        buffers = 0
        for person in people:
            self.reader.become(person)
            for _ in range(2):
                self.reader.run(HOME, cursor)
            buffers = max(buffers, self.reader.explain(HOME, cursor))
        return (
            Case(
                name,
                lambda _: void(self.reader.run(HOME, cursor)),
                lambda i: self.reader.become(people[i % len(people)]),
            ),
            buffers,
        )


def void(_: object) -> None:
    """Nothing."""


def home_feed(place: Place, number: int) -> list[Result]:
    """Pages of the home feed as multiples of P, how they grow with ten times the posts, buffers."""
    big, small = Community(place, place.big), Community(place, place.small)
    cases, buffers = [big.floor()], {}
    for degree in DEGREES:
        for back, day in BACK.items():
            name = f"{degree:,} follows, {back}"
            case, buffers[name] = big.home(name, degree, day)
            cases.append(case)
        cases.append(small.home(f"{degree:,} follows, small", degree, None)[0])
    times = rounds(cases, number=number)
    results = [
        Result("home_feed", name, ratio(times, name, "P"), 3 if "page 1" in name else 6, "P")
        for name in buffers
    ]
    for degree in DEGREES:
        first, before = f"{degree:,} follows, page 1", f"{degree:,} follows, small"
        results.append(
            Result("growth", f"{degree:,} follows", ratio(times, first, before), 1.25, "×")
        )
    results += [Result("buffers", name, most, 1600, "buffers") for name, most in buffers.items()]
    floor = statistics.median(times["P"])
    print(f"P = {floor:.3f} ms")
    return results


def depth(place: Place, number: int, rows: int = DEPTH) -> list[Result]:
    """Lists at depth 200 000 against their own first pages."""
    deep = Community(place, place.deep)
    person = deep.value("select user_id::text from public.likes limit 1")
    deep.reader.become(person)
    cases = []
    for name, (query, locate) in LISTS.items():
        cursor = deep.value(locate.format(depth=rows))
        for suffix, after in (("", None), (" deep", cursor)):
            call = partial(deep.reader.run, query, after)
            cases.append(Case(name + suffix, lambda _, call=call: void(call())))  # type: ignore[misc]
    times = rounds(cases, number=number)
    return [
        Result(f"depth {rows:,}", name, ratio(times, f"{name} deep", name), 1.2, "× page 1")
        for name in LISTS
    ]
