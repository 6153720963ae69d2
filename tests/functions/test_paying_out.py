"""Being paid: an artist is onboarded, sells, is paid out; what is refunded comes back."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.functions.market import Market

RETURNS = {"return_path": "/done", "refresh_path": "/again"}
ALWAYS = {"from_day": "2020-01-01", "to_day": "2199-01-01"}


def onboard(market: Market, name: str) -> tuple[uuid.UUID, str]:
    """An artist whose account at Stripe is open; and its id."""
    artist = market.live.person(name)
    market.live.sends(artist, "POST", "/rpc/become_artist", {})
    link = market.call("connect-onboarding", artist, **RETURNS)
    assert link.status_code == 200, link.text
    finished = market.press(link.json()["url"], "finish")
    assert finished.headers["Location"] == "https://app.example.com/done"
    market.wait()
    return artist, account(market, artist)


def account(market: Market, artist: uuid.UUID) -> str:
    """Somebody's account at Stripe."""
    ((name,),) = market.live.sql(
        "select stripe_account_id from private.artist_accounts where profile_id = %s", artist
    )
    return str(name)


def sell(
    market: Market, artist: uuid.UUID, buyer: uuid.UUID, price: int, currency: str = "USD"
) -> str:
    """Somebody buys something of an artist's, more than a week ago."""
    made = market.checkout(buyer, market.offer(artist, price, currency=currency))
    assert made.status_code == 200, made.text
    order = str(made.json()["order_id"])
    market.press(made.json()["url"])
    market.wait()
    market.live.sql("alter table private.ledger_transactions disable trigger user")
    market.live.sql(
        "update private.ledger_transactions set created_at = created_at - interval '8 days'"
        " where kind = 'sale' and cause = %s",
        order,
    )
    market.live.sql("alter table private.ledger_transactions enable trigger user")
    return order


def transfers(market: Market, order: str) -> list[dict[str, Any]]:
    """What Stripe has sent for an order."""
    found = market.stripe.store.all("transfer")
    return [each for each in found if each["transfer_group"] == order]


def balances(market: Market, artist: uuid.UUID) -> dict[str, int]:
    """What somebody's app shows of what they are still to have."""
    told = market.live.sends(artist, "POST", "/rpc/my_earnings", ALWAYS)
    (found,) = told["balances"]
    return {name: value for name, value in found.items() if name != "currency" and value}


def give_back(market: Market, buyer: uuid.UUID, artist: uuid.UUID, order: str) -> None:
    """A refund is asked for and approved."""
    ((line,),) = market.live.sql("select id from public.order_lines where order_id = %s", order)
    asked = {"order_line_id": str(line), "reason": "It does not open."}
    refund = market.live.sends(buyer, "POST", "/rpc/request_refund", asked)
    decided = {"refund_id": refund["id"], "approve": True}
    market.live.sends(artist, "POST", "/rpc/decide_refund", decided)


@pytest.fixture(scope="module")
def ben(open_market: Market) -> uuid.UUID:
    """Who buys."""
    return open_market.live.person("paid_ben")


def test_an_artist_sells_for_money_when_stripe_says_that_they_may(market: Market) -> None:
    ada = market.live.person("paid_ada")
    nobody = market.call("connect-onboarding", ada, **RETURNS)
    assert (nobody.status_code, nobody.json()["error"]) == (403, "not_an_artist")
    market.live.sends(ada, "POST", "/rpc/become_artist", {})
    outside = market.call("connect-onboarding", ada, **{**RETURNS, "return_path": "//x.example"})
    assert outside.status_code == 422

    market.lose_answers()
    assert market.call("connect-onboarding", ada, **RETURNS).status_code == 502
    market.calm()
    first, second = (market.call("connect-onboarding", ada, **RETURNS).json() for _ in range(2))
    # One account, and a link for each visit.
    assert first["url"] != second["url"]
    accounts = [
        each
        for each in market.stripe.store.all("account")
        if each["metadata"].get("user_id") == str(ada)
    ]
    assert [each["id"] for each in accounts] == [account(market, ada)]

    def may() -> tuple[bool, bool]:
        ((charges, payouts),) = market.live.sql(
            "select charges_enabled, payouts_enabled from private.artist_accounts"
            " where profile_id = %s",
            ada,
        )
        return bool(charges), bool(payouts)

    assert may() == (False, False)
    market.press(second["url"], "finish")
    market.wait()
    assert may() == (True, True)
    # Of one second, which is how exact Stripe is, what allows more stands.
    market.happens("clock", advance_seconds=2)
    market.happens(f"accounts/{accounts[0]['id']}/restrict")
    market.wait()
    assert may() == (False, False)


def test_what_is_sold_is_sent_once_though_answers_are_lost(market: Market, ben: uuid.UUID) -> None:
    cyd, name = onboard(market, "paid_cyd")
    orders = [sell(market, cyd, ben, price) for price in (1500, 900)]
    assert balances(market, cyd) == {"payable_minor": 2400}
    market.lose_answers()
    lost = market.run("process-payouts")
    assert (lost.status_code, lost.json()["failed"]) == (502, 1)
    market.calm()
    # What was claimed is another run's when its lease is over.
    market.live.sql("update private.transfers set leased_until = now() - interval '1 second'")
    done = market.run("process-payouts")
    assert done.status_code == 200, done.text
    market.wait()
    sent = [transfers(market, order) for order in orders]
    assert [[(each["amount"], each["destination"]) for each in one] for one in sent] == [
        [(1500, name)],
        [(900, name)],
    ]
    (payout,) = market.live.sends(cyd, "POST", "/rpc/my_payouts", {})
    assert (payout["status"], payout["amount_minor"]) == ("paid", 2400)
    assert balances(market, cyd) == {}
    assert market.run("process-payouts").json() == {
        "opened": 0, "sent": 0, "refused": 0, "failed": 0
    }  # fmt: skip


