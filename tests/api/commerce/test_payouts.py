"""What sellers have earned reaches them: what is due, once, and back again when it fails."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from devstack.parts.postgres import SUPERUSER
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.ledger import balance, post
from tests.payouts import ALWAYS, claim, ready, record, sell, standing
from tests.races import race, refusals
from tests.schema.counters import counter_laws


def refund(db: Connection, order: uuid.UUID, amount: int, name: str = "ada") -> None:
    """Take something back of what an order earned somebody."""
    # What is taken of an order for a debt does the same to it.
    cause = f"{order}:{uuid.uuid4()}"
    post(db, "debt_settled", cause, {"provider": -amount, f"seller {name}": amount})


def test_what_is_due_goes_out_an_order_a_transfer(db: Connection, ada: Actor) -> None:
    ready(db)
    orders = {sell(db, 900): 900, sell(db, 600): 600}
    post(db, "royalties", "2026-03:1", {"royalties": 55, "seller ada": -55})
    payout = ada.call("request_payout", currency="usd")
    assert (payout["amount_minor"], payout["status"], payout["currency"]) == (1555, "open", "USD")
    assert standing(db) == (0, 1555)
    transfers = claim(db)
    of_orders = {each["transfer_group"]: each["amount_minor"] for each in transfers}
    assert of_orders == {
        **{str(order): amount for order, amount in orders.items()}, f"payout:{payout['id']}": 55,
    }  # fmt: skip
    assert {each["account_id"] for each in transfers} == {"acct_ada"}
    assert [each["key"] for each in transfers] == [
        f"transfer:{each['transfer_id']}" for each in transfers
    ]
    assert claim(db) == []
    for transfer in transfers:
        assert ada.rows("my_payouts")[0]["status"] == "open"
        assert [record(db, transfer) for _ in range(2)] == ["sent", "sent"]
    assert standing(db) == (0, 0)
    assert balance(db, "stripe_clearing") == 1500 - 1555
    (row,) = ada.rows("my_payouts")
    assert (row["status"], row["amount_minor"]) == ("paid", 1555)
    (told,) = ada.rows("my_notifications")
    assert (told["kind"], told["actors"]) == ("payout", [])
    assert told["data"] == {"amount_minor": 1555, "currency": "USD"}
    assert counter_laws(db) == []


def test_sales_are_held_for_seven_days_and_ten_is_not_enough(db: Connection, ada: Actor) -> None:
    ready(db)
    sell(db, 1000)
    sell(db, 5000, days_ago=6)
    with refused(409, "nothing_to_pay_out") as caught:
        ada.call("request_payout", currency="USD")
    assert caught.value.diag.message_hint == "1000"
    (told,) = ada.call("my_earnings", **ALWAYS)["balances"]
    assert told == {
        "currency": "USD", "payable_minor": 6000, "held_minor": 5000, "in_transit_minor": 0,
        "owed_to_platform_minor": 0,
    }  # fmt: skip
    sell(db, 1)
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 1001
    assert standing(db) == (5000, 1001)


def test_the_minimum_is_of_whole_units_of_a_currency(db: Connection, ada: Actor) -> None:
    ready(db)
    sell(db, 11, currency="JPY")
    sell(db, 10_000, currency="KWD")
    assert ada.call("request_payout", currency="JPY")["amount_minor"] == 11
    with refused(409, "nothing_to_pay_out"):
        ada.call("request_payout", currency="KWD")
    for currency in ("ZZZ", "", None):
        with refused(404, "currency_not_found"):
            ada.call("request_payout", currency=currency)


def test_who_cannot_be_paid_asks_in_vain(db: Connection, ada: Actor, ben: Actor) -> None:
    sell(db, 5000)
    for somebody in (ada, ben):
        with refused(402, "seller_not_ready"):
            somebody.call("request_payout", currency="USD")
    assert actor(db, "service").call("backend.open_due_payouts") == 0


def test_one_payout_is_open_at_a_time(db: Connection, ada: Actor) -> None:
    ready(db)
    sell(db, 5000)
    ada.call("request_payout", currency="USD")
    sell(db, 5000)
    with refused(409, "payout_open"):
        ada.call("request_payout", currency="USD")
    (claimed,) = claim(db)
    record(db, claimed)
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 5000
    first, second = ada.rows("my_payouts")
    assert [row["id"] for row in ada.rows("my_payouts", after=first["cursor"])] == [second["id"]]


def test_what_fails_is_payable_again(db: Connection, ada: Actor) -> None:
    ready(db)
    sell(db, 5000)
    ada.call("request_payout", currency="USD")
    (transfer,) = claim(db)
    for _ in range(2):
        assert record(db, transfer, "failed") == "failed"
    assert standing(db) == (5000, 0)
    assert ada.rows("my_payouts")[0]["status"] == "failed"
    assert ada.rows("my_notifications") == []
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 5000
    # What is found to have been made after all is, and no failure told late takes it back.
    assert record(db, transfer) == "sent"
    assert record(db, transfer, "failed") == "sent"
    assert standing(db) == (-5000, 5000)
    # Nor is it sent twice: what is open now is cut by it.
    assert claim(db) == []
    assert standing(db) == (0, 0)
    assert balance(db, "stripe_clearing") == 0
    assert counter_laws(db) == []


def test_one_that_fails_of_two_leaves_the_other(db: Connection, ada: Actor) -> None:
    ready(db)
    sell(db, 5000)
    sell(db, 700)
    ada.call("request_payout", currency="USD")
    good, bad = sorted(claim(db), key=lambda each: -each["amount_minor"])
    record(db, bad, "failed")
    record(db, good)
    (row,) = ada.rows("my_payouts")
    assert (row["status"], row["amount_minor"]) == ("paid", 5000)
    assert standing(db) == (700, 0)


def test_a_refund_takes_from_what_is_not_sent_yet(db: Connection, ada: Actor) -> None:
    ready(db)
    order, gone = sell(db, 5000), sell(db, 3000)
    ada.call("request_payout", currency="USD")
    refund(db, order, 1500)
    refund(db, gone, 3000)
    (transfer,) = claim(db)
    assert (transfer["transfer_group"], transfer["amount_minor"]) == (str(order), 3500)
    assert standing(db) == (0, 3500)
    # What the provider was asked for once is asked for again as it was.
    refund(db, order, 1000)
    db.execute("update private.transfers set leased_until = now()")
    assert claim(db)[0]["amount_minor"] == 3500
    record(db, transfer)
    assert standing(db) == (-1000, 0)
    assert ada.rows("my_payouts")[0]["amount_minor"] == 3500
    # What was sent too much is kept of what is sold next.
    sell(db, 2500)
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 1500
    assert counter_laws(db) == []


def test_the_schedule_pays_whoever_has_enough(db: Connection) -> None:
    service = actor(db, "service")
    for name, amount in (("ada", 5000), ("ben", 1000), ("cleo", 7000)):
        db.execute(
            "insert into public.artist_profiles (profile_id) values (%s) on conflict do nothing",
            [person_id(name)],
        )
        ready(db, name)
        sell(db, amount, name=name)
    db.execute("update private.settings set value = 0 where name = 'payouts_automatic'")
    assert service.call("backend.open_due_payouts") == 0
    db.execute("update private.settings set value = 1 where name = 'payouts_automatic'")
    assert [service.call("backend.open_due_payouts", size=10) for _ in range(2)] == [2, 0]
    assert {each["account_id"] for each in claim(db)} == {"acct_ada", "acct_cleo"}


def test_nothing_is_paid_out_while_commerce_is_switched_off(db: Connection, ada: Actor) -> None:
    service = actor(db, "service")
    for name in ("ada", "ben"):
        db.execute(
            "insert into public.artist_profiles (profile_id) values (%s) on conflict do nothing",
            [person_id(name)],
        )
        ready(db, name)
        sell(db, 5000, name=name)
    ada.call("request_payout", currency="USD")
    switch = "update public.feature_flags set is_enabled = %s where name = 'commerce'"
    db.execute(switch, [False])
    assert (service.call("backend.open_due_payouts"), claim(db)) == (0, [])
    assert (standing(db), standing(db, "ben")) == ((0, 5000), (5000, 0))
    db.execute(switch, [True])
    assert service.call("backend.open_due_payouts") == 1
    assert len(claim(db)) == 2


def test_who_was_refused_a_transfer_waits_a_day_or_asks(db: Connection, ada: Actor) -> None:
    ready(db)
    service = actor(db, "service")
    sell(db, 5000)
    assert service.call("backend.open_due_payouts") == 1
    (transfer,) = claim(db)
    record(db, transfer, "failed")
    assert standing(db) == (5000, 0)
    assert service.call("backend.open_due_payouts") == 0
    db.execute("update private.transfers set created_at = now() - interval '24 hours 1 second'")
    assert service.call("backend.open_due_payouts") == 1
    (transfer,) = claim(db)
    record(db, transfer, "failed")
    # She has mended it and does not wait.
    assert service.call("backend.open_due_payouts") == 0
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 5000


def test_a_seller_whom_stripe_does_not_pay_keeps_nobody_waiting(db: Connection) -> None:
    for name in ("ada", "cleo"):
        db.execute(
            "insert into public.artist_profiles (profile_id) values (%s) on conflict do nothing",
            [person_id(name)],
        )
        ready(db, name)
        for _ in range(3):
            sell(db, 2000, name=name)
        actor(db, name).call("request_payout", currency="USD")
    db.execute(
        "update private.artist_accounts set payouts_enabled = false where profile_id = %s",
        [person_id("ada")],
    )
    claimed = actor(db, "service").call("backend.claim_transfers", size=2)
    assert [each["account_id"] for each in claimed] == ["acct_cleo"] * 2
    assert [each["account_id"] for each in claim(db)] == ["acct_cleo"]


def test_what_a_seller_has_earned_is_summed_once_a_batch(database: Database) -> None:
    orders = 12
    with database.connect() as connection, connection.transaction():
        ready(connection)
        for _ in range(orders):
            sell(connection, 2000)
        actor(connection, "ada").call("request_payout", currency="USD")
        # What is below the minimum costs no sum at all.
        connection.execute(
            "insert into public.artist_profiles (profile_id) values (%s)", [person_id("cleo")]
        )
        ready(connection, "cleo")
        sell(connection, 900, name="cleo")

    def looks(connection: Connection) -> int:
        row = connection.execute(
            "select coalesce(sum(calls), 0)::int as calls from pg_stat_xact_user_functions"
            " where funcname = 'order_of_entry'"
        ).fetchone()
        assert row is not None
        return int(row["calls"])

    with database.connect(SUPERUSER, autocommit=False) as connection:
        connection.execute("set track_functions = 'pl'")
        connection.execute("select private.open_due_payouts(100)")
        assert looks(connection) == 0
        row = connection.execute("select private.claim_transfers(100) as claimed").fetchone()
        assert row is not None
        assert len(row["claimed"]) == orders
        # Each entry is looked at, and looked at again to be grouped: not once a transfer.
        assert 0 < looks(connection) <= 3 * orders


def test_two_who_ask_at_once_have_one_payout(database: Database) -> None:
    with database.connect() as connection, connection.transaction():
        ready(connection)
        sell(connection, 5000)

    def ask(connection: Connection) -> Any:
        return actor(connection, "ada").call("request_payout", currency="USD")

    def run(connection: Connection) -> Any:
        return actor(connection, "service").call("backend.open_due_payouts")

    outcomes = race(database, [ask, ask, ask, ask, run, run])
    assert set(refusals(outcomes)) <= {("PT409", "payout_open")}
    with database.connect() as connection:
        assert standing(connection) == (0, 5000)
        assert connection.execute("select from public.payouts").rowcount == 1


def test_functions_at_once_make_each_transfer_once(database: Database) -> None:
    with database.connect() as connection, connection.transaction():
        ready(connection)
        for _ in range(30):
            sell(connection, 2000)
        actor(connection, "ada").call("request_payout", currency="USD")

    def work(connection: Connection) -> list[int]:
        made = []
        while found := actor(connection, "service").call("backend.claim_transfers", size=3):
            for transfer in found:
                record(connection, transfer)
                made.append(transfer["transfer_id"])
        return made

    outcomes = race(database, [work] * 5)
    assert [each for each in outcomes if isinstance(each, psycopg.Error)] == []
    made = [number for each in outcomes for number in each]
    assert len(made) == len(set(made)) == 30
    with database.connect() as connection:
        assert standing(connection) == (0, 0)
        assert actor(connection, "ada").rows("my_payouts")[0]["status"] == "paid"
        assert counter_laws(connection) == []


def test_a_refund_while_it_is_paid_out_leaves_every_cent_accounted_for(database: Database) -> None:
    with database.connect() as connection, connection.transaction():
        ready(connection)
        orders = [sell(connection, 2000) for _ in range(8)]

    def pay(connection: Connection) -> None:
        actor(connection, "ada").call("request_payout", currency="USD")
        for transfer in claim(connection):
            record(connection, transfer)

    def give_back(order: uuid.UUID) -> Any:
        return lambda connection: refund(connection, order, 500)

    race(database, [pay, *[give_back(order) for order in orders]])
    with database.connect() as connection:
        payable, moving = standing(connection)
        row = connection.execute(
            "select coalesce(sum(amount_minor), 0)::bigint as sent from private.transfers"
            " where status = 'sent'"
        ).fetchone()
        assert row is not None
        # 16 000 were sold and 4 000 given back: what was sent and what is owed come to the rest.
        assert payable + moving + row["sent"] == 12_000
        assert moving == 0
        assert balance(connection, "stripe_clearing") == 12_000 - row["sent"]
        assert counter_laws(connection) == []


def test_earnings_are_told_by_month_and_source(db: Connection, ada: Actor, ben: Actor) -> None:
    ready(db)
    sell(db, 2000, days_ago=40)
    post(db, "royalties", "2026-03:1", {"royalties": 70, "seller ada": -70})
    ada.call("request_payout", currency="USD")
    told = ada.call("my_earnings", **ALWAYS)["earned"]
    by_source: dict[str, int] = {}
    for row in told:
        by_source[row["source"]] = by_source.get(row["source"], 0) + row["amount_minor"]
    assert by_source == {"sales": 2000, "streams": 70}
    assert len({row["month"] for row in told}) == 2
    assert ben.call("my_earnings", **ALWAYS) == {"earned": [], "balances": []}
    future = ada.call("my_earnings", from_day=date(2190, 1, 1), to_day=date(2190, 1, 2))
    assert future["earned"] == []
    for odd in ({"from_day": None}, {"to_day": date(2000, 1, 1)}, {"to_day": date(9999, 1, 1)}):
        with refused(422, "days_invalid"):
            ada.call("my_earnings", **{**ALWAYS, **odd})


def test_a_reward_in_money_is_told_and_paid_out_as_soon_as_it_is_given(
    db: Connection, ada: Actor
) -> None:
    ready(db)
    post(db, "reward", f"contest:7:{ada.id}", {"fees": 2500, "seller ada": -2500})
    told = ada.call("my_earnings", **ALWAYS)
    (earned,) = told["earned"]
    assert (earned["source"], earned["amount_minor"], earned["currency"]) == (
        "rewards", 2500, "USD",
    )  # fmt: skip
    (balances,) = told["balances"]
    assert (balances["payable_minor"], balances["held_minor"]) == (2500, 0)
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 2500
    (transfer,) = claim(db)
    record(db, transfer)
    assert standing(db) == (0, 0)
    assert ada.call("my_earnings", **ALWAYS)["earned"] == [earned]


def mirror(db: Connection, what: str, thing: dict[str, Any], *more: Any) -> str:
    """What becomes of a report of Stripe's."""
    listed = ", ".join(["%s"] * (1 + len(more)))
    row = db.execute(
        f"select private.mirror_{what}({listed}) as it", [Jsonb(thing), *more]
    ).fetchone()
    assert row is not None
    return str(row["it"])


