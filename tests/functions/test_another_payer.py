"""A second provider fits where Stripe does: sellers are paid by Paystack."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import httpx
import pytest

from backbeat.database import Database
from backbeat.errors import StripeUnavailableError
from backbeat.process_payouts import process_payouts
from tests.functions.market import Market
from tests.functions.paystack import KEY, Paystack, PaystackPayer, running_paystack
from tests.functions.test_paying_out import sell
from tests.patience import PATIENCE_SECONDS


@pytest.fixture
def database(market: Market) -> Iterator[Database]:
    """The functions' door to the database, with nothing left to send of other tests."""
    market.live.sql("update public.currencies set is_enabled = true where code = 'NGN'")
    assert market.run("process-payouts").status_code == 200
    with market.live.door() as opened:
        yield opened


@pytest.fixture
def paystack() -> Iterator[tuple[Paystack, PaystackPayer]]:
    """A Paystack, and the adapter that talks to it."""
    with (
        running_paystack() as (served, url),
        httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=PATIENCE_SECONDS,
            trust_env=False,
        ) as client,
    ):
        yield served, PaystackPayer(client)


def seller(market: Market, name: str) -> tuple[uuid.UUID, str]:
    """Somebody who sells, and is paid through a recipient at Paystack; and its code."""
    artist, code = market.seller(name), f"RCP_{name}"
    market.live.sql(
        "update private.artist_accounts set stripe_account_id = %s, payouts_enabled = true"
        " where profile_id = %s",
        code,
        artist,
    )
    return artist, code


def test_what_is_sold_is_sent_once_by_another_provider(
    market: Market, database: Database, paystack: tuple[Paystack, PaystackPayer]
) -> None:
    served, payer = paystack
    ada, code = seller(market, "paystack_ada")
    served.recipients.add(code)
    sell(market, ada, market.live.person("paystack_ben"), 250_000, "NGN")
    # It is sent, and the answer lost: what is known of it is asked before it is sent again.
    served.loses_answers = True
    with pytest.raises(StripeUnavailableError) as caught:
        process_payouts(database, payer)
    assert caught.value.extra == {"opened": 1, "sent": 0, "refused": 0, "failed": 1}
    market.live.sql("update private.transfers set leased_until = now() - interval '1 second'")
    assert process_payouts(database, payer) == {"opened": 0, "sent": 1, "refused": 0, "failed": 0}
    assert served.asked == 1
    (sent,) = served.transfers.values()
    assert (sent["amount"], sent["currency"], sent["recipient"]["recipient_code"]) == (
        250_000,
        "NGN",
        code,
    )
    (payout,) = market.live.sends(ada, "POST", "/rpc/my_payouts", {})
    assert (payout["status"], payout["amount_minor"]) == ("paid", 250_000)
    told = market.live.sql(
        "select stripe_transfer_id from private.transfers where seller_id = %s", ada
    )
    assert told == [(sent["transfer_code"],)]


@pytest.mark.parametrize("status", [401, 429, 500])
def test_what_says_nothing_of_a_transfer_does_not_pay_it_back(
    market: Market, database: Database, paystack: tuple[Paystack, PaystackPayer], status: int
) -> None:
    served, payer = paystack
    name = f"paystack_eve_{status}"
    eve, code = seller(market, name)
    served.recipients.add(code)
    sell(market, eve, market.live.person(f"paystack_fay_{status}"), 120_000, "NGN")
    # It is sent, its answer lost; and what is asked then says neither yes nor no.
    served.loses_answers = True
    for served.answers_only in (None, status):
        with pytest.raises(StripeUnavailableError):
            process_payouts(database, payer)
        market.live.sql("update private.transfers set leased_until = now() - interval '1 second'")
    assert market.live.sql("select private.balance('seller', %s, 'payable', 'NGN')", eve) == [(0,)]
    served.answers_only = None
    assert process_payouts(database, payer)["sent"] == 1
    assert (served.asked, len(served.transfers)) == (1, 1)


def test_what_another_provider_refuses_is_owed_again(
    market: Market, database: Database, paystack: tuple[Paystack, PaystackPayer]
) -> None:
    _, payer = paystack
    cyd, _ = seller(market, "paystack_cyd")
    sell(market, cyd, market.live.person("paystack_dan"), 180_000, "NGN")
    assert process_payouts(database, payer) == {"opened": 1, "sent": 0, "refused": 1, "failed": 0}
    assert market.live.sql("select private.balance('seller', %s, 'payable', 'NGN')", cyd) == [
        (-180_000,)
    ]
    assert market.live.sql("select failure from private.transfers where seller_id = %s", cyd) == [
        ("resource_not_found",)
    ]
