"""What a person who will leave leaves in points, orders and the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.boards import roll_up
from tests.catalogue import make_upload
from tests.database import Actor, Connection, actor
from tests.journeys.traces import LEAVER
from tests.shop import ADDRESS, Shop


def earn(leaver: Actor, db: Connection) -> None:
    db.execute("select private.award(%s, 'daily_login', 'login:of old')", [leaver.id])
    db.execute("select private.award(%s, 'crate_item_received', 'crate:of old')", [leaver.id])
    db.execute("select private.grant_credits(%s, 'earned_level_up', 110, 'level:2')", [leaver.id])
    leaver.call("redeem_credits", months=1)
    actor(db, "service").call("backend.consume", user_id=leaver.id, resource="mashups")
    db.execute(
        "insert into private.stripe_customers (user_id, stripe_customer_id) values (%s, 'cus_1')",
        [leaver.id],
    )
    db.execute(
        "insert into public.subscriptions"
        " (id, user_id, plan, status, started_at, period_start, period_end, version)"
        " values ('sub_1', %s, 'pro', 'canceled', now(), now(), now(), '[]')",
        [leaver.id],
    )
    db.execute(
        "insert into public.invoices (id, user_id, subscription_id, status, amount_minor,"
        " paid_minor, currency, created_at, version)"
        " values ('in_1', %s, 'sub_1', 'open', 999, 0, 'USD', now(), '[]')",
        [leaver.id],
    )
    db.execute("insert into private.artists_heard values (%s, gen_random_uuid())", [leaver.id])
    db.execute(
        "update public.progression set artists_discovered = 1 where user_id = %s", [leaver.id]
    )
    db.execute("update public.quests set target = 1 where name = 'Spread some love'")
    (quest,) = [row for row in leaver.rows("my_quests") if row["name"] == "Spread some love"]
    leaver.call("claim_quest", quest_id=quest["id"])
    actor(db, "rooty").call(
        "award_badge",
        username=leaver.call("my_account")["profile"]["username"],
        badge_code="early_bird",
        note="hello",
    )
    roll_up(db)
    db.execute("select private.award(%s, 'crate_item_received', 'crate:of new')", [leaver.id])
    db.execute(
        "insert into public.season_results (user_id, season, rank, score, tier, credits)"
        " select %s, code, 7, 30, 'bronze', 100 from public.seasons where status = 'active'",
        [leaver.id],
    )


def trade(leaver: Actor, db: Connection, new: Iterator[str]) -> None:
    """They and eve sell to each other, and ask for their money back."""
    shop = Shop(db)
    sold = shop.offer(LEAVER, price_minor=5000)
    shop.vary(LEAVER, shop.offer(LEAVER))
    eve = actor(db, "eve")
    bought = shop.offer("eve", shipping_required=True)
    song = shop.track("eve")
    words = {"name": next(new), "description": next(new), "venue": next(new)}
    elsewhere = {
        "kind": "concert",
        "pricing": None,
        "external_url": f"https://a.example/{next(new)}",
        "image_paths": [f"{leaver.id}/{next(new)}.png"],
    }
    shop.offer(LEAVER, **words, **elsewhere)
    address = json.dumps({**ADDRESS, "name": next(new)})
    orders = []
    for buyer, things in ((LEAVER, (bought, song)), ("eve", (sold,))):
        orders.append(shop.place(buyer, *things, shipping_address=address))
        shop.paid(orders[-1])
        address = json.dumps(ADDRESS)
    _pay_out(leaver, db)
    line, other = (shop.lines(order)[0]["id"] for order in orders)
    leaver.call("request_refund", order_line_id=line, reason=next(new))
    asked = eve.call("request_refund", order_line_id=other, reason="It is too small")
    leaver.call("decide_refund", refund_id=asked["id"], approve=True, note=next(new))


def _pay_out(leaver: Actor, db: Connection) -> None:
    """What they have sold is on its way to them, and some of it at their bank."""
    db.execute(
        "update private.artist_accounts set payouts_enabled = true where profile_id = %s",
        [leaver.id],
    )
    db.execute("update private.settings set value = 0 where name = 'payout_held_days'")
    leaver.call("request_payout", currency="USD")
    service = actor(db, "service")
    (transfer,) = service.call("backend.claim_transfers")
    service.call(
        "backend.record_transfer",
        transfer_id=transfer["transfer_id"],
        stripe_transfer_id="tr_1",
        status="sent",
    )
    month = {"seller": leaver.id, "month": "2024-02-01"}
    db.execute(
        "insert into private.royalties"
        " (track_id, month, accrual_id, seller_id, play_count, micro_usd)"
        " values (gen_random_uuid(), %(month)s, 1, %(seller)s, 1, 8000)",
        month,
    )
    db.execute(
        "insert into private.royalty_remainders (seller_id, accrued_micro, posted_minor)"
        " values (%(seller)s, 8000, 0)",
        month,
    )
    song = make_upload(db, LEAVER)
    me = leaver.call("my_account")["profile"]["username"]
    shares = [{"username": me, "bps": 5000}, {"username": "eve", "bps": 5000}]
    leaver.call("set_revenue_split", track_id=song, shares=json.dumps(shares))
    db.execute(
        "insert into private.bank_payouts (id, seller_id, status, amount_minor, currency, version)"
        " values ('po_1', %s, 'paid', 700, 'USD', '[]')",
        [leaver.id],
    )
