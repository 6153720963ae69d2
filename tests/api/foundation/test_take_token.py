"""Token buckets: a burst passes, then one at a time, and everybody has a bucket of their own."""

from __future__ import annotations

import random
import time
import uuid

import psycopg
import pytest

from tests.database import Actor, Connection, Database, person_id, refused
from tests.races import race, refusals

# Two clocks, ours and the database's.
SLACK = 0.05


@pytest.fixture
def rule(db: Connection) -> None:
    """An action with a burst of three and a token back each 100 seconds."""
    make_rule(db)


with_rule = pytest.mark.usefixtures("rule")


def make_rule(connection: Connection, capacity: int = 3, refill_seconds: int = 100) -> None:
    connection.execute(
        "insert into private.rate_limit_rules values ('knock', %s, %s, 'Knocking')",
        [capacity, refill_seconds],
    )


def knocker(connection: Connection, name: str) -> Actor:
    """Somebody, inside a definer function: with their claims and the owner's rights."""
    return Actor(connection, name, person_id(name), "postgres")


def knock(connection: Connection, name: str = "ada") -> None:
    knocker(connection, name).run("select private.take_token('knock')")


def knock_at(connection: Connection, door: str, name: str = "ada") -> bool:
    """Knock at somebody's door, where that may be too often."""
    (row,) = knocker(connection, name).run(
        "select private.take_token('knock', %s, or_refuse => false) as passed", person_id(door)
    )
    assert isinstance(row["passed"], bool)
    return row["passed"]


def bucket(db: Connection, name: str = "ada") -> dict[str, object] | None:
    return db.execute(
        "select tokens, refilled_at from private.rate_limit_buckets"
        " where user_id = %s and action = 'knock'",
        [person_id(name)],
    ).fetchone()


def let_pass(db: Connection, seconds: float) -> None:
    """As if so much time had gone by."""
    db.execute(
        "update private.rate_limit_buckets"
        " set refilled_at = refilled_at - make_interval(secs => %s)",
        [seconds],
    )


@with_rule
def test_a_burst_passes_and_no_more(db: Connection) -> None:
    for _ in range(3):
        knock(db)
    for _ in range(3):
        with refused(429, "rate_limited"):
            knock(db)


@with_rule
def test_the_hint_says_how_many_seconds_to_wait(db: Connection) -> None:
    for _ in range(3):
        knock(db)
    with refused(429, "rate_limited") as caught:
        knock(db)
    assert caught.value.diag.message_hint == "100"
    let_pass(db, 40)
    with refused(429, "rate_limited") as caught:
        knock(db)
    assert caught.value.diag.message_hint == "60"
    let_pass(db, 59)
    with refused(429, "rate_limited") as caught:
        knock(db)
    assert caught.value.diag.message_hint == "1"


@with_rule
def test_who_waits_as_long_as_the_hint_says_passes_once(db: Connection) -> None:
    for _ in range(3):
        knock(db)
    let_pass(db, 100)
    knock(db)
    with refused(429, "rate_limited"):
        knock(db)


@with_rule
def test_a_bucket_never_holds_more_than_its_capacity(db: Connection) -> None:
    knock(db)
    let_pass(db, 1_000_000)
    for _ in range(3):
        knock(db)
    with refused(429, "rate_limited"):
        knock(db)


@with_rule
def test_a_clock_that_goes_back_gives_and_takes_nothing(db: Connection) -> None:
    knock(db)
    let_pass(db, -3600)
    before = bucket(db)
    knock(db)
    after = bucket(db)
    assert before is not None
    assert after == {"tokens": 1.0, "refilled_at": before["refilled_at"]}


@with_rule
def test_a_refused_call_takes_nothing(db: Connection) -> None:
    for _ in range(3):
        knock(db)
    let_pass(db, 50)
    before = bucket(db)
    for _ in range(5):
        with refused(429, "rate_limited"):
            knock(db)
    assert bucket(db) == before


