"""The outbox: at least once, one worker at a time, with patience, and never lost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, forbidden, refused
from tests.races import race, refusals


def enqueue(db: Connection, number: int = 1, topic: str = "letters") -> list[int]:
    rows = db.execute(
        "select private.enqueue(%s, jsonb_build_object('n', n)) as id"
        " from generate_series(1, %s) as n",
        [topic, number],
    ).fetchall()
    return [row["id"] for row in rows]


def message(db: Connection, identity: int) -> dict[str, Any]:
    row = db.execute(
        "select *, extract(epoch from next_attempt_at - clock_timestamp())::float as wait,"
        " extract(epoch from leased_until - clock_timestamp())::float as lease"
        " from private.outbox where id = %s",
        [identity],
    ).fetchone()
    assert row is not None
    return row


def let_pass(db: Connection, seconds: float) -> None:
    """As if so much time had gone by."""
    db.execute(
        "update private.outbox"
        " set next_attempt_at = next_attempt_at - make_interval(secs => %(s)s),"
        " leased_until = leased_until - make_interval(secs => %(s)s)",
        {"s": seconds},
    )


def claim(service: Actor, topic: str = "letters", size: int = 100) -> list[int]:
    return [row["id"] for row in service.rows("backend.claim_outbox", topic=topic, size=size)]


def finish(service: Actor, identity: int, ok: bool | None, error: str | None = None) -> str:
    return str(service.call("backend.finish_outbox", id=identity, ok=ok, error=error))


def kill(db: Connection, service: Actor, identity: int) -> None:
    """Fail a message as often as it takes to be given up."""
    for _ in range(8):
        let_pass(db, 4000)
        assert claim(service) == [identity]
        outcome = finish(service, identity, False, "unreachable")
    assert outcome == "dead"


def test_a_claimed_message_says_what_to_deliver(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    (row,) = service.rows("backend.claim_outbox", topic="letters")
    assert (row["id"], row["payload"], row["attempts"]) == (identity, {"n": 1}, 1)
    assert row["created_at"] is not None


def test_a_claimed_message_is_not_given_out_again_within_its_lease(
    db: Connection, service: Actor
) -> None:
    (identity,) = enqueue(db)
    assert claim(service) == [identity]
    assert 295 < message(db, identity)["lease"] <= 300
    let_pass(db, 299)
    assert claim(service) == []
    let_pass(db, 2)
    assert claim(service) == [identity]
    assert message(db, identity)["attempts"] == 2


def test_a_delivered_message_is_never_given_out_again(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    claim(service)
    assert finish(service, identity, True) == "delivered"
    let_pass(db, 1_000_000)
    assert claim(service) == []
    before = message(db, identity)["delivered_at"]
    for ok in (True, False, None):
        assert finish(service, identity, ok, "late") == "delivered"
    after = message(db, identity)
    assert (after["delivered_at"], after["last_error"]) == (before, None)


def test_failures_wait_twice_as_long_each_time_up_to_an_hour_and_the_eighth_is_the_last(
    db: Connection, service: Actor
) -> None:
    (identity,) = enqueue(db)
    waits = []
    for attempt in range(1, 9):
        assert claim(service) == [identity]
        outcome = finish(service, identity, False, f"failure {attempt}")
        row = message(db, identity)
        assert (row["attempts"], row["last_error"]) == (attempt, f"failure {attempt}")
        if attempt < 8:
            assert outcome == "waiting"
            waits.append(round(row["wait"]))
            let_pass(db, row["wait"] - 1)
            assert claim(service) == []
            let_pass(db, 2)
    assert waits == [30, 60, 120, 240, 480, 960, 1920]
    assert outcome == "dead"
    let_pass(db, 1_000_000)
    assert claim(service) == []


def test_the_wait_never_exceeds_an_hour(db: Connection, service: Actor, admiral: Actor) -> None:
    admiral.call("set_setting", name="outbox_attempts", value=100)
    (identity,) = enqueue(db)
    for _ in range(12):
        let_pass(db, 4000)
        claim(service)
        finish(service, identity, False)
    assert 3595 < message(db, identity)["wait"] <= 3600


def test_a_message_that_kills_its_worker_each_time_is_given_up_too(
    db: Connection, service: Actor
) -> None:
    (identity,) = enqueue(db)
    for _ in range(8):
        assert claim(service) == [identity]
        let_pass(db, 301)
    assert claim(service) == []
    (letter,) = service.rows("backend.dead_letters")
    assert (letter["id"], letter["attempts"]) == (identity, 8)
    assert letter["last_error"]
    assert service.call("backend.retry_dead_letter", id=identity) is True
    assert claim(service) == [identity]


def test_a_failure_told_twice_counts_once(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    claim(service)
    assert finish(service, identity, False, "first") == "waiting"
    before = message(db, identity)["next_attempt_at"]
    assert finish(service, identity, False, "again") == "waiting"
    row = message(db, identity)
    assert (row["next_attempt_at"], row["attempts"], row["last_error"]) == (before, 1, "first")


def test_a_late_success_counts_even_for_a_dead_letter(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    kill(db, service, identity)
    assert finish(service, identity, False, "again") == "dead"
    assert finish(service, identity, True) == "delivered"
    assert service.rows("backend.dead_letters") == []


def test_the_oldest_due_come_first_and_no_more_than_asked(db: Connection, service: Actor) -> None:
    identities = enqueue(db, 30)
    shuffled = identities[::2] + identities[1::2]
    for place, identity in enumerate(shuffled):
        db.execute(
            "update private.outbox set next_attempt_at = now() - make_interval(secs => %s)"
            " where id = %s",
            [1000 - place, identity],
        )
    assert claim(service, size=10) == shuffled[:10]
    assert claim(service, size=10) == shuffled[10:20]
    assert claim(service, size=100) == shuffled[20:]


@pytest.mark.parametrize(("size", "given"), [(None, 100), (0, 1), (-5, 1), (5000, 1000)])
def test_a_claim_and_the_list_of_the_dead_have_bounds(
    db: Connection, service: Actor, size: int | None, given: int
) -> None:
    enqueue(db, 1100)
    assert len(service.rows("backend.claim_outbox", topic="letters", size=size)) == given
    db.execute("update private.outbox set dead_at = now()")
    assert len(service.rows("backend.dead_letters", topic="letters", size=size)) == given


def test_topics_are_claimed_apart(db: Connection, service: Actor) -> None:
    (letter,) = enqueue(db, topic="letters")
    (push,) = enqueue(db, topic="push")
    assert claim(service, "push") == [push]
    assert claim(service, "nothing") == []
    assert claim(service, "letters") == [letter]
    with refused(422, "topic_missing"):
        service.rows("backend.claim_outbox", topic=None)


def test_what_is_not_due_yet_waits(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    let_pass(db, -60)
    assert claim(service) == []
    let_pass(db, 61)
    assert claim(service) == [identity]


def test_dead_letters_are_listed_oldest_first_by_topic(db: Connection, service: Actor) -> None:
    identities = enqueue(db, 3) + enqueue(db, 1, "push")
    db.execute("update private.outbox set dead_at = now(), last_error = 'lost', attempts = 8")
    listed = service.rows("backend.dead_letters")
    assert [row["id"] for row in listed] == identities
    assert (listed[0]["payload"], listed[0]["last_error"], listed[0]["attempts"]) == (
        {"n": 1},
        "lost",
        8,
    )
    assert [row["id"] for row in service.rows("backend.dead_letters", topic="push")] == [
        identities[-1]
    ]
    assert len(service.rows("backend.dead_letters", topic=None, size=2)) == 2
    assert len(service.rows("backend.dead_letters", topic=None, size=-1)) == 1


def test_a_retried_dead_letter_has_all_its_attempts_again(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    kill(db, service, identity)
    assert service.call("backend.retry_dead_letter", id=identity) is True
    assert service.call("backend.retry_dead_letter", id=identity) is False
    assert service.rows("backend.dead_letters") == []
    kill(db, service, identity)


def test_only_a_dead_letter_can_be_retried(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    assert service.call("backend.retry_dead_letter", id=identity) is False
    assert message(db, identity)["attempts"] == 0
    with refused(404, "message_not_found"):
        service.call("backend.retry_dead_letter", id=-1)


def test_finish_wants_a_message_and_an_outcome(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    with refused(404, "message_not_found"):
        finish(service, -1, True)
    with refused(404, "message_not_found"):
        service.call("backend.finish_outbox", id=None, ok=True)
    with refused(422, "outcome_missing"):
        finish(service, identity, None)


def test_what_was_delivered_is_kept_for_seven_days_and_what_was_not_for_ever(
    db: Connection, service: Actor, admiral: Actor
) -> None:
    old, newer, dead, waiting = enqueue(db, 4)
    db.execute("update private.outbox set created_at = now() - interval '1 year'")
    for identity, delivered, dies in (
        (old, "7 days 1 minute", None),
        (newer, "6 days 23 hours", None),
        (dead, None, "1 year"),
    ):
        db.execute(
            "update private.outbox set delivered_at = now() - %s::interval,"
            " dead_at = now() - %s::interval where id = %s",
            [delivered, dies, identity],
        )

    def kept() -> list[int]:
        return [row["id"] for row in db.execute("select id from private.outbox order by id")]

    assert claim(service, "another") == []
    assert kept() == [newer, dead, waiting]
    admiral.call("set_setting", name="outbox_kept_days", value=0)
    assert claim(service) == [waiting]
    assert kept() == [dead, waiting]


def test_a_long_error_is_cut(db: Connection, service: Actor) -> None:
    (identity,) = enqueue(db)
    claim(service)
    finish(service, identity, False, "x" * 100_000)
    assert message(db, identity)["last_error"] == "x" * 1000


def test_only_functions_reach_it(db: Connection, rooty: Actor, visitor: Actor) -> None:
    enqueue(db)
    calls: dict[str, dict[str, Any]] = {
        "claim_outbox": {"topic": "letters"},
        "finish_outbox": {"id": 1, "ok": True},
        "dead_letters": {},
        "retry_dead_letter": {"id": 1},
    }
    for somebody in (rooty, visitor):
        for function, arguments in calls.items():
            with forbidden():
                somebody.rows(f"backend.{function}", **arguments)


def test_a_message_of_a_transaction_that_fails_is_never_sent(database: Database) -> None:
    with database.connect() as connection, database.connect() as other:
        with connection.transaction(force_rollback=True):
            enqueue(connection)
            assert claim(actor(other, "service")) == []
        assert claim(actor(other, "service")) == []


def test_workers_at_once_share_the_messages_out(database: Database) -> None:
    with database.connect() as connection:
        identities = enqueue(connection, 300)

    def work(connection: Connection) -> list[int]:
        service = actor(connection, "service")
        mine: list[int] = []
        while batch := claim(service, size=7):
            assert len(batch) <= 7
            mine += batch
            for identity in batch:
                finish(service, identity, True)
        return mine

    outcomes = race(database, [work] * 8)
    assert refusals(outcomes) == []
    claimed = [
        identity for outcome in outcomes if isinstance(outcome, list) for identity in outcome
    ]
    # Who finds the rest taken by others at that moment stops; nothing is claimed twice or lost.
    with database.connect() as connection:
        claimed += claim(actor(connection, "service"), size=1000)
    assert sorted(claimed) == identities


def test_workers_who_only_claim_never_get_the_same_message(database: Database) -> None:
    with database.connect() as connection:
        identities = enqueue(connection, 160)
    outcomes = race(database, [lambda connection: claim(actor(connection, "service"), size=20)] * 8)
    assert refusals(outcomes) == []
    claimed = [
        identity for outcome in outcomes if isinstance(outcome, list) for identity in outcome
    ]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) <= set(identities)


def test_messages_about_a_person_who_is_erased_are_gone(db: Connection, service: Actor) -> None:
    db.execute(
        "select private.enqueue('letters', '{}', id) from public.profiles where username = 'ben'"
    )
    actor(db, "ben").call("delete_my_account", confirm_username="ben")
    db.execute("update private.account_deletions set erase_after = now()")
    (row,) = service.rows("backend.erase_due_accounts")
    assert row["is_erased"]
    assert claim(service) == []
