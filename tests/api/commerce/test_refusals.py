"""What sellers, buyers, staff and functions are told when they ask for what cannot be."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.catalogue import make_upload
from tests.database import Actor, Connection, refused
from tests.shop import Shop


@pytest.fixture
def shop(db: Connection) -> Shop:
    return Shop(db)


def test_a_cart_without_a_name_or_beyond_what_is_charged_at_once_is_no_order(shop: Shop) -> None:
    thing = shop.offer("ada", stock=5)
    with refused(422, "client_id_missing"):
        shop.checkout("ben", thing, client_id=None)
    most = "update private.settings set value = %s where name = 'order_total_limit'"
    shop.connection.execute(most, [1149])
    with refused(422, "order_too_large") as caught:
        shop.checkout("ben", thing)
    assert caught.value.diag.message_hint == "1149"
    shop.connection.execute(most, [1150])
    assert shop.checkout("ben", thing)["total_minor"] == 1150
    (left,) = shop.connection.execute("select stock from public.products").fetchall()
    assert left["stock"] == 4


def test_a_seller_offers_their_own_tracks_each_once(shop: Shop, ada: Actor) -> None:
    mine, others = (make_upload(shop.connection, name) for name in ("ada", "cleo"))
    for tracks in ([others], [mine, mine], [mine, uuid.uuid4()]):
        with refused(422, "tracks_not_own"):
            shop.offer("ada", kind="album", track_ids=tracks)
    song = shop.offer("ada", kind="track", track_ids=[mine])
    with refused(422, "tracks_not_own"):
        ada.run("update public.products set track_ids = %s where id = %s", [others], song)


def test_a_song_has_no_sizes(shop: Shop, ada: Actor) -> None:
    with refused(422, "variants_not_here"):
        shop.vary("ada", shop.track("ada"))
    # What buyers say the price of has none of its own for a size.
    shirt = shop.offer("ada", pricing="pay_what_you_want", minimum_minor=100)
    with refused(422, "variants_not_here"):
        ada.run(
            "insert into public.product_variants (product_id, name, price_minor)"
            " values (%s, 'large', 500)",
            shirt,
        )
    shop.vary("ada", shirt)


def test_a_seller_sends_what_is_sent_by_mail(shop: Shop, ada: Actor) -> None:
    order = shop.buy("ben", shop.offer("ada", shipping_required=True), shop.track("ada"))
    parcel, song = (line["id"] for line in shop.lines(order))
    with refused(409, "nothing_to_ship"):
        ada.call("mark_shipped", order_line_id=song)
    for tracking in ("", "x" * 201):
        with refused(422, "tracking_invalid"):
            ada.call("mark_shipped", order_line_id=parcel, tracking=tracking)
    assert ada.call("mark_shipped", order_line_id=parcel, tracking="x" * 200)["status"] == "shipped"


def test_a_note_of_whoever_decides_says_something(
    shop: Shop, ada: Actor, ben: Actor, admiral: Actor
) -> None:
    (line,) = shop.lines(shop.buy("ben", shop.track("ada")))
    asked = ben.call("request_refund", order_line_id=line["id"], reason="x")
    late = shop.place("ben", shop.offer("ada"))
    shop.expired(late)
    shop.paid(late)
    for note in ("", "x" * 1001):
        with refused(422, "note_invalid"):
            ada.call("decide_refund", refund_id=asked["id"], approve=True, note=note)
        with refused(422, "note_invalid"):
            admiral.call("refund_held", payment_intent_id=f"pi_{late}", note=note)
    with refused(422, "note_invalid"):
        admiral.call("refund_held", payment_intent_id=f"pi_{late}", note=None)
    decided = ada.call("decide_refund", refund_id=asked["id"], approve=True, note="x" * 1000)
    assert decided["status"] == "approved"


def test_fees_do_not_change_for_what_was_sold(admiral: Actor) -> None:
    fees: dict[str, Any] = {"platform_bps": 1, "processing_bps": 1, "payer": "buyer"}
    for moment in ("2020-01-01", "infinity"):
        with refused(422, "effective_from_invalid"):
            admiral.call("set_fee_policy", **fees, effective_from=moment)
    assert admiral.call("set_fee_policy", **fees, effective_from="2199-01-01")["platform_bps"] == 1


def test_a_function_says_what_stripe_says_of_what_is_there(
    shop: Shop, ada: Actor, ben: Actor
) -> None:
    order = shop.buy("ben", shop.track("ada"))
    for session in ("", None, "x" * 201):
        with refused(422, "session_invalid"):
            shop.service.call("backend.attach_session", order_id=order, session_id=session)
    (line,) = shop.lines(order)
    asked = ben.call("request_refund", order_line_id=line["id"], reason="x")
    ada.call("decide_refund", refund_id=asked["id"], approve=True)
    said = {"refund_id": asked["id"], "stripe_refund_id": "re_1"}
    for status in ("done", "", None):
        with refused(422, "status_unknown"):
            shop.service.call("backend.record_refund", **said, status=status)
    nowhere = {"reversal_id": 10**12}
    with refused(404, "reversal_not_found"):
        shop.service.call("backend.reversal_to_make", **nowhere)
    with refused(404, "reversal_not_found"):
        shop.service.call(
            "backend.record_reversal", **nowhere, stripe_reversal_id="trr_1", status="succeeded"
        )
