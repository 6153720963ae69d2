"""What was paid out and is to come back: fetched, taken at Stripe, or owed."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.database import Actor, Connection, actor, refused
from tests.ledger import balance
from tests.payouts import ALWAYS, claim, ready, record, standing
from tests.schema.counters import counter_laws
from tests.shop import Shop


def test_what_a_buyer_paid_reaches_the_seller_and_comes_back_with_a_refund(
    db: Connection, ada: Actor
) -> None:
    shop = Shop(db)
    product = shop.offer("ada", price_minor=3000)
    order = shop.buy("ben", product)
    db.execute("update private.artist_accounts set payouts_enabled = true")
    with refused(409, "nothing_to_pay_out"):
        ada.call("request_payout", currency="USD")
    db.execute("update private.settings set value = 0 where name = 'payout_held_days'")
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 3000
    (transfer,) = claim(db)
    assert transfer["transfer_group"] == order
    record(db, transfer)
    # All of it is given back at Stripe: what lies with the seller is fetched.
    assert shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    reversal = db.execute("select id, amount_minor from private.transfer_reversals").fetchone()
    assert reversal is not None
    assert reversal["amount_minor"] == 3000
    service = actor(db, "service")
    assert service.call("backend.reversal_to_make", reversal_id=reversal["id"]) == {
        "transfer_id": f"tr_{transfer['transfer_id']}", "amount_minor": 3000, "currency": "USD",
        "status": "due",
    }  # fmt: skip
    told = {
        "id": f"tr_{transfer['transfer_id']}", "amount": 3000, "currency": "usd",
        "amount_reversed": 3000, "metadata": {"transfer_id": str(transfer["transfer_id"])},
    }  # fmt: skip
    # Stripe tells of it before the function does, or after: it is the same.
    assert shop.event("transfer.reversed", told) == "applied"
    service.call(
        "backend.record_reversal",
        reversal_id=reversal["id"],
        stripe_reversal_id="trr_1",
        status="succeeded",
    )
    assert shop.event("transfer.reversed", told) == "stale"
    row = db.execute("select reversed_minor from private.transfers").fetchone()
    assert row == {"reversed_minor": 3000}
    assert standing(db) == (0, 0)
    assert balance(db, "stripe_clearing") == 0
    assert ada.call("my_earnings", **ALWAYS)["earned"][0]["amount_minor"] == 0
    assert counter_laws(db) == []


def paid_out(db: Connection, minor: int = 3000) -> tuple[Shop, str, str]:
    """Something of ada's was sold and paid out; the shop, the order and the transfer at Stripe."""
    shop = Shop(db)
    order = shop.buy("ben", shop.offer("ada", price_minor=minor))
    db.execute("update private.artist_accounts set payouts_enabled = true")
    db.execute("update private.settings set value = 0 where name = 'payout_held_days'")
    actor(db, "ada").call("request_payout", currency="USD")
    (transfer,) = claim(db)
    record(db, transfer)
    return shop, order, f"tr_{transfer['transfer_id']}"


def fetched(db: Connection, status: str, failure: str | None = None) -> int:
    """Ask for what is to be fetched back, and say how it went; how much it was."""
    (reversal,) = db.execute(
        "select id, amount_minor from private.transfer_reversals where status = 'due'"
    ).fetchall()
    service = actor(db, "service")
    told = service.call("backend.reversal_to_make", reversal_id=reversal["id"])
    assert told["status"] == "due"
    said = {"stripe_reversal_id": "trr_1" if status == "succeeded" else None, "failure": failure}
    service.call("backend.record_reversal", reversal_id=reversal["id"], status=status, **said)
    return int(told["amount_minor"])


def owing(db: Connection) -> int:
    """What ada owes the platform."""
    return balance(db, "owed_to_platform", "ada")


def reversed_at_stripe(shop: Shop, transfer: str, amount: int) -> dict[str, Any]:
    """What Stripe reports of a transfer of which so much was taken back in all."""
    number = transfer.removeprefix("tr_")
    thing = {
        "id": transfer, "amount": 3000, "currency": "usd", "amount_reversed": amount,
        "metadata": {"transfer_id": number},
    }  # fmt: skip
    return shop.report("transfer.reversed", thing)