@with_rule
def test_a_call_that_fails_later_takes_nothing(db: Connection) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        knocker(db, "ada").run("select private.take_token('knock'), 1 / (random() * 0)::int")
    assert bucket(db) is None


@with_rule
def test_two_people_do_not_share_a_bucket(db: Connection) -> None:
    for _ in range(3):
        knock(db, "ada")
    with refused(429, "rate_limited"):
        knock(db, "ada")
    knock(db, "ben")
    assert bucket(db, "ben") is not None


@with_rule
def test_two_actions_do_not_share_a_bucket(db: Connection) -> None:
    for _ in range(3):
        knock(db)
    knocker(db, "ada").run("select private.take_token('follow')")


@with_rule
def test_a_smaller_capacity_holds_at_once(db: Connection, admiral: Actor) -> None:
    knock(db)
    admiral.call("set_rate_limit", action="knock", capacity=1, refill_seconds=100)
    knock(db)
    with refused(429, "rate_limited"):
        knock(db)


@with_rule
def test_each_of_whom_an_action_is_about_has_a_bucket_of_their_own(db: Connection) -> None:
    assert [knock_at(db, "ben") for _ in range(4)] == [True, True, True, False]
    assert knock_at(db, "cleo")
    assert knock_at(db, "ben", "dan")
    for _ in range(3):
        knock(db)
    with refused(429, "rate_limited") as caught:
        knocker(db, "ada").run("select private.take_token('knock', %s)", person_id("ben"))
    assert caught.value.diag.message_hint == "100"


@with_rule
def test_a_bucket_of_somebody_else_is_taken_from_in_their_name(db: Connection) -> None:
    db.execute("select private.take_token('knock', taker_id => %s)", [person_id("ben")])
    assert bucket(db, "ben") is not None
    assert bucket(db) is None


@with_rule
def test_buckets_about_somebody_are_forgotten_once_they_are_full(
    db: Connection, service: Actor
) -> None:
    knock(db)
    knock_at(db, "ben")
    let_pass(db, 50)
    knock_at(db, "cleo")
    assert service.call("backend.forget_full_buckets") == 0
    let_pass(db, 50)
    assert [service.call("backend.forget_full_buckets", size=5) for _ in range(2)] == [1, 0]
    left = db.execute("select about_id from private.rate_limit_buckets order by 1").fetchall()
    assert [row["about_id"] for row in left] == sorted([uuid.UUID(int=0), person_id("cleo")])


def test_only_the_service_forgets_buckets(ada: Actor) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ada.call("backend.forget_full_buckets")


def test_an_action_without_a_rule_is_a_programming_error(db: Connection) -> None:
    with pytest.raises(psycopg.errors.NoDataFound):
        knocker(db, "ada").run("select private.take_token('no_such_action')")


def test_sixteen_connections_never_pass_more_than_the_burst(database: Database) -> None:
    with database.connect() as connection:
        make_rule(connection, capacity=20, refill_seconds=86_400)

    def knock_five_times(connection: Connection) -> int:
        passed = 0
        for _ in range(5):
            try:
                knock(connection)
                passed += 1
            except psycopg.Error as error:
                if error.diag.message_primary != "rate_limited":
                    raise
        return passed

    outcomes = race(database, [knock_five_times] * 16)
    assert refusals(outcomes) == []
    assert sum(outcome for outcome in outcomes if isinstance(outcome, int)) == 20


