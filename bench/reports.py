"""What is measured: each report with its size, its suites and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench import (
    awards,
    boards,
    chat,
    commerce,
    fan_in,
    feed,
    lists,
    load,
    plays,
    rooms,
    sanctions,
    sessions,
    votes,
)
from bench.generate import Size
from bench.goals import Result
from bench.place import Place

MEASURED = """\
Ratios of one run, measured by `make bench`: medians of {rounds} rounds, each with all cases in
a new random order. {machine}"""
P = """\
P is the floor of any page: 20 random posts by primary key with their authors, one prepared query,
as the owner of the tables. RPCs are called as PostgREST calls them: role authenticated and the
claims of the reader. Times are measured at the client, over TCP; role and claims are set before."""
FEED = f"""\
# What the feed costs

{MEASURED}
{{size.people:,}} people with power-law follows, {{size.posts:,}} posts (growth: from a tenth),
{{size.reposts:,}} reposts, {{size.likes:,}} likes.

{P} The
readers are eight who follow so many; every second one mutes three of them."""
FEED_NOTES = """\
Buffers are the most that a page of any of the readers touches, after a vacuum. `set_like` and the
bare insert of the same row commit durably, each to another post; the bare table has the columns,
keys and rows of `likes`, but no triggers. PostgREST is compared with pgbench sending the statements
that PostgREST sends for the request, both with 8 connections."""
LISTS = f"""\
# What lists, plays and notifications cost

{MEASURED}
{{size.people:,}} people, {{size.rows:,}} each of comments, notifications, messages, crates, plays
and plays of crates (growth: from a tenth), {{size.posts:,}} posts.

{P} The
readers are eight, who have the same at both sizes: 40 conversations, 300 notifications, 200 or
1,000 crates, posts with about as many comments. What grows is everything around them."""
LISTS_NOTES = """\
Buffers are the most that a page of any of the readers touches, after a vacuum. A page of
comments_on brings the first three replies of each comment: up to 80 comments. `record_play`
and the bare insert of the row it stores commit durably, each for another listener and track. The
likes of the fan-in are told in one transaction."""

ROOMS = f"""\
# What rooms cost

{MEASURED}
{{size.rooms:,}} rooms of {{size.people:,}} people (growth: from a hundredth).

K is one room by primary key, P as in the other reports: 20 random posts by primary key with their
authors; prepared, as the owner of the tables. RPCs are called as PostgREST calls them: role
authenticated and the claims of the caller, eight readers who are in forty rooms each. The hall has
10,000 members, of whom 1,000 listen, the club 1,000: both are the same at every size, but for what
was said in the hall, three messages for each room there is."""
ROOMS_NOTES = """\
Buffers are the most that a call of any of the readers touches, after a vacuum. What is written is
taken back before the next call, outside the timing; what is said stays. `send_message` and the bare
insert of the row it stores commit durably; the bare table has the columns, keys and rows of
`messages`, but no triggers."""

SANCTIONS = f"""\
# What it costs that who is banned or muted is refused

{MEASURED}
At scale {{scale:g}}: {{size.rooms:,}} rooms of {{size.people:,}} people.

Beside the database a copy of it stands in which no sanction is ever in force and nothing asks
whether one is. `set_like` and `send_message` are called in both in turn, as PostgREST calls them:
role authenticated and the claims of the caller. Of both the CPU of the backend is counted, which
holds on a busy machine."""
SANCTIONS_NOTES = """\
Each call is another person's than the one before, likes are of five hundred posts and taken back
outside the timing; what is said stays. What a sanction costs is little more than one probe of the
partial index `sanctions_in_force`, for a like a look at a row that it reads anyway (decision 0150):
less than two runs differ by."""

SESSIONS = f"""\
# What sessions and votes cost

{MEASURED}
{{size.rooms:,}} rooms of {{size.people:,}} people, every fifth with a session (growth: from a
hundredth).

K is one room by primary key, prepared, as the owner of the tables. RPCs are called as PostgREST
calls them, by eight readers in turn. Times are measured at the client, over TCP; of growth the CPU
of the backend is counted, as the way to the client is no part of it. The hall, where votes decide,
has 10,000 members, of whom 1,000 listen; in the club there is a rotation of fifty, in the studio
one host. In each of the three fifty are queued, at every size.

T is the rate of bare inserts of the row of a vote, by 32 connections, each transaction another
person's, with role and claims set in it; it commits durably, a vote does not wait for the disk
(decision 0080)."""
SESSIONS_NOTES = """\
Buffers are the most that a state of any of the readers touches, after a vacuum. What is written is
rolled back outside the timing, but for the votes of the 32: they stay, and are counted afterwards.
The hot item and the one that is recounted have 20,000 votes before. A recount is the same RPC with
the counts made anew by each vote: it asks the same, stores the vote in a copy of the table of
votes, holds the item, counts in one look, writes and answers, in one durable transaction.
`advance_due_sessions` moves sessions of three to fifty queued tracks."""

BOARDS = f"""\
# What leaderboards cost