def test_what_stripe_says_of_a_transfer_stands(db: Connection, ada: Actor) -> None:
    ready(db)
    sell(db, 5000)
    ada.call("request_payout", currency="USD")
    (transfer,) = claim(db)
    thing = {
        "id": "tr_9", "amount": 5000, "currency": "usd", "amount_reversed": 0,
        "metadata": {"transfer_id": str(transfer["transfer_id"])},
    }  # fmt: skip
    at = "2026-10-01"
    for odd in ({"amount": 4999}, {"currency": "eur"}):
        assert mirror(db, "transfer", {**thing, **odd}, at) == "quarantined"
    # Reversed before it is known to be made, and the reports in the wrong order.
    reports = [{**thing, "amount_reversed": 700}, thing, {**thing, "amount_reversed": 200}]
    assert [mirror(db, "transfer", each, at) for each in reports] == ["applied", "stale", "stale"]
    assert mirror(db, "transfer", {**thing, "id": "tr_8"}, at) == "quarantined"
    row = db.execute("select status, reversed_minor from private.transfers").fetchone()
    assert row == {"status": "sent", "reversed_minor": 700}
    strange: list[dict[str, Any]] = [{}, {"metadata": {}}, {"metadata": {"transfer_id": "999999"}}]
    for foreign in strange:
        assert mirror(db, "transfer", foreign, at) == "ignored"
    # What was taken back there is hers again, and was counted once.
    assert standing(db) == (700, 0)
    assert balance(db, "stripe_clearing") == 700