def test_nobody_reaches_the_buckets_directly(ada: Actor, service: Actor, visitor: Actor) -> None:
    for somebody in (ada, service, visitor):
        for statement in (
            "select * from private.rate_limit_buckets",
            "delete from private.rate_limit_buckets",
            "select private.take_token('follow')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                somebody.run(statement)


@with_rule
def test_a_bucket_knows_a_person_by_their_id_alone(db: Connection) -> None:
    knock(db)
    row = db.execute(
        "select user_id from private.rate_limit_buckets where action = 'knock'"
    ).fetchone()
    assert row is not None
    assert isinstance(row["user_id"], uuid.UUID)


@pytest.fixture
def exact_rule(db: Connection) -> None:
    """An action that passes three times in any 300 seconds."""
    make_rule(db)
    db.execute("update private.rate_limit_rules set is_exact = true where action = 'knock'")


with_exact_rule = pytest.mark.usefixtures("exact_rule")


def grow_older(db: Connection, seconds: float) -> None:
    """As let_pass, for a rule that goes by the times of the last ones."""
    db.execute(
        "update private.rate_limit_buckets"
        " set refilled_at = refilled_at - step, last_times = array("
        " select taken - step from unnest(last_times) with ordinality as one (taken, place)"
        " order by place) from (select make_interval(secs => %s) as step) as given",
        [seconds],
    )


@with_exact_rule
def test_an_exact_rule_passes_its_number_in_any_span(db: Connection) -> None:
    chance, started, grown = random.Random("exact"), time.monotonic(), 0.0
    # Of each that passed, between which moments it did.
    moments: list[tuple[float, float]] = []
    for _ in range(120):
        seconds = chance.choice((0.5, 20.0, 45.0, 110.0, 290.0))
        grow_older(db, seconds)
        grown += seconds
        before, refusal = grown + time.monotonic() - started, None
        try:
            knock(db)
        except psycopg.Error as error:
            refusal = error.diag
        after = grown + time.monotonic() - started
        if refusal is None:
            moments.append((before, after))
            assert len(moments) < 4 or after - moments[-4][0] >= 300 - SLACK
            continue
        assert refusal.message_primary == "rate_limited"
        # The third last is not yet so old, and the hint says until when, in whole seconds.
        begun, ended = moments[-3]
        assert before - ended <= 300 + SLACK
        assert refusal.message_hint is not None
        hint = int(refusal.message_hint)
        assert 300 - (after - begun) - SLACK <= hint <= 300 - (before - ended) + 1 + SLACK
    assert len(moments) > 20


@with_exact_rule
def test_an_exact_rule_counts_apart_what_is_about_others(db: Connection, service: Actor) -> None:
    assert [knock_at(db, "ben") for _ in range(4)] == [True, True, True, False]
    assert knock_at(db, "cleo")
    # A bucket is full again, and may go, when the last has gone from the span.
    grow_older(db, 240)
    assert service.call("backend.forget_full_buckets") == 0
    assert [knock_at(db, "cleo") for _ in range(3)] == [True, True, False]
    grow_older(db, 60)
    assert service.call("backend.forget_full_buckets") == 1


@with_exact_rule
def test_an_exact_rule_may_be_tuned(db: Connection, admiral: Actor) -> None:
    for _ in range(3):
        knock(db)
    admiral.call("set_rate_limit", action="knock", capacity=5, refill_seconds=100)
    knock(db)
    admiral.call("set_rate_limit", action="knock", capacity=2, refill_seconds=100)
    with refused(429, "rate_limited"):
        knock(db)
    grow_older(db, 201)
    knock(db)
    knock(db)
    with refused(429, "rate_limited"):
        knock(db)
    # Too many to be remembered one by one are limited as by any other rule.
    admiral.call("set_rate_limit", action="knock", capacity=1001, refill_seconds=1)
    db.execute("update private.rate_limit_buckets set refilled_at = refilled_at - interval '1 s'")
    knock(db)


def test_of_many_at_once_an_exact_rule_passes_its_number(database: Database) -> None:
    with database.connect() as owner:
        make_rule(owner)
        owner.execute("update private.rate_limit_rules set is_exact = true where action = 'knock'")
        outcomes = race(database, [knock] * 12)
        assert refusals(outcomes) == [("PT429", "rate_limited")] * 9