def test_what_was_sent_comes_back_with_a_refund(market: Market, ben: uuid.UUID) -> None:
    dan, name = onboard(market, "paid_dan")
    order = sell(market, dan, ben, 2000)
    assert market.run("process-payouts").status_code == 200
    give_back(market, ben, dan, order)
    # The refund; its reversal is asked for by it, and made in the same run or the next.
    counts = [market.run("process-refunds").json() for _ in range(2)]
    assert [sum(one[kind] for one in counts) for kind in ("refunds", "reversals", "failed")] == [
        1,
        1,
        0,
    ]
    market.wait()
    (sent,) = transfers(market, order)
    assert (sent["amount_reversed"], sent["reversed"]) == (2000, True)
    assert market.stripe.store.balance(name, "usd") == 0
    assert balances(market, dan) == {}
    assert market.status(order) == "refunded"


def test_what_staff_take_back_at_stripe_is_not_taken_twice(market: Market, ben: uuid.UUID) -> None:
    hal, name = onboard(market, "paid_hal")
    order = sell(market, hal, ben, 2000)
    assert market.run("process-payouts").status_code == 200
    (sent,) = transfers(market, order)
    market.at_stripe(f"transfers/{sent['id']}/reversals")
    # It is theirs again; and when the buyer has it back, nobody's.
    assert balances(market, hal) == {"payable_minor": 2000}
    give_back(market, ben, hal, order)
    for _ in range(2):
        assert market.run("process-refunds").status_code == 200
    market.wait()
    assert balances(market, hal) == {}
    assert market.stripe.store.balance(name, "usd") == 0
    assert market.status(order) == "refunded"


def test_what_cannot_come_back_is_taken_from_what_is_sold_next(
    market: Market, ben: uuid.UUID
) -> None:
    eve, name = onboard(market, "paid_eve")
    order = sell(market, eve, ben, 3000)
    assert market.run("process-payouts").status_code == 200
    # Stripe sends all of it to her bank.
    market.happens(f"accounts/{name}/empty", arrives=True)
    give_back(market, ben, eve, order)
    for _ in range(2):
        assert market.run("process-refunds").status_code == 200
    market.wait()
    assert balances(market, eve) == {"owed_to_platform_minor": 3000}
    sell(market, eve, ben, 5000)
    assert balances(market, eve) == {"payable_minor": 2000}
    assert market.run("process-payouts").status_code == 200
    assert market.stripe.store.balance(name, "usd") == 2000
    assert market.live.sql("select sum(amount_minor) from private.ledger_postings") == [(0,)]


def test_who_has_a_bank_that_sends_it_back_is_told(market: Market, ben: uuid.UUID) -> None:
    fay, name = onboard(market, "paid_fay")
    sell(market, fay, ben, 1700)
    assert market.run("process-payouts").status_code == 200
    market.happens(f"accounts/{name}/empty", arrives=False)
    market.wait()
    told = market.live.sends(fay, "POST", "/rpc/my_notifications", {})
    (failed,) = [each for each in told if each["kind"] == "payout_failed"]
    assert failed["data"]["amount_minor"] == 1700
    assert failed["data"]["failure_code"] == "account_closed"


def test_plays_of_each_month_that_was_missed_are_paid_once(market: Market) -> None:
    gus, _ = onboard(market, "paid_gus")
    track = str(uuid.uuid4())
    market.live.sql(
        "insert into public.tracks (id, artist_id, artist_name, provider, provider_track_id, title,"
        " duration_ms, file_format, status, published_at)"
        " values (%s, %s, 'Gus', 'backbeat', %s, 'A song', 200000, 'mp3', 'published', now())",
        track,
        gus,
        track,
    )
    # The last month that has been over for a day, and the one before it, which nobody has paid.
    last = (datetime.now(UTC) - timedelta(days=2)).date().replace(day=1) - timedelta(days=1)
    months = [(last.replace(day=1) - timedelta(days=1)).replace(day=1), last.replace(day=1)]
    for month in months:
        ((partition,),) = market.live.sql("select private.play_partition(%s)", month)
        after = (month + timedelta(days=31)).replace(day=1)
        if partition is None:
            market.live.sql(
                f"create table private.plays_{month:%Y_%m} partition of public.plays"
                f" for values from ('{month:%Y-%m-%d} 00:00+00') to ('{after:%Y-%m-%d} 00:00+00')"
            )
        market.live.sql(
            "insert into public.plays (track_id, ms_played, is_counted, source, played_at)"
            " select %s, 60000, true, 'app', %s::date + interval '12 hours'"
            " from generate_series(1, 1000)",
            track,
            month,
        )
    first = market.run("accrue-royalties")
    assert first.status_code == 200, first.text
    assert {month.isoformat() for month in months} <= set(first.json()["months"])
    assert first.json()["rows"] >= 2
    # 1 000 plays a month at 8 000 millionths of a dollar.
    assert balances(market, gus) == {"payable_minor": 1600}
    assert market.run("accrue-royalties").json() == {"months": [], "rows": 0}
    assert balances(market, gus) == {"payable_minor": 1600}


def test_only_the_schedule_runs_what_moves_money(market: Market, ben: uuid.UUID) -> None:
    for function in ("process-payouts", "process-refunds", "accrue-royalties", "reconcile-stripe"):
        assert market.call(function, ben).status_code in (401, 403), function
        assert market.functions.client.post(f"/{function}").status_code == 401
