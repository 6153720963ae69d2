"""Whatever happens, boards are what a sort of all scores says, and pages of them are fair."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.boards import BEGAN, change, people, roll_up
from tests.database import Actor, Connection, actor, person_id
from tests.keyset import RUNS, fair, one_run
from tests.schema.counters.boards import LAWS

Scores = dict[uuid.UUID, tuple[int, datetime]]
FEW = settings(RUNS, max_examples=50)
KEPT = [law for law in LAWS if "ledger" not in law]


class Board:
    """The same changes, counted in Python."""

    def __init__(self) -> None:
        self.scores: dict[uuid.UUID, int] = defaultdict(int)
        self.times: dict[uuid.UUID, datetime] = {}

    def move(self, who: uuid.UUID, amount: int, at: datetime) -> None:
        self.scores[who] += amount
        self.times[who] = max(at, self.times.get(who, at))

    def order(self) -> list[uuid.UUID]:
        """Who stands on it, the first first."""
        standing = [who for who, score in self.scores.items() if score > 0]
        return sorted(standing, key=lambda who: (-self.scores[who], self.times[who], who))

    def rank(self, who: uuid.UUID) -> int:
        return 1 + sum(score > self.scores[who] for score in self.scores.values())


def bucket_of(score: int) -> int:
    """Where its bucket begins: at the highest score that has the same ten leading bits."""
    if score >= 2**42 - 1:
        return -(2**63 - 1)
    shift = max(score.bit_length() - 10, 0)
    return -((((score >> shift) + 1) << shift) - 1)


@given(st.integers(1, 2**62))
@RUNS
def test_buckets_hold_scores_in_their_order(db: Connection, score: int) -> None:
    row = db.execute(
        "select private.score_bucket(%(s)s) as bucket, private.score_bucket(%(s)s + 1) as next",
        {"s": score},
    ).fetchone()
    assert row == {"bucket": bucket_of(score), "next": bucket_of(score + 1)}
    assert row["next"] <= row["bucket"] <= -score


def test_buckets_are_right_at_every_power_of_two(db: Connection) -> None:
    for power in range(63):
        for score in {max(2**power + off, 1) for off in (-2, -1, 0, 1)}:
            row = db.execute("select private.score_bucket(%s) as bucket", [score]).fetchone()
            assert row == {"bucket": bucket_of(score)}


@given(st.uuids(), st.uuids())
@RUNS
def test_a_veil_is_lifted_by_its_key_alone(
    db: Connection, identity: uuid.UUID, key: uuid.UUID
) -> None:
    row = db.execute(
        "select private.veiled(%(id)s, %(key)s) as veiled,"
        " private.veiled(private.veiled(%(id)s, %(key)s), %(key)s, true) as back,"
        " private.veiled(private.veiled(%(id)s, %(key)s), gen_random_uuid(), true) as other",
        {"id": identity, "key": key},
    ).fetchone()
    assert row is not None
    assert row["back"] == identity
    assert identity not in (row["veiled"], row["other"])


@pytest.fixture
def crowd(db: Connection) -> list[uuid.UUID]:
    """Fourteen people, of whom two are private, and ben, who reads."""
    db.execute("delete from private.score_changes")
    made = people(db, 14)
    db.execute("update public.profiles set is_private = true where id = any (%s)", [made[3:5]])
    return [*made, person_id("ben")]


def act(
    db: Connection, board: Board, crowd: list[uuid.UUID], chance: random.Random, number: int
) -> None:
    """Some changes of points: few scores, high ones and equal ones, few moments."""
    done = []
    for _ in range(number):
        amount = chance.choice((1, 1, 2, 3, -1, -2, 700, 1_023, 1_024, 5_000, 5_001, 2**40))
        at = BEGAN + timedelta(seconds=chance.randrange(3))
        done.append((chance.choice(crowd), amount, at))
        board.move(*done[-1])
    change(db, done)


def read(reader: Actor, page_size: int) -> list[tuple[int, int, str | None]]:
    """All of a board by pages."""
    found = []
    after = None
    while page := reader.rows("leaderboard", board="points", after=after, page_size=page_size):
        found += [
            (row["rank"], row["score"], row["profile"] and row["profile"]["id"]) for row in page
        ]
        after = page[-1]["cursor"]
    return found


@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 16), st.integers(1, 9))
@FEW
def test_boards_are_what_a_sort_of_all_scores_says(
    db: Connection, crowd: list[uuid.UUID], seed: int, number: int, size: int, page_size: int
) -> None:
    chance, board = random.Random(seed), Board()
    private = {str(crowd[3]), str(crowd[4])}
    ben = actor(db, "ben")
    with one_run(db):
        for _ in range(3):
            act(db, board, crowd, chance, number)
            roll_up(db, size)
            order = board.order()
            whole = [
                (board.rank(who), board.scores[who], None if str(who) in private else str(who))
                for who in order
            ]
            assert read(ben, page_size) == whole
            mine = ben.call("my_rank", board="points")
            stands = ben.id in order
            assert (mine["rank"], mine["of"]) == (
                board.rank(ben.id) if ben.id and stands else None, len(order),
            )  # fmt: skip
            place = order.index(ben.id) if ben.id and stands else 0
            around = ben.rows("leaderboard_around_me", board="points", radius=2)
            near = whole[max(place - 2, 0) : place + 3] if stands else []
            assert [(row["rank"], row["score"]) for row in around] == [row[:2] for row in near]
            for law in KEPT:
                assert db.execute(LAWS[law].encode()).fetchall() == []


@given(st.integers(0, 2**32), st.integers(1, 6))
@FEW
def test_pages_are_fair_while_people_rise(
    db: Connection, crowd: list[uuid.UUID], seed: int, page_size: int
) -> None:
    chance, board = random.Random(seed), Board()
    moved: set[uuid.UUID] = set()
    ben = actor(db, "ben")
    db.execute("update public.profiles set is_private = false")
    with one_run(db):
        act(db, board, crowd, chance, 40)
        roll_up(db)
        before = board.order()
        seen = []
        after = None
        while page := ben.rows("leaderboard", board="points", after=after, page_size=page_size):
            seen += [uuid.UUID(row["profile"]["id"]) for row in page]
            after = page[-1]["cursor"]
            who = chance.choice(crowd)
            moved.add(who)
            change(db, [(who, chance.choice((-1, 1, 5_000)), BEGAN + timedelta(hours=1))])
            roll_up(db)
        fair(before, seen, (), moved)