@pytest.mark.parametrize("is_refunded_first", [False, True])
def test_who_had_it_taken_back_at_stripe_pays_for_a_refund_once(
    db: Connection, is_refunded_first: bool
) -> None:
    shop, order, transfer = paid_out(db)
    whole = shop.report("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    told = [reversed_at_stripe(shop, transfer, 3000), whole]
    for event in reversed(told) if is_refunded_first else told:
        assert shop.deliver(event) == "applied"
    assert standing(db) == (0, 0)
    assert balance(db, "stripe_clearing") == 0
    due = "select from private.transfer_reversals where status = 'due'"
    assert db.execute(due.encode()).fetchall() == []
    assert counter_laws(db) == []


@pytest.mark.parametrize("turns", [*itertools.permutations(range(3))], ids=str)
@pytest.mark.parametrize("status", ["succeeded", "failed"])
def test_what_is_taken_back_here_and_at_stripe_is_counted_once_in_any_order(
    db: Connection, status: str, turns: tuple[int, ...]
) -> None:
    shop, order, transfer = paid_out(db)
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"] // 2))
    service = actor(db, "service")
    (reversal,) = db.execute("select id from private.transfer_reversals").fetchall()
    service.call("backend.reversal_to_make", reversal_id=reversal["id"])
    # Staff take 500 there, and then what is asked for here is made, or is not.
    ours = 1500 if status == "succeeded" else 0
    told = [reversed_at_stripe(shop, transfer, minor) for minor in (500, 500 + ours)]
    for turn in turns:
        if turn == 2:
            service.call(
                "backend.record_reversal",
                reversal_id=reversal["id"],
                stripe_reversal_id="trr_1",
                status=status,
            )
        else:
            shop.deliver(told[turn])
    assert standing(db) == (500, 0)
    assert owing(db) == 1500 - ours
    assert balance(db, "stripe_clearing") == 3450 - 1725 - 3000 + 500 + ours
    assert counter_laws(db) == []


def test_of_what_is_still_to_be_fetched_as_much_less_is_as_a_bank_gives_back(
    db: Connection,
) -> None:
    shop, order, _ = paid_out(db)
    disputes = [shop.dispute(order, amount=1150, id="dp_1"), shop.dispute(order, amount=575)]
    for dispute in disputes:
        shop.event("charge.dispute.created", dispute)
    shop.event("charge.dispute.closed", {**disputes[0], "status": "won"})
    assert fetched(db, "succeeded") == 500
    assert standing(db) == (0, 0)
    assert counter_laws(db) == []


def test_what_a_seller_owes_is_taken_from_what_they_earn_next(
    db: Connection, ada: Actor, admiral: Actor
) -> None:
    shop, order, _ = paid_out(db)
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    assert fetched(db, "failed", "balance_insufficient") == 3000
    assert (standing(db), owing(db)) == ((0, 0), 3000)
    # A debt is of one currency: what another brings is theirs.
    admiral.call("set_currency", code="EUR", is_enabled=True)
    shop.buy("cleo", shop.offer("ada", currency="EUR", price_minor=2000))
    assert ada.call("request_payout", currency="EUR")["amount_minor"] == 2000
    assert balance(db, "owed_to_platform", "ada", currency="EUR") == 0
    assert (standing(db), owing(db)) == ((0, 0), 3000)
    # By being heard, then by a sale, each as far as it goes; and never more than is owed.
    for cause in ("2026-03:1", "2026-04:2"):
        db.execute("select private.pay_royalties(%s, 8000000, %s)", [ada.id, cause])
    assert (standing(db), owing(db)) == ((0, 0), 1400)
    shop.buy("cleo", shop.offer("ada", price_minor=2000))
    assert (standing(db), owing(db)) == ((600, 0), 0)
    db.execute("select private.pay_royalties(%s, 8000000, '2026-05:3')", [ada.id])
    assert (standing(db), owing(db)) == ((1400, 0), 0)
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 1400
    assert counter_laws(db) == []


def test_who_shares_is_paid_when_they_can_be_and_gives_back_their_own_when_they_have_left(
    db: Connection, ada: Actor, cleo: Actor
) -> None:
    shop = Shop(db)
    song = shop.track("ada", price_minor=4000)
    halves = '[{"username": "ada", "bps": 5000}, {"username": "cleo", "bps": 5000}]'
    told = ada.call("set_revenue_split", product_id=song, shares=halves)
    cleo.call("accept_revenue_split", split_id=told["proposed"]["id"])
    order = shop.buy("ben", song)
    db.execute("update private.artist_accounts set payouts_enabled = true")
    db.execute("update private.settings set value = 0 where name = 'payout_held_days'")
    # Without an account at the provider theirs waits, and keeps nobody else waiting.
    with refused(402, "seller_not_ready"):
        cleo.call("request_payout", currency="USD")
    assert shop.service.call("backend.open_due_payouts") == 1
    assert (standing(db), standing(db, "cleo")) == ((0, 2000), (2000, 0))
    cleo.call("become_artist")
    ready(db, "cleo")
    assert shop.service.call("backend.open_due_payouts") == 1
    for transfer in claim(db):
        assert (transfer["transfer_group"], transfer["amount_minor"]) == (order, 2000)
        record(db, transfer)
    assert (standing(db), standing(db, "cleo")) == ((0, 0), (0, 0))

    cleo.call("delete_my_account", confirm_username="cleo")
    db.execute("update private.account_deletions set erase_after = now()")
    (erased,) = shop.service.rows("backend.erase_due_accounts")
    assert (erased["user_id"], erased["is_erased"]) == (cleo.id, True)
    # What was hers of it is not ada's to give back.
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    due = "select id, seller_id, amount_minor from private.transfer_reversals where status = 'due'"
    for reversal in db.execute(due.encode()).fetchall():
        assert reversal["amount_minor"] == 2000
        shop.service.call("backend.reversal_to_make", reversal_id=reversal["id"])
        status = "succeeded" if reversal["seller_id"] == ada.id else "failed"
        said = {"stripe_reversal_id": "trr_1" if status == "succeeded" else None}
        shop.service.call(
            "backend.record_reversal", reversal_id=reversal["id"], status=status, **said
        )
    assert (standing(db), standing(db, "cleo"), owing(db)) == ((0, 0), (0, 0), 0)
    assert balance(db, "owed_to_platform", "cleo") == 2000
    # And what is sold from then on is all ada's.
    shop.buy("eve", song)
    assert (standing(db), standing(db, "cleo")) == ((4000, 0), (0, 0))
    assert counter_laws(db) == []


def test_nobody_who_owes_is_paid_what_they_had_earned_before(db: Connection, ada: Actor) -> None:
    shop, order, _ = paid_out(db)
    earlier = [shop.buy("cleo", shop.offer("ada", price_minor=price)) for price in (2500, 4000)]
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    assert fetched(db, "failed", "balance_insufficient") == 3000
    assert (standing(db), owing(db)) == ((6500, 0), 3000)
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 3500
    assert (standing(db), owing(db)) == ((0, 3500), 0)
    sent = {each["transfer_group"]: each["amount_minor"] for each in claim(db)}
    assert sum(sent.values()) == 3500
    assert set(sent) <= set(earlier)
    assert counter_laws(db) == []


def test_what_is_given_back_while_it_is_sent_is_fetched(db: Connection, ada: Actor) -> None:
    shop = Shop(db)
    order = shop.buy("ben", shop.offer("ada", price_minor=3000))
    db.execute("update private.artist_accounts set payouts_enabled = true")
    db.execute("update private.settings set value = 0 where name = 'payout_held_days'")
    ada.call("request_payout", currency="USD")
    (transfer,) = claim(db)
    half = shop.row(order)["total_minor"] // 2
    shop.event("charge.refunded", shop.charge(order, half))
    assert db.execute("select from private.transfer_reversals").rowcount == 0
    assert [record(db, transfer) for _ in range(2)] == ["sent", "sent"]
    assert fetched(db, "succeeded") == 1500
    # What is given back after that is fetched as always, and only that.
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    assert fetched(db, "succeeded") == 1500
    assert (standing(db), owing(db)) == ((0, 0), 0)
    assert balance(db, "stripe_clearing") == 0
    assert counter_laws(db) == []


@pytest.mark.parametrize("is_begun", [False, True])
def test_what_a_won_dispute_gives_back_is_not_fetched_or_is_paid_again(
    db: Connection, ada: Actor, is_begun: bool
) -> None:
    shop, order, transfer = paid_out(db)
    shop.event("charge.dispute.created", shop.dispute(order))
    service = actor(db, "service")
    (reversal,) = db.execute("select id from private.transfer_reversals").fetchall()
    if is_begun:
        service.call("backend.reversal_to_make", reversal_id=reversal["id"])
    shop.event("charge.dispute.closed", shop.dispute(order, "won"))
    told = service.call("backend.reversal_to_make", reversal_id=reversal["id"])
    if is_begun:
        # Stripe may have made it: it is seen through, and she is owed what came back.
        assert told["status"] == "due"
        assert fetched(db, "succeeded") == 3000
        assert standing(db) == (3000, 0)
        assert ada.call("request_payout", currency="USD")["amount_minor"] == 3000
    else:
        assert told == {
            "transfer_id": transfer, "amount_minor": 3000, "currency": "USD", "status": "withdrawn",
        }  # fmt: skip
        assert standing(db) == (0, 0)
    assert counter_laws(db) == []
