"""`python -m bench`: measure everything, write docs/bench/, exit 1 when a goal is missed."""

from __future__ import annotations

import argparse
import sys
from uuid import UUID

from bench import feed, load
from bench.brute_force import first_difference
from bench.generate import DEGREES, Size, readers
from bench.goals import Result, machine, table, write
from bench.place import Place, place
from devstack.processes import ROOT

INTRO = """\
# What the feed costs

Ratios of one run, measured by `make bench`: medians of {rounds} rounds, each with all cases in
a new random order. {machine}
{people:,} people with power-law follows, {posts:,} posts (growth: from {small:,}), {reposts:,}
reposts, {likes:,} likes.

P is the floor of any page: 20 random posts by primary key with their authors, one prepared query,
as the owner of the tables. RPCs are called as PostgREST calls them, as role authenticated with the
claims of the reader: one of eight who follow so many; every second one mutes three of them. Times
are measured at the client, over TCP, with role and claims set before."""
NOTES = """\
Buffers are the most that a page of any of the readers touches, after a vacuum. `set_like` and the
bare insert of the same row commit durably, each to another post; the bare table has the columns,
keys and rows of `likes`, but no triggers. PostgREST is compared with pgbench sending the statements
that PostgREST sends for the request, both with 8 connections."""


def equality(where: Place) -> list[Result]:
    """Rows at which home_feed differs from the brute-force feed: none."""
    with where.server.connect(where.big) as connection:
        people = [UUID(readers(connection, degree)[1]) for degree in DEGREES]
        difference = first_difference(connection, people, depth=500)
    if difference is not None:
        print(difference)
    return [Result("brute force", "feeds that differ", float(difference is not None), 0.5, "")]


def main() -> int:
    """Parse the command line and run the suites."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    suites = ("feed", "depth", "equality", "likes", "postgrest")
    parser.add_argument("suites", nargs="*", metavar="suite", help=", ".join(suites) + " (all)")
    parser.add_argument("--posts", type=int, default=2_000_000)
    parser.add_argument("--small-posts", type=int, help="what growth is measured from (a tenth)")
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=int, default=4, help="of each pgbench run")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    unknown = set(chosen.suites) - set(suites)
    if unknown:
        parser.error(f"unknown suite: {', '.join(sorted(unknown))}; there are {', '.join(suites)}")
    size = Size(
        people=chosen.people,
        posts=chosen.posts,
        reposts=chosen.posts // 2,
        likes=chosen.posts,
        seed=chosen.seed,
    )
    small = chosen.small_posts or size.posts // 10
    with place(size, small, say=lambda line: print(line, flush=True)) as where:
        run = {
            "feed": lambda: feed.home_feed(where, chosen.rounds),
            "depth": lambda: feed.depth(where, chosen.rounds),
            "equality": lambda: equality(where),
            "likes": lambda: load.likes(where, chosen.rounds, chosen.seconds),
            "postgrest": lambda: load.through_postgrest(where, chosen.rounds, chosen.seconds),
        }
        results: list[Result] = []
        for suite in suites:
            if not chosen.suites or suite in chosen.suites:
                print(f"suite {suite}", flush=True)
                results += run[suite]()
        about = machine(where.server.version())
    print(table(results))
    if not chosen.suites:
        intro = INTRO.format(
            rounds=chosen.rounds, machine=about, people=size.people, posts=size.posts, small=small,
            reposts=size.reposts, likes=size.likes,
        )  # fmt: skip
        write(ROOT / "docs" / "bench", "feed", intro, results, NOTES)
    missed = [result for result in results if not result.is_met]
    print(f"{len(results) - len(missed)} of {len(results)} goals met")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
