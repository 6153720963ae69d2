"""Communities of any size, the same for the same seed: people who follow, post and talk.

Set-based, with triggers and foreign keys off (which takes a superuser), and with everything derived
that the triggers keep: counters, feed entries, clocks, tags, who did what one is notified of.
tests/bench/ holds a small one to the laws of the schema.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from devstack.parts.postgres import SUPERUSER, PostgresServer

SQL = Path(__file__).parent / "sql"
DEGREES = (10, 200, 2_000, 10_000)
TABLES = {
    "people": ("public.follows", "public.blocks", "public.mutes"),
    "posts": ("public.posts", "public.reposts", "public.likes", "private.feed_entries"),
    "talk": ("public.comments", "public.likes", "public.comment_reactions"),
    "catalogue": (
        "public.tracks", "private.play_claims", "public.crates", "public.crate_items",
        "private.crate_plays", "private.crate_trends",
    ),
    "notifications": ("public.notifications", "private.notification_actors"),
    "messages": ("public.direct_messages", "public.conversation_members"),
    "rooms": ("public.rooms", "public.room_members", "public.room_presence"),
    "sessions": ("public.queue_items", "public.queue_votes", "public.live_streams"),
    "boards": ("public.profiles", "private.board_scores"),
    "market": (
        "public.orders", "public.order_lines", "private.stripe_events", "private.payments",
        "private.line_payees", "public.download_grants", "private.ledger_transactions",
        "private.ledger_postings",
    ),
    "deep": ("public.follows", "public.posts", "public.likes", "private.feed_entries"),
    "deep_lists": ("public.comments", "public.crates", "public.direct_messages"),
}  # fmt: skip
"""What each part fills, as far as its indexes are better made afterwards."""
LISTS = ("catalogue", "talk", "notifications", "messages")
ROOMS = ("rooms", "chat", "sessions")
MARKET = ("market", "balances")
QUICK = {
    "session_replication_role": "replica",  # no triggers, no foreign keys
    "synchronous_commit": "off",
    "work_mem": "512MB",
    "maintenance_work_mem": "1GB",
    "jit": "off",
    "statement_timeout": "0",
}
Say = Callable[[str], None]


@dataclass(frozen=True)
class Size:
    """How big a community is.

    degrees: readers there are who follow exactly so many. rows: of comments, plays, crates,
    notifications and messages each, about; 0 for a community that only posts. scored: people on
    a leaderboard, beside the others. orders: of what artists sell. depth: 0 when no lists are read
    at depth.
    """

    people: int = 100_000
    posts: int = 2_000_000
    reposts: int = 1_000_000
    likes: int = 2_000_000
    rows: int = 0
    rooms: int = 0
    scored: int = 0
    orders: int = 0
    degrees: Sequence[int] = DEGREES
    readers_each: int = 8
    depth: int = 210_000
    seed: int = 1

    def part(self, share: float) -> Size:
        """The same people with a share of all they have done."""
        return replace(
            self,
            posts=round(self.posts * share),
            reposts=round(self.reposts * share),
            likes=round(self.likes * share),
            rows=round(self.rows * share),
            rooms=round(self.rooms * share),
            scored=round(self.scored * share),
            orders=round(self.orders * share),
        )

    def settings(self) -> dict[str, str]:
        """What the SQL reads with current_setting."""
        return {
            "bench.people": str(self.people),
            "bench.posts": str(self.posts),
            "bench.reposts": str(self.reposts),
            "bench.likes": str(self.likes),
            "bench.rows": str(self.rows),
            "bench.rooms": str(self.rooms),
            "bench.scored": str(self.scored),
            "bench.orders": str(self.orders),
            "bench.degrees": "{" + ",".join(str(degree) for degree in self.degrees) + "}",
            "bench.readers_each": str(self.readers_each),
            "bench.depth": str(self.depth),
            "bench.seed": str(self.seed),
        }


def make_people(server: PostgresServer, database: str, size: Size, say: Say = print) -> None:
    """Fill an empty database of the schema with people who follow, block and mute."""
    _run(server, database, size, ("functions", "people", "kept"), say)


def make_posts(server: PostgresServer, database: str, size: Size, say: Say = print) -> None:
    """Let the people of make_people post, talk, play, meet and trade, then vacuum everything."""
    parts = (*(LISTS if size.rows else ()), *(ROOMS if size.rooms else ()))
    boards = ("boards",) if size.scored else ()
    market = MARKET if size.orders else ()
    _run(server, database, size, ("posts", *parts, "progress", *boards, *market), say)
    _finish(server, database, say)


def make_deep_lists(server: PostgresServer, database: str, size: Size, say: Say = print) -> None:
    """Fill an empty database so that every list has `size.depth` rows."""
    _run(server, database, size, ("functions", "deep", "kept", "deep_lists", "progress"), say)
    _finish(server, database, say)


def readers(connection: psycopg.Connection[Any], degree: int) -> list[str]:
    """The ids of those who follow exactly `degree` people."""
    found = connection.execute(
        "select id::text from public.profiles where username like %s order by username",
        [f"reader\\_{degree}\\_%"],
    )
    return [str(identity) for (identity,) in found]


def _run(server: PostgresServer, database: str, size: Size, parts: Sequence[str], say: Say) -> None:
    with server.connect(database, SUPERUSER) as connection:
        for name, value in {**QUICK, **size.settings()}.items():
            connection.execute("select set_config(%s, %s, false)", [name, value])
        for part in parts:
            indexes = _drop_indexes(connection, TABLES.get(part, ()))
            for statement in _statements(part):
                _timed(say, statement, partial(connection.execute, statement.encode()))
            for index in indexes:
                _timed(say, index, partial(connection.execute, index.encode()))


def _finish(server: PostgresServer, database: str, say: Say) -> None:
    with server.connect(database, SUPERUSER) as connection:
        connection.execute("drop schema bench cascade")
        connection.execute("update public.feature_flags set is_enabled = true")
        connection.execute("set maintenance_work_mem = '1GB'")
        connection.execute("vacuum (full) public.profiles")
        connection.execute("vacuum (full) public.posts")
        _timed(say, "vacuum", lambda: connection.execute("vacuum (freeze, analyze)"))


def _statements(part: str) -> list[str]:
    text = (SQL / f"{part}.sql").read_text()
    return [statement.strip() for statement in text.split(";\n") if statement.strip()]


def _drop_indexes(connection: psycopg.Connection, tables: Sequence[str]) -> list[str]:
    """Drop what no constraint needs, as one sort at the end is cheaper, and return its SQL."""
    found = connection.execute(
        "select indexrelid::regclass::text, pg_get_indexdef(indexrelid) from pg_index"
        " where indrelid = any(%s::regclass[]) and not indisprimary"
        " and not exists (select from pg_constraint where conindid = indexrelid)",
        [list(tables)],
    ).fetchall()
    for name, _ in found:
        connection.execute(sql.SQL("drop index {}").format(sql.Identifier(*name.split("."))))
    return [definition for _, definition in found]


def _timed(say: Say, statement: str, work: Callable[[], object]) -> None:
    """Do it, and say what took longer than a second."""
    began = time.perf_counter()
    work()
    taken = time.perf_counter() - began
    if taken > 1:
        lines = [line for line in statement.splitlines() if not line.startswith("--")]
        say(f"  {taken:4.0f} s  {lines[0][:60]}")