def test_what_stripe_says_of_an_account_stands(db: Connection, ada: Actor) -> None:
    service = actor(db, "service")
    opened = service.call("backend.onboarding", user_id=ada.id)
    assert opened == {"stripe_account_id": None, "email": "ada@backbeat.test", "country": None}
    for offered in ("acct_1", "acct_2"):
        told = service.call("backend.attach_account", user_id=ada.id, account_id=offered)
        assert told == "acct_1"
    on = {"id": "acct_1", "charges_enabled": True, "payouts_enabled": True}
    off = {"id": "acct_1", "charges_enabled": False, "payouts_enabled": False}
    reports = [(off, "2026-10-01"), (on, "2026-10-02"), (on, "2026-10-02"), (off, "2026-10-01")]
    assert [mirror(db, "account", *each) for each in reports] == [
        "applied", "applied", "stale", "stale",
    ]  # fmt: skip
    row = db.execute("select charges_enabled, payouts_enabled from private.artist_accounts")
    assert row.fetchone() == {"charges_enabled": True, "payouts_enabled": True}
    assert mirror(db, "account", off, "2026-10-03") == "applied"
    assert mirror(db, "account", {"id": "acct_x"}, "2026-10-03") == "ignored"


def test_only_artists_are_sellers(db: Connection, ben: Actor) -> None:
    service = actor(db, "service")
    with refused(403, "not_an_artist"):
        service.call("backend.onboarding", user_id=ben.id)
    with refused(403, "not_an_artist"):
        service.call("backend.attach_account", user_id=ben.id, account_id="acct_1")
    with refused(422, "provider_id_invalid"):
        service.call("backend.attach_account", user_id=ben.id, account_id="")


