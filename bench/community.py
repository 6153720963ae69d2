"""What every suite stands on: P, pages as multiples of it, and pages at depth.

P is the floor of any page: 20 posts by primary key with their authors, one prepared query, as the
owner of the tables (no row security), other posts at each call. The RPCs are called as PostgREST
calls them: role authenticated and the claims of the reader, set for the session before the timing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

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
DEPTH = 200_000
Asked = tuple[str, Sequence[str | None]]
"""Who calls, and with which parameters."""


class Community:
    """One database, its owner, and whoever reads."""

    def __init__(self, url: str) -> None:
        self.owner = Session(url)
        self.reader = Session(url, "authenticated")

    def close(self) -> None:
        """Close both connections."""
        self.owner.close()
        self.reader.close()

    def value(self, statement: str, *parameters: str | None) -> str:
        """The one value of a query of the owner."""
        found = self.owner.run(statement, *parameters).get_value(0, 0)
        assert found is not None
        return found.decode()

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

    def page(self, name: str, statement: str, asked: Sequence[Asked]) -> tuple[Case, int]:
        """A page that each of these asks for in turn, and the most buffers it takes."""
        buffers = 0
        for person, parameters in asked:
            self.reader.become(person)
            for _ in range(2):
                if self.reader.run(statement, *parameters).ntuples == 0:
                    raise RuntimeError(f"{name} is empty for {person}")
            # The lesser of two: what empties a session's caches has the next call read the catalog.
            touched = min(self.reader.explain(statement, *parameters) for _ in range(2))
            buffers = max(buffers, touched)
        return (
            Case(
                name,
                lambda i: void(self.reader.run(statement, *asked[i % len(asked)][1])),
                lambda i: self.reader.become(asked[i % len(asked)][0]),
                backend=self.reader.backend,
            ),
            buffers,
        )


@dataclass(frozen=True)
class DeepList:
    """A list of 200 000 rows and more.

    call: $1 is the cursor, $2 what it is asked of. locate: finds the cursor at {depth}.
    """

    call: str
    locate: str
    asked: str | None = None


def depth(
    place: Place, lists: Mapping[str, DeepList], reader: str, number: int, rows: int = DEPTH
) -> list[Result]:
    """Lists at depth 200 000 against their own first pages; reader: a query for who reads."""
    deep = Community(place.url(place.deep))
    deep.reader.become(deep.value(reader))
    cases = []
    for name, wanted in lists.items():
        asked = [] if wanted.asked is None else [deep.value(wanted.asked)]
        cursor = deep.value(wanted.locate.format(depth=rows))
        for suffix, after in (("", None), (" deep", cursor)):
            if deep.reader.run(wanted.call, after, *asked).ntuples != 20:
                raise RuntimeError(f"{name}{suffix} is no full page")
            call = partial(deep.reader.run, wanted.call, after, *asked)
            cases.append(Case(name + suffix, lambda _, call=call: void(call())))  # type: ignore[misc]
    times = rounds(cases, number=number)
    return [
        Result(f"depth {rows:,}", name, ratio(times, f"{name} deep", name), 1.2, "× page 1")
        for name in lists
    ]


def void(_: object) -> None:
    """Nothing."""
