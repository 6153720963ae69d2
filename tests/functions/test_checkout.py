"""Buying, from the basket to the file: a whole stack, and a real server in the place of Stripe."""

from __future__ import annotations

import time
import uuid

import httpx
import pytest

from devstack.stripe.webhooks import Chaos, signature
from tests.functions.live import LiveStack
from tests.functions.market import SOUND, Market
from tests.functions.server import bearer
from tests.functions.stripe import SECRET


@pytest.fixture(scope="module")
def ben(live: LiveStack) -> uuid.UUID:
    """Who buys."""
    return live.person("market_ben")


@pytest.fixture(scope="module")
def ada(open_market: Market) -> uuid.UUID:
    """Who sells."""
    return open_market.seller("market_ada")


@pytest.fixture(scope="module")
def cyd(open_market: Market) -> uuid.UUID:
    """Who sells, too."""
    return open_market.seller("market_cyd")


def test_a_person_buys_of_two_sellers_and_downloads_three_times_and_not_a_fourth(
    market: Market, ada: uuid.UUID, cyd: uuid.UUID, ben: uuid.UUID
) -> None:
    before = market.payable(ada), market.payable(cyd)
    answer = market.checkout(ben, market.offer(ada, 1000), market.offer(cyd, 700))
    assert answer.status_code == 200, answer.text
    made = answer.json()
    # The buyer pays the fees: 10 % and 5 %.
    assert (made["status"], made["total_minor"], made["currency"]) == ("pending", 1955, "USD")
    assert "USD 19.55" in market.open(made["url"]).text
    thanks = market.press(made["url"])
    assert thanks.headers["Location"] == "https://app.example.com/thanks"
    market.wait()
    assert market.status(made["order_id"]) == "paid"
    assert market.payable(ada) - before[0] == 1000
    assert market.payable(cyd) - before[1] == 700
    sums = market.live.sql("select sum(amount_minor) from private.ledger_postings")
    assert sums == [(0,)]

    grants = market.live.sql(
        "select given.id from public.download_grants as given"
        " join public.order_lines as line on line.id = given.order_line_id"
        " where line.order_id = %s order by given.id",
        made["order_id"],
    )
    assert len(grants) == 2
    links = [market.call("download-link", ben, grant_id=str(grants[0][0])) for _ in range(4)]
    assert [link.status_code for link in links] == [200, 200, 200, 409]
    assert [link.json().get("left") for link in links] == [2, 1, 0, None]
    assert links[3].json()["error"] == "downloads_used_up"
    assert market.open(links[0].json()["url"]).content == SOUND
    assert market.call("download-link", ada, grant_id=str(grants[1][0])).status_code == 404


def test_of_a_track_a_fan_hears_the_preview_until_they_have_bought_it(
    market: Market, ada: uuid.UUID, cyd: uuid.UUID, ben: uuid.UUID
) -> None:
    live, preview = market.live, SOUND[:100]
    song = {"title": "Dawn", "genre": "house", "duration_ms": 60_000, "file_format": "mp3"}
    draft = live.sends(ada, "POST", "/rpc/create_track", song)
    track, path = draft["track"]["id"], draft["path"]
    beside = path.replace(".mp3", "-preview.mp3")

    def put(who: uuid.UUID, name: str, content: bytes) -> bool:
        """Upload as somebody's app does."""
        answer = httpx.post(
            f"{live.stack.url}/storage/v1/object/track-files/{name}",
            content=content,
            headers={
                "apikey": live.stack.publishable_key,
                "content-type": "audio/mpeg",
                **bearer(live.token(who)),
            },
            timeout=180,
        )
        return answer.is_success

    def hears(who: uuid.UUID) -> tuple[bool, bytes]:
        """Whether it is the preview that somebody is given an address of, and what is there."""
        answer = market.call("stream-url", who, track_id=track)
        assert answer.status_code == 200, answer.text
        return answer.json()["is_preview"], market.open(answer.json()["url"]).content

    assert put(ada, path, SOUND)
    live.sql(
        "update public.tracks set status = 'published', published_at = now() where id = %s", track
    )
    assert hears(ben) == (False, SOUND)
    product = str(uuid.uuid4())
    price = {"pricing": "fixed", "price_minor": 500, "currency": "USD"}
    offered = {"id": product, "kind": "track", "name": "Dawn", "track_ids": [track], **price}
    live.sends(ada, "POST", "/products", offered)
    refused = market.call("stream-url", ben, track_id=track)
    assert (refused.status_code, refused.json()["error"]) == (402, "purchase_needed")
    # Its artist alone puts the preview there, once.
    uploads = [put(who, beside, preview) for who in (ben, cyd, ada, ada)]
    assert uploads == [False, False, True, False]
    assert (hears(ben), hears(ada)) == ((True, preview), (False, SOUND))
    market.press(market.checkout(ben, product).json()["url"])
    market.wait()
    assert (hears(ben), hears(cyd)) == ((False, SOUND), (True, preview))