def test_a_payout_to_the_bank_that_comes_back_has_failed(db: Connection) -> None:
    ready(db)
    thing = {"id": "po_1", "amount": 100, "currency": "usd", "status": "paid"}
    failed = {**thing, "status": "failed", "failure_message": "no such account"}
    at = "2026-10-01"
    reports = [thing, failed, thing, failed]
    assert [mirror(db, "payout", each, at, "acct_ada") for each in reports] == [
        "applied", "applied", "stale", "stale",
    ]  # fmt: skip
    assert mirror(db, "payout", thing, at, "acct_x") == "ignored"
    assert mirror(db, "payout", {**thing, "status": "x"}, at, "acct_ada") == "quarantined"


@pytest.mark.parametrize(
    ("given", "status", "token"),
    [
        ({"transfer_id": 10**12}, 404, "transfer_not_found"),
        ({"status": "done"}, 422, "outcome_missing"),
        ({"stripe_transfer_id": None}, 422, "outcome_missing"),
    ],
    ids=str,
)
def test_how_a_transfer_went_is_said_in_words(
    given: dict[str, Any], status: int, token: str, db: Connection, ada: Actor
) -> None:
    ready(db)
    sell(db, 5000)
    ada.call("request_payout", currency="USD")
    (transfer,) = claim(db)
    said = {
        "transfer_id": transfer["transfer_id"], "stripe_transfer_id": "tr_1", "status": "sent",
    }  # fmt: skip
    with refused(status, token):
        actor(db, "service").call("backend.record_transfer", **{**said, **given})