{MEASURED}
{{size.scored:,}} people on a board of log-normal scores (growth: from a tenth), while a hundred
awards a second are paid and counted.

K is one row of scores by primary key behind a door like those of the RPCs: a public function that
calls a private one, which asks who calls, as role authenticated. Times are measured at the client,
over TCP, those of Redis too."""
BOARDS_NOTES = """\
Buffers are the most that a call of any of fifty people touches, after a vacuum. Redis holds the
board as a sorted set, on the same machine and without writing to disk. A whole board is
`recount_board`: all its buckets, ranks and its first page made anew from its scores, against
`count(*)` of them, without parallel workers. A change is one of as many different people's."""
BOARDS_SIZE = Size(
    people=2_000, posts=2_000, reposts=0, likes=0, scored=1_000_000, degrees=(200,), depth=0
)

COMMERCE = f"""\
# What orders, payments and balances cost

{MEASURED}
{{size.orders:,}} orders of {{size.people:,}} people (growth: from a hundredth).

An order is of two sellers' things, a file and something that is counted and sent; each is another
person's. `apply_stripe_event` is told that an order which was placed just before is paid. Bare is a
transaction that inserts as many rows, copies of those the call has left, into copies of the same
tables, with their keys and checks, without triggers and foreign keys. Both commit durably, and are
timed at the client. K is one account of the ledger by primary key, in a function like that which
reads a balance; balances are of the eight who have sold the most, after a checkpoint."""
COMMERCE_NOTES = """\
Buffers are the most that a call of ten orders, of eight sellers or of eight readers who have
ordered three hundred times touches, after a vacuum; what runs at the commit is not in them."""
COMMERCE_SIZE = Size(
    people=20_000, posts=2_000, reposts=0, likes=0, orders=1_000_000, degrees=(200,), depth=0
)

ROOMS_SIZE = Size(
    people=20_000, posts=20_000, reposts=0, likes=0, rooms=100_000, degrees=(200,), depth=0
)


@dataclass(frozen=True)
class Run:
    """Where suites run, and how long."""

    place: Place
    rounds: int
    seconds: int


@dataclass(frozen=True)
class Report:
    """A page of docs/bench/: docs/bench/<name>.md and .svg. small: the share growth is from."""

    name: str
    size: Size
    intro: str
    suites: Mapping[str, Callable[[Run], list[Result]]]
    notes: str
    small: float = 0.1


REPORTS = (
    Report(
        "feed",
        Size(posts=2_000_000, reposts=1_000_000, likes=2_000_000),
        FEED,
        {
            "feed": lambda run: feed.home_feed(run.place, run.rounds),
            "depth": lambda run: feed.deep_feeds(run.place, run.rounds),
            "equality": lambda run: feed.equality(run.place),
            "likes": lambda run: load.likes(run.place, run.rounds, run.seconds),
            "postgrest": lambda run: load.through_postgrest(run.place, run.rounds, run.seconds),
        },
        FEED_NOTES,
    ),
    Report(
        "lists",
        Size(posts=200_000, reposts=100_000, likes=200_000, rows=2_000_000),
        LISTS,
        {
            "pages": lambda run: lists.lists(run.place, run.rounds),
            "deep-pages": lambda run: lists.deep_lists(run.place, run.rounds),
            "plays": lambda run: plays.record_play(run.place, run.rounds),
            "awards": lambda run: awards.award(run.place, run.rounds),
            "fan-in": lambda run: fan_in.fan_in_of_thousands(run.place),
        },
        LISTS_NOTES,
    ),
    Report(
        "rooms",
        ROOMS_SIZE,
        ROOMS,
        {
            "rooms": lambda run: rooms.growth(run.place, run.rounds),
            "chat": lambda run: chat.saying(run.place, run.rounds),
            "deep-rooms": lambda run: rooms.deep_rooms(run.place, run.rounds),
        },
        ROOMS_NOTES,
        small=0.01,
    ),
    Report(
        "sanctions",
        ROOMS_SIZE,
        SANCTIONS,
        {"sanctions": lambda run: sanctions.cost(run.place, run.rounds)},
        SANCTIONS_NOTES,
        small=0.01,
    ),
    Report(
        "sessions",
        ROOMS_SIZE,
        SESSIONS,
        {
            "states": lambda run: sessions.sessions(run.place, run.rounds),
            "due": lambda run: sessions.due(run.place, run.rounds),
            "votes": lambda run: votes.votes(run.place, run.rounds),
        },
        SESSIONS_NOTES,
        small=0.01,
    ),
    Report(
        "boards",
        BOARDS_SIZE,
        BOARDS,
        {
            "ranks": lambda run: boards.reading(run.place, run.rounds),
            "redis": lambda run: boards.against_redis(run.place, run.rounds),
            "roll-up": lambda run: boards.counting(run.place, run.rounds),
        },
        BOARDS_NOTES,
    ),
    Report(
        "commerce",
        COMMERCE_SIZE,
        COMMERCE,
        {"orders": lambda run: commerce.commerce(run.place, run.rounds)},
        COMMERCE_NOTES,
        small=0.01,
    ),
)
