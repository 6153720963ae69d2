"""The fifth chapter: ada and cleo sell, ben buys of both on Stripe's page and gives half back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import httpx
from postgrest import APIError
from supabase_functions.errors import FunctionsHttpError

from devstack.demo.community import Cast
from devstack.demo.music import silence
from devstack.demo.story import Person, Story, call_schedule, console
from devstack.stack import Stack

# Webhooks come when they come; a busy machine takes its time.
PATIENCE_SECONDS = 60
ADDRESS = {
    "name": "Ben", "line1": "Harbour Street 4", "line2": None, "city": "Aarhus", "state": None,
    "postal_code": "8000", "country": "DK",
}  # fmt: skip
# What the ledger says of the platform, and whether it is even: of the whole of it, as its owner.
LEDGER = """
select
  private.balance('provider', null, 'stripe_clearing', 'USD'),
  -private.balance('platform', null, 'fees', 'USD'),
  -private.balance('platform', null, 'processing_fees', 'USD'),
  (select coalesce(sum(amount_minor), 0) from private.ledger_postings)
"""


def market(stack: Stack, story: Story, cast: Cast) -> None:
    """Tell the chapter."""
    if not stack.settings.needs_stripe:
        console.print("A Stripe of somebody's own: nobody buys in this story.", markup=False)
        return
    ada, ben, cleo = cast.ada, cast.ben, cast.cleo
    before = _ledger(stack)

    story.call(cleo, "become_artist")
    for seller in (ada, cleo):
        _onboard(story, seller)
    (track,) = ada.client.table("tracks").select("id").eq("artist_id", ada.id).execute().data
    song = _offer(
        story, ada, kind="track", name="First Light", price_minor=1000, track_ids=[track["id"]]
    )
    pins = _offer(
        story, cleo, kind="merch", name="Enamel pin", price_minor=700, stock=2,
        shipping_required=True, shipping_minor=300,
    )  # fmt: skip

    basket = {
        "items": [{"product_id": song}, {"product_id": pins}],
        "client_id": str(uuid4()),
        "shipping_address": ADDRESS,
        "success_path": "/thanks",
        "cancel_path": "/basket",
    }
    order = _invoke(story, ben, "create-checkout", **basket)
    story.check("17.00, sent for 3.00, and fees of 15 % come to 22.55", order["total_minor"], 2255)
    again = _invoke(story, ben, "create-checkout", **basket)
    story.check("the same basket again is the same page", again["url"], order["url"])

    def status() -> str:
        return str(ben.rpc("order", order_id=order["order_id"])["status"])

    _press(story, ben, order["url"], "decline")
    story.check("a card that is declined buys nothing", status(), "pending")
    _press(story, ben, order["url"], "pay")
    story.check("the order is paid", _wait(status, "paid"), "paid")
    nets = {"ada": 1000, "cleo": 1000}
    story.check("ada has 10.00 of it, cleo 7.00 and the stamps", _nets(story, ada, cleo), nets)
    (pin,) = cleo.client.table("products").select("stock").eq("id", pins).execute().data
    story.check("one pin is left", pin["stock"], 1)

    story.refused(ada, "nothing_to_pay_out", "request_payout", currency="USD")
    (sale,) = story.call(cleo, "my_sales")
    story.check("cleo reads where to send it", sale["shipping_address"]["city"], "Aarhus")
    story.call(cleo, "mark_shipped", order_line_id=sale["order_line_id"], tracking="DK 4711")
    story.check("the order is sent", status(), "shipped")
    (download,) = story.call(ben, "my_downloads")
    link = _invoke(story, ben, "download-link", grant_id=download["grant_id"])
    heard = httpx.get(link["url"], timeout=30)
    story.check("the link is what ada uploaded", heard.content == silence(), True)
    story.check("and there are two more", link["left"], 2)

    (line,) = (line for line in ben.rpc("order", order_id=order["order_id"])["lines"]
               if line["product_id"] == song)  # fmt: skip
    refund = story.call(ben, "request_refund", order_line_id=line["id"], reason="It is silent.")
    decided = {"refund_id": refund["id"], "approve": True}
    story.refused(cleo, "refund_not_found", "decide_refund", **decided)
    story.call(ada, "decide_refund", **decided, note="It is. Sorry!")
    story.tell(
        "clock", "process-refunds, as the schedule calls it",
        lambda: call_schedule(stack, "process-refunds"),
    )  # fmt: skip
    refunded = _wait(status, "partially_refunded")
    story.check("half of the order is given back", refunded, "partially_refunded")
    (row,) = ben.client.table("refunds").select("status, amount_minor").execute().data
    story.check("ben has 11.50 back: the song and its fees", row, {
        "status": "succeeded", "amount_minor": 1150,
    })  # fmt: skip
    nets = {"ada": 0, "cleo": 1000}
    story.check("ada is owed nothing, cleo as before", _nets(story, ada, cleo), nets)
    revoked = _invoke(story, ben, "download-link", grant_id=download["grant_id"])
    story.check("and the download is over", revoked, {"refused": "download_revoked"})

    after = _ledger(stack)
    moved = [now - then for now, then in zip(after[:3], before[:3], strict=True)]
    story.check("of 11.05 that are left the platform has 1.05", moved, [1105, 70, 35])
    story.check("the ledger sums to zero", after[3], 0)


def _onboard(story: Story, seller: Person) -> None:
    """Tell Stripe everything it wants to know."""
    pages = {"return_path": "/selling", "refresh_path": "/selling/again"}
    link = _invoke(story, seller, "connect-onboarding", **pages)
    _press(story, seller, link["url"], "finish")


def _offer(story: Story, seller: Person, **values: Any) -> str:
    """Put something on sale, as soon as Stripe has said that its seller may; its id."""
    product = {"id": str(uuid4()), "pricing": "fixed", **values}

    def insert() -> str:
        try:
            rows = seller.client.table("products").insert(product).execute().data
        except APIError as error:
            return str(error.message)
        return str(rows[0]["id"])

    made = story.tell(
        seller.name,
        f"table('products').insert({{name: {values['name']!r}, ...}})",
        lambda: _wait(insert, product["id"]),
    )
    return str(made)


def _invoke(story: Story, person: Person, function: str, **body: Any) -> Any:
    """One step that calls a function; what it refuses is {"refused": token}."""

    def act() -> Any:
        try:
            return json.loads(person.client.functions.invoke(function, {"body": body}))
        except FunctionsHttpError as error:
            return {"refused": error.message}

    return story.tell(person.name, f"functions.invoke('{function}', {{{', '.join(body)}}})", act)


def _press(story: Story, person: Person, url: str, do: str) -> None:
    """One step on a page of Stripe's: press a button of it."""

    def act() -> str:
        answer = httpx.post(url, data={"do": do}, timeout=60)
        return answer.headers.get("Location") or f"the page again: {answer.status_code}"

    story.tell(person.name, f"presses “{do}” on Stripe's page", act)


def _wait(look: Callable[[], str], wanted: str) -> str:
    """What is seen once it is what is wanted, or when patience is over."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (seen := look()) != wanted and time.monotonic() < end:
        time.sleep(0.2)
    return seen


def _nets(story: Story, *sellers: Person) -> dict[str, int]:
    """One step: what each is owed, in cents."""
    day = {"from_day": "2000-01-01", "to_day": "2200-01-01"}

    def look() -> dict[str, int]:
        return {
            seller.name: sum(
                row["payable_minor"] for row in seller.rpc("my_earnings", **day)["balances"]
            )
            for seller in sellers
        }

    owed: dict[str, int] = story.tell("all", "my_earnings(...)  what they are owed", look)
    return owed


def _ledger(stack: Stack) -> tuple[int, ...]:
    """What lies at Stripe, the platform's two fees, and the sum of everything."""
    with stack.server.connect() as connection:
        row = connection.execute(LEDGER.encode()).fetchone()
    assert row is not None
    return tuple(int(value) for value in row)
