"""Money moves in entries that sum to zero, once each, and a balance is what they come to."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, Database, actor, refused
from tests.ledger import balance, post
from tests.races import race
from tests.schema.counters import counter_laws

SALE = {"provider": 1000, "fees": -100, "seller ada": -900}


def at_the_end(db: Connection) -> None:
    """What the end of the transaction does."""
    db.execute("set constraints all immediate")
    db.execute("set constraints all deferred")


def test_an_entry_moves_what_it_says(db: Connection) -> None:
    assert post(db, "sale", "1", SALE) is not None
    at_the_end(db)
    assert balance(db, "stripe_clearing") == 1000
    assert balance(db, "fees") == -100
    assert balance(db, "payable", "ada") == -900
    assert balance(db, "payable", "ben") == 0
    assert balance(db, "payable", "ada", currency="EUR") == 0


def test_the_same_cause_moves_nothing_twice(db: Connection) -> None:
    post(db, "sale", "1", SALE)
    assert post(db, "sale", "1", SALE) is None
    assert post(db, "sale", "1", {"provider": 5, "fees": -5}) is None
    assert balance(db, "stripe_clearing") == 1000
    post(db, "refund", "1", {"provider": -1000, "fees": 100, "seller ada": 900})
    assert balance(db, "stripe_clearing") == 0


def test_what_moves_nothing_is_no_entry(db: Connection) -> None:
    assert post(db, "sale", "1", {"provider": 0, "fees": 0}) is None
    assert post(db, "sale", "1", {}) is None
    assert post(db, "sale", "1", SALE) is not None


def test_postings_of_one_account_are_added_up(db: Connection) -> None:
    db.execute(
        "select private.post_entry('sale', '1', array["
        " row('provider', null, 'stripe_clearing', 'USD', 5),"
        " row('platform', null, 'fees', 'USD', -9),"
        " row('provider', null, 'stripe_clearing', 'USD', 4)]::private.posting[])"
    )
    assert [
        row["amount_minor"]
        for row in db.execute("select amount_minor from private.ledger_postings").fetchall()
    ] == [-9, 9]


@pytest.mark.parametrize(
    "amounts", [{"provider": 1}, {"provider": 1000, "fees": -999}, {"provider": -3, "fees": 2}]
)
def test_an_entry_that_does_not_sum_to_zero_is_refused(
    db: Connection, amounts: dict[str, int]
) -> None:
    post(db, "sale", "1", amounts)
    with pytest.raises(psycopg.errors.CheckViolation):
        at_the_end(db)


def test_currencies_do_not_sum_to_zero_with_each_other(db: Connection) -> None:
    db.execute(
        "select private.post_entry('sale', '1', array["
        " row('provider', null, 'stripe_clearing', 'USD', 5),"
        " row('platform', null, 'fees', 'EUR', -5)]::private.posting[])"
    )
    with pytest.raises(psycopg.errors.CheckViolation):
        at_the_end(db)


def test_nothing_can_be_put_to_an_entry_that_stands(db: Connection) -> None:
    identity = post(db, "sale", "1", SALE)
    at_the_end(db)
    db.execute(
        "insert into private.ledger_postings (transaction_id, account_id, amount_minor)"
        " select %s, id, 1 from private.ledger_accounts limit 1",
        [identity],
    )
    with pytest.raises(psycopg.errors.CheckViolation):
        at_the_end(db)


@pytest.mark.parametrize("table", ["ledger_transactions", "ledger_postings"])
@pytest.mark.parametrize(
    "statement",
    ["delete from private.{}", "update private.{} set id = default", "truncate private.{}"],
)
def test_nobody_changes_what_was_written(db: Connection, table: str, statement: str) -> None:
    post(db, "sale", "1", SALE)
    at_the_end(db)
    with pytest.raises((psycopg.errors.RestrictViolation, psycopg.errors.FeatureNotSupported)):
        db.execute(statement.format(table).encode())


@pytest.mark.parametrize(
    "statement",
    ["delete from private.ledger_accounts", "update private.ledger_accounts set owner_id = null"],
)
def test_an_account_stays_whose_it_is(db: Connection, statement: str) -> None:
    post(db, "sale", "1", SALE)
    with pytest.raises(psycopg.errors.RestrictViolation):
        db.execute(statement.encode())


@pytest.mark.parametrize(
    ("kind", "owner", "purpose"),
    [
        ("seller", None, "payable"),
        ("platform", "ada", "fees"),
        ("buyer", "ada", "payable"),
        ("nobody", None, "fees"),
    ],
)
def test_an_account_has_an_owner_and_a_purpose_that_fit(
    db: Connection, ada: Actor, kind: str, owner: str | None, purpose: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        db.execute(
            "insert into private.ledger_accounts (owner_kind, owner_id, purpose, currency)"
            " values (%s, %s, %s, 'USD')",
            [kind, ada.id if owner else None, purpose],
        )


def checkpoint(connection: Connection) -> int:
    """Run the chore; how many accounts it counted."""
    counted = actor(connection, "service").call("backend.checkpoint_balances", size=1000)
    assert isinstance(counted, int)
    return counted


def test_a_checkpoint_changes_no_balance_and_leaves_what_is_under_way(database: Database) -> None:
    with database.connect() as first, database.connect(autocommit=False) as slow:
        post(first, "sale", "1", SALE)
        # This transaction is older than the next, and ends after the checkpoint.
        post(slow, "sale", "2", SALE)
        post(first, "sale", "3", SALE)
        assert checkpoint(first) == 3
        assert (
            balance(first, "stripe_clearing"),
            balance(first, "payable", "ada"),
        ) == (2000, -1800)
        slow.commit()
        assert balance(first, "stripe_clearing") == 3000
        assert counter_laws(first) == []
        assert checkpoint(first) == 3
        counted = (
            "select counted_minor from private.ledger_accounts"
            " where counted_minor <> 0 order by counted_minor"
        )
        assert [row["counted_minor"] for row in first.execute(counted).fetchall()] == [
            -2700, -300, 3000,
        ]  # fmt: skip
        assert checkpoint(first) == 0
        assert counter_laws(first) == []


def test_a_database_restored_elsewhere_counts_anew(database: Database) -> None:
    with database.connect() as connection:
        post(connection, "sale", "1", SALE)
        checkpoint(connection)
        # As on a server whose transactions are numbered lower.
        connection.execute("update private.ledger_accounts set counted_to = '999999999'")
        checkpoint(connection)
        post(connection, "sale", "2", SALE)
        assert balance(connection, "stripe_clearing") == 2000
        assert counter_laws(connection) == []


def test_eight_at_once_post_each_cause_once(database: Database) -> None:
    def sell(connection: Connection) -> Any:
        posted = [post(connection, "sale", str(number), SALE) for number in range(25)]
        checkpoint(connection)
        return sum(identity is not None for identity in posted)

    outcomes = race(database, [sell] * 8)
    assert sum(outcomes) == 25
    with database.connect() as connection:
        assert balance(connection, "stripe_clearing") == 25_000
        assert counter_laws(connection) == []


def test_admins_switch_currencies_on(admiral: Actor, visitor: Actor, db: Connection) -> None:
    # The guilder of Curaçao and Sint Maarten was renewed, and both can be charged.
    for code in ("ANG", "XCG"):
        assert admiral.call("set_currency", code=code, is_enabled=False)["code"] == code
    told = admiral.call("set_currency", code="eur", is_enabled=True)
    assert (told["code"], told["exponent"], told["is_enabled"]) == ("EUR", 2, True)
    admiral.call("set_currency", code="EUR", is_enabled=True)
    rows = visitor.run("select code from public.currencies where is_enabled order by code")
    assert [row["code"] for row in rows] == ["EUR", "USD"]
    audited = db.execute(
        "select target_id from private.audit_events where action = 'currency_set'"
    ).fetchall()
    assert audited == [{"target_id": "EUR"}]


def test_others_do_not(ben: Actor, modesty: Actor, admiral: Actor) -> None:
    for somebody in (ben, modesty):
        with refused(403, "not_allowed"):
            somebody.call("set_currency", code="EUR", is_enabled=True)
    with refused(404, "currency_not_found"):
        admiral.call("set_currency", code="ZZZ", is_enabled=True)
    with refused(422, "value_missing"):
        admiral.call("set_currency", code="EUR", is_enabled=None)
