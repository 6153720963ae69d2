"""Credits buy months of Pro: those that end first, and never more than there are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, refused
from tests.races import race, refusals
from tests.schema.counters import counter_laws


def grant(
    db: Connection, somebody: Actor, amount: int, cause: str, ends_in: str = "1 year"
) -> None:
    """A lot of credits."""
    db.execute(
        "insert into public.credit_entries (user_id, kind, amount, cause, expires_at)"
        " values (%s, 'earned_quest', %s, %s, now() + %s::interval)",
        [somebody.id, amount, cause, ends_in],
    )


def grants(somebody: Actor) -> list[dict[str, Any]]:
    """The months they have, oldest first."""
    return [
        dict(row)
        for row in somebody.run(
            "select plan, source, starts_at, ends_at from public.entitlement_grants order by id"
        )
    ]


def test_a_hundred_credits_are_a_month_of_pro(db: Connection, ada: Actor) -> None:
    grant(db, ada, 130, "a")
    told = ada.call("redeem_credits", months=1)
    assert (told["plan"], told["balance"]) == ("pro", 30)
    (row,) = grants(ada)
    assert (row["plan"], row["source"]) == ("pro", "credits")
    assert datetime.fromisoformat(told["starts_at"]) == row["starts_at"] <= datetime.now(UTC)
    assert 28 <= (row["ends_at"] - row["starts_at"]).days <= 31
    assert ada.rows("credit_history")[0]["amount"] == -100
    assert ada.call("my_credits")["balance"] == 30


def test_months_begin_when_those_before_end(db: Connection, ada: Actor) -> None:
    grant(db, ada, 500, "a")
    for months in (1, 3, 1):
        ada.call("redeem_credits", months=months)
    rows = grants(ada)
    assert [row["starts_at"] for row in rows[1:]] == [row["ends_at"] for row in rows[:-1]]
    assert 89 <= (rows[1]["ends_at"] - rows[1]["starts_at"]).days <= 92
    assert ada.call("my_credits")["balance"] == 0


def test_what_is_sent_again_is_paid_for_once(db: Connection, ada: Actor, ben: Actor) -> None:
    for somebody in (ada, ben):
        grant(db, somebody, 500, "a")
    sent = "00000000-0000-4000-8000-000000000001"
    first = ada.call("redeem_credits", months=2, client_id=sent)
    assert ada.call("redeem_credits", months=2, client_id=sent) == first
    assert first["balance"] == 300
    assert len(grants(ada)) == 1
    # Another is another, and so is somebody else's.
    assert ada.call("redeem_credits", months=1, client_id=sent[:-1] + "2")["balance"] == 200
    assert ben.call("redeem_credits", months=1, client_id=sent)["balance"] == 400
    assert ada.call("redeem_credits", months=1)["balance"] == 100


def test_what_was_refused_may_be_sent_again(db: Connection, ada: Actor) -> None:
    sent = "00000000-0000-4000-8000-000000000001"
    with refused(402, "not_enough_credits"):
        ada.call("redeem_credits", months=1, client_id=sent)
    grant(db, ada, 100, "a")
    assert ada.call("redeem_credits", months=1, client_id=sent)["balance"] == 0


def test_what_is_over_is_not_stacked_upon(db: Connection, ada: Actor) -> None:
    db.execute(
        "insert into public.entitlement_grants (user_id, plan, source, starts_at, ends_at) values"
        " (%(ada)s, 'pro', 'staff', now() - interval '3 days', now() - interval '1 day'),"
        " (%(ada)s, 'studio', 'staff', now(), now() + interval '9 days')",
        {"ada": ada.id},
    )
    grant(db, ada, 100, "a")
    told = ada.call("redeem_credits", months=1)
    now = db.execute("select now()").fetchone()
    assert now is not None
    assert datetime.fromisoformat(told["starts_at"]) == now["now"]


def test_the_lots_that_end_first_are_spent_first(db: Connection, ada: Actor) -> None:
    for amount, cause, ends_in in (
        (60, "late", "9 days"), (70, "soon", "1 day"), (50, "later", "20 days"),
        (500, "over", "-1 second"),
    ):  # fmt: skip
        grant(db, ada, amount, cause, ends_in)
    ada.call("redeem_credits", months=1)
    left = {
        row["cause"]: row["unspent"]
        for row in db.execute(
            "select entry.cause, lot.unspent from private.credit_lots as lot"
            " join public.credit_entries as entry using (id)"
        ).fetchall()
    }
    assert left == {"soon": 0, "late": 30, "later": 50, "over": 500}
    # What is left of a lot is written off when it ends, no more.
    db.execute("alter table public.credit_entries disable trigger user")
    db.execute("update public.credit_entries set expires_at = now() where cause = 'late'")
    db.execute("alter table public.credit_entries enable trigger user")
    db.execute(
        "update private.credit_ends as ended set ends_at = lot.expires_at"
        " from public.credit_entries as lot where lot.id = ended.lot_id"
    )
    assert actor(db, "service").call("backend.expire_credits", size=10) == 2
    assert ada.call("my_credits")["balance"] == 50
    assert counter_laws(db) == []


def test_who_has_too_few_keeps_them(db: Connection, ada: Actor) -> None:
    grant(db, ada, 199, "a")
    grant(db, ada, 100, "over", "-1 second")
    with refused(402, "not_enough_credits"):
        ada.call("redeem_credits", months=2)
    assert grants(ada) == []
    assert ada.call("my_credits")["balance"] == 199


@pytest.mark.parametrize("months", [None, 0, -1, 13, 2_147_483_647])
def test_months_are_one_to_twelve(ada: Actor, months: int | None) -> None:
    with refused(422, "months_invalid"):
        ada.call("redeem_credits", months=months)


def test_twenty_at_once_with_credits_for_two_are_two(database: Database) -> None:
    with database.connect() as connection:
        grant(connection, actor(connection, "ada"), 130, "a", "1 day")
        grant(connection, actor(connection, "ada"), 120, "b", "2 days")

    def redeem(connection: Connection) -> Any:
        return actor(connection, "ada").call("redeem_credits", months=1)

    outcomes = race(database, [redeem] * 20)
    assert refusals(outcomes) == [("PT402", "not_enough_credits")] * 18
    with database.connect() as connection:
        first, second = grants(actor(connection, "ada"))
        assert first["ends_at"] == second["starts_at"]
        assert actor(connection, "ada").call("my_credits")["balance"] == 50
        assert counter_laws(connection) == []


def test_one_wish_that_is_sent_ten_times_at_once_is_paid_for_once(database: Database) -> None:
    with database.connect() as connection:
        grant(connection, actor(connection, "ada"), 300, "a")

    def redeem(connection: Connection) -> Any:
        sent = "00000000-0000-4000-8000-000000000001"
        return actor(connection, "ada").call("redeem_credits", months=1, client_id=sent)

    first, *others = race(database, [redeem] * 10)
    assert first["balance"] == 200
    assert others == [first] * 9
    with database.connect() as connection:
        assert len(grants(actor(connection, "ada"))) == 1
        assert counter_laws(connection) == []


def test_what_was_spent_whole_is_looked_at_once_more_and_never_again(
    db: Connection, ada: Actor
) -> None:
    grant(db, ada, 100, "a", "1 second")
    ada.call("redeem_credits", months=1)
    db.execute("update private.credit_ends set ends_at = now()")
    service = actor(db, "service")
    assert [service.call("backend.expire_credits", size=9) for _ in range(2)] == [1, 0]
    assert [row["kind"] for row in ada.rows("credit_history")] == [
        "redeemed_premium", "earned_quest",
    ]  # fmt: skip