def test_a_checkout_that_was_cut_off_goes_on_with_the_same_page(
    market: Market, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    product, client = market.offer(ada, 900), str(uuid.uuid4())
    # Stripe makes the page, and its answer is lost each time.
    market.lose_answers()
    lost = market.checkout(ben, product, client_id=client)
    assert (lost.status_code, lost.json()["error"]) == (502, "stripe_unavailable")
    first, again = (market.checkout(ben, product, client_id=client).json() for _ in range(2))
    assert first["url"] == again["url"]
    assert first["order_id"] == again["order_id"]
    assert len(market.of_order("checkout.session", first["order_id"])) == 1
    market.press(first["url"])
    market.wait()
    paid = market.checkout(ben, product, client_id=client).json()
    assert (paid["status"], paid["url"]) == ("paid", None)


def test_what_costs_nothing_is_had_without_stripe(
    market: Market, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    asked = market.stripe.made("checkout/sessions")
    made = market.checkout(ben, market.offer(ada, 0)).json()
    assert (made["status"], made["total_minor"], made["url"]) == ("paid", 0, None)
    assert market.stripe.made("checkout/sessions") == asked
    (grant,) = market.live.sql(
        "select given.id from public.download_grants as given"
        " join public.order_lines as line on line.id = given.order_line_id"
        " where line.order_id = %s",
        made["order_id"],
    )
    link = market.call("download-link", ben, grant_id=str(grant[0]))
    assert market.open(link.json()["url"]).content == SOUND


def test_what_stripe_will_not_charge_is_abandoned(
    market: Market, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    answer = market.checkout(ben, market.offer(ada, 10))
    assert (answer.status_code, answer.json()["error"]) == (502, "stripe_refused")
    assert market.live.sql(
        "select status from public.orders where buyer_id = %s order by created_at desc limit 1", ben
    ) == [("failed",)]


@pytest.mark.parametrize(("choice", "status"), [("arrives", "paid"), ("fails", "failed")])
def test_what_is_paid_later_is_paid_when_it_arrives(
    market: Market, ada: uuid.UUID, ben: uuid.UUID, choice: str, status: str
) -> None:
    market.stripe.webhooks.chaos = Chaos(duplicate=1, reorder=0.7, reorder_seconds=0.3)
    before = market.payable(ada)
    made = market.checkout(ben, market.offer(ada, 800)).json()
    market.press(made["url"], "decline")
    market.press(made["url"], choice)
    market.wait()
    assert market.status(made["order_id"]) == "pending"
    (session,) = market.of_order("checkout.session", made["order_id"])
    market.happens(f"sessions/{session['id']}/settle", arrives=choice == "arrives")
    market.wait()
    assert market.status(made["order_id"]) == status
    assert market.payable(ada) - before == (800 if status == "paid" else 0)


def test_forged_and_foreign_reports_are_not_stored(market: Market) -> None:
    event = market.stripe.store.happened("customer.created", {"id": "cus_y", "object": "customer"})
    market.wait()
    stored = market.events()
    for changes, secret, moment in (
        ({"id": "evt_forged"}, "whsec_of_another", 0),
        ({"id": "evt_stale"}, SECRET, -330),
        ({"id": "evt_future"}, SECRET, 900),
        ({"id": "evt_empty"}, "", 0),
        ({"id": "evt_live", "livemode": True}, SECRET, 0),
        ({"id": "evt_large", "padding": "x" * 2**20}, SECRET, 0),
    ):
        body = httpx.Request("POST", "http://x", json={**event, **changes}).content
        headers = {"Stripe-Signature": signature(body, secret, int(time.time()) + moment)}
        answer = market.functions.client.post("/stripe-webhook", content=body, headers=headers)
        assert answer.status_code in (400, 401, 413), changes["id"]
    # What came once and was good changes nothing when it is replayed.
    body = httpx.Request("POST", "http://x", json=event).content
    headers = {"Stripe-Signature": signature(body, SECRET)}
    replayed = market.functions.client.post("/stripe-webhook", content=body, headers=headers)
    assert (replayed.status_code, replayed.json()) == (200, {"outcome": "duplicate"})
    assert market.events() == stored


def test_a_refund_that_is_approved_is_made_once(
    market: Market, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    made = market.checkout(ben, market.offer(ada, 1200)).json()
    market.press(made["url"])
    market.wait()
    before = market.payable(ada)
    ((line,),) = market.live.sql(
        "select id from public.order_lines where order_id = %s", made["order_id"]
    )
    asked = {"order_line_id": str(line), "reason": "It does not open."}
    refund = market.live.sends(ben, "POST", "/rpc/request_refund", asked)
    decided = {"refund_id": refund["id"], "approve": True}
    market.live.sends(ada, "POST", "/rpc/decide_refund", decided)

    # Stripe makes it, and its answer is lost.
    market.lose_answers()
    lost = market.run("process-refunds")
    assert (lost.status_code, lost.json()["failed"]) == (502, 1)
    done = market.run("process-refunds")
    assert (done.status_code, done.json()) == (
        200,
        {"refunds": 1, "reversals": 0, "customers": 0, "failed": 0},
    )
    market.wait()
    refunds = market.of_order("refund", made["order_id"])
    assert [each["amount"] for each in refunds] == [made["total_minor"]]
    assert market.status(made["order_id"]) == "refunded"
    assert before - market.payable(ada) == 1200
    (grant,) = market.live.sql(
        "select id from public.download_grants where order_line_id = %s", line
    )
    revoked = market.call("download-link", ben, grant_id=str(grant[0]))
    assert (revoked.status_code, revoked.json()["error"]) == (403, "download_revoked")
