"""Money back: who asks, who decides, and what it takes from whom."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, forbidden, refused
from tests.ledger import balance
from tests.progression import pay
from tests.schema.counters import counter_laws
from tests.shop import Shop
from tests.stories import intent_of, returned_of


@pytest.fixture
def shop(db: Connection) -> Shop:
    return Shop(db)


def refund(shop: Shop, buyer: Actor, seller: Actor, line: Any, status: str = "succeeded") -> Any:
    """Ask for a line back, approve it, and let Stripe make it."""
    asked = buyer.call("request_refund", order_line_id=line, reason="It skips")
    seller.call("decide_refund", refund_id=asked["id"], approve=True)
    return shop.service.call(
        "backend.record_refund",
        refund_id=asked["id"],
        stripe_refund_id=f"re_{asked['id']}" if status == "succeeded" else None,
        status=status,
    )


def test_a_refund_takes_back_all_that_the_sale_moved(
    shop: Shop, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    db = shop.connection
    song, shirt = shop.track("ada"), shop.offer("cleo", stock=5)
    order = shop.buy("ben", song, {"product_id": str(shirt), "quantity": 2})
    first, second = (line["id"] for line in shop.lines(order))
    assert refund(shop, ben, ada, first) == "succeeded"
    assert shop.row(order)["status"] == "partially_refunded"
    assert balance(db, "payable", "ada") == 0
    assert balance(db, "payable", "cleo") == -2000
    assert [row["is_revoked"] for row in ben.rows("my_downloads")] == [True]
    assert refund(shop, ben, cleo, second) == "succeeded"
    assert shop.row(order)["status"] == "refunded"
    for account in ("stripe_clearing", "fees", "processing_fees"):
        assert balance(db, account) == 0
    (row,) = db.execute("select stock from public.products where id = %s", [shirt]).fetchall()
    assert row["stock"] == 5
    # What Stripe reports of both are these.
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    assert balance(db, "stripe_clearing") == 0
    pay(db)
    assert counter_laws(db) == []


@pytest.mark.parametrize("is_heard", [True, False])
def test_what_a_bank_sends_back_is_held_for_its_buyer(
    shop: Shop, ada: Actor, ben: Actor, admiral: Actor, is_heard: bool
) -> None:
    """Also where it comes back before we have heard that it was made."""
    db = shop.connection
    order = shop.buy("ben", shop.offer("ada"))
    given = shop.approve("ben", "ada", shop.lines(order)[0])
    if is_heard:
        shop.made(given)
    returned = returned_of(shop.row(order), 1150, id="re_1", metadata={"refund_id": str(given)})
    assert [shop.event("refund.failed", returned) for _ in range(2)] == ["quarantined", "stale"]
    assert shop.made(given, "pending") == "succeeded"
    # What Stripe says of the charge was so for a while, and is not any more.
    for refunded in (1150, 0):
        shop.event("charge.refunded", shop.charge(order, refunded))
    assert (shop.row(order)["status"], balance(db, "payable", "ada")) == ("refunded", 0)
    assert (balance(db, "held", "ben"), balance(db, "stripe_clearing")) == (-1150, 1150)
    assert counter_laws(db) == []
    (listed,) = admiral.rows("quarantined_events")
    assert (listed["type"], listed["payment_intent_id"]) == ("refund.failed", f"pi_{order}")
    # Staff give it back again; and that may come back, too.
    for number in (2, 3):
        again = admiral.call("refund_held", payment_intent_id=f"pi_{order}", note="another card")
        assert again["amount_minor"] == 1150
        with refused(409, "already_refunded"):
            admiral.call("refund_held", payment_intent_id=f"pi_{order}", note="twice")
        assert shop.made(again["id"]) == "succeeded"
        assert (balance(db, "held", "ben"), balance(db, "stripe_clearing")) == (0, 0)
        if number == 2:
            shop.event("refund.failed", returned_of(shop.row(order), 1150, id="re_2"))
    assert counter_laws(db) == []


@pytest.mark.parametrize("is_reported_first", [True, False])
def test_what_stripe_made_and_had_back_is_held_whoever_tells_it_first(
    shop: Shop, is_reported_first: bool
) -> None:
    order = shop.buy("ben", shop.track("ada"))
    given = shop.approve("ben", "ada", shop.lines(order)[0])
    named = {"id": f"re_{given}", "metadata": {"refund_id": str(given)}}
    returned = returned_of(shop.row(order), 575, **named)
    if is_reported_first:
        assert shop.event("refund.failed", returned) == "quarantined"
    assert shop.made(given, "failed") == "succeeded"
    if not is_reported_first:
        assert shop.event("refund.failed", returned) == "stale"
    assert shop.row(order)["status"] == "refunded"
    assert balance(shop.connection, "held", "ben") == -575
    assert balance(shop.connection, "payable", "ada") == 0
    assert counter_laws(shop.connection) == []


def test_whenever_it_is_heard_that_a_refund_came_back_it_ends_the_same(db: Connection) -> None:
    shop, ends = Shop(db), set()
    order = shop.place("ben", shop.offer("ada"), shop.offer("cleo"))
    row = shop.row(order)
    told = [
        ("payment_intent.succeeded", intent_of(row)),
        ("charge.refunded", shop.charge(order, 460)),
        ("refund.failed", returned_of(row, 460)),
    ]
    for reports in itertools.permutations(told):
        with db.transaction(force_rollback=True):
            for kind, thing in reports:
                shop.event(kind, thing)
            ends.add(repr(shop.came_to(order)))
            assert balance(db, "held", "ben") == -460
            assert counter_laws(db) == []
    assert len(ends) == 1


def test_asking_twice_is_asking_once(shop: Shop, ben: Actor, ada: Actor) -> None:
    order = shop.buy("ben", shop.track("ada"))
    (line,) = shop.lines(order)
    first, second = (
        ben.call("request_refund", order_line_id=line["id"], reason="x") for _ in range(2)
    )
    assert first["id"] == second["id"]
    assert [row["kind"] for row in ada.rows("my_notifications")].count("refund_request") == 1
    declined = ada.call("decide_refund", refund_id=first["id"], approve=False, note="no")
    assert declined["status"] == "declined"
    assert ada.call("decide_refund", refund_id=first["id"], approve=False)["status"] == "declined"
    with refused(409, "refund_decided"):
        ada.call("decide_refund", refund_id=first["id"], approve=True)
    assert shop.row(order)["status"] == "paid"
    assert ben.rows("my_notifications")[0]["kind"] == "refund_decision"


def test_the_seller_and_admins_decide_and_nobody_else(
    shop: Shop, ben: Actor, cleo: Actor, modesty: Actor, admiral: Actor, db: Connection
) -> None:
    (line,) = shop.lines(shop.buy("ben", shop.track("ada")))
    with refused(404, "order_line_not_found"):
        cleo.call("request_refund", order_line_id=line["id"], reason="x")
    with refused(422, "reason_invalid"):
        ben.call("request_refund", order_line_id=line["id"], reason=" ")
    asked = ben.call("request_refund", order_line_id=line["id"], reason="x")
    for somebody in (ben, cleo, modesty):
        with refused(404, "refund_not_found"):
            somebody.call("decide_refund", refund_id=asked["id"], approve=True)
    with refused(422, "value_missing"):
        admiral.call("decide_refund", refund_id=asked["id"], approve=None)
    assert admiral.call("decide_refund", refund_id=asked["id"], approve=True)["status"] == (
        "approved"
    )
    queued = "select payload from private.outbox where topic = 'stripe_refund'"
    assert db.execute(queued.encode()).fetchall() == [{"payload": {"refund_id": str(asked["id"])}}]


@pytest.mark.parametrize("approve", [True, False])
def test_nobody_decides_on_what_they_have_bought(
    shop: Shop, admiral: Actor, rooty: Actor, approve: bool
) -> None:
    (line,) = shop.lines(shop.buy("admiral", shop.track("ada")))
    asked = admiral.call("request_refund", order_line_id=line["id"], reason="x")
    decide = {"refund_id": asked["id"], "approve": approve}
    with refused(403, "own_case"):
        admiral.call("decide_refund", **decide)
    assert rooty.call("decide_refund", **decide)["decided_by"] == rooty.id


def test_who_of_the_staff_decided_is_told_to_nobody_but_themselves(
    shop: Shop, ada: Actor, ben: Actor, admiral: Actor
) -> None:
    (line,) = shop.lines(shop.buy("ben", shop.track("ada")))
    asked = ben.call("request_refund", order_line_id=line["id"], reason="x")
    decide = {"refund_id": asked["id"], "approve": True}
    assert admiral.call("decide_refund", **decide)["decided_by"] == admiral.id
    # Whoever asks for the same again is given what stands, but for that.
    again = ben.call("request_refund", order_line_id=line["id"], reason="x")
    for told in (again, ada.call("decide_refund", **decide)):
        assert (told["status"], told["decided_by"]) == ("approved", None)
    for somebody in (ben, ada):
        with forbidden():
            somebody.run("select decided_by from public.refunds")
        (row,) = somebody.run("select status, decided_at from public.refunds")
        assert row["decided_at"] is not None


def test_a_refund_that_fails_takes_nothing(shop: Shop, ada: Actor, ben: Actor) -> None:
    order = shop.buy("ben", shop.track("ada"))
    (line,) = shop.lines(order)
    assert refund(shop, ben, ada, line["id"], "failed") == "failed"
    assert shop.row(order)["status"] == "paid"
    assert balance(shop.connection, "payable", "ada") == -500
    assert refund(shop, ben, ada, line["id"]) == "succeeded"
    with refused(409, "already_refunded"):
        ben.call("request_refund", order_line_id=line["id"], reason="x")
    with refused(404, "refund_not_found"):
        shop.service.call("backend.refund_to_make", refund_id=uuid.uuid4())


def test_what_was_bought_long_ago_stays_bought(shop: Shop, ben: Actor) -> None:
    (line,) = shop.lines(shop.buy("ben", shop.track("ada")))
    shop.connection.execute("update public.order_lines set paid_at = now() - interval '61 days'")
    with refused(409, "refund_too_late"):
        ben.call("request_refund", order_line_id=line["id"], reason="x")


def test_what_was_free_is_given_back_without_money(shop: Shop, ada: Actor, ben: Actor) -> None:
    free = shop.track("ada", pricing="free", price_minor=None)
    order = shop.checkout("ben", free)["order_id"]
    (line,) = shop.lines(order)
    asked = ben.call("request_refund", order_line_id=line["id"], reason="x")
    assert ada.call("decide_refund", refund_id=asked["id"], approve=True)["status"] == "succeeded"
    assert ben.rows("my_downloads")[0]["is_revoked"]
    assert shop.checkout("ben", free)["status"] == "paid"


def test_partial_refunds_are_in_proportion_and_the_last_leaves_nothing(shop: Shop) -> None:
    db = shop.connection
    order = shop.buy("ben", shop.track("ada", price_minor=333), shop.offer("cleo"))
    total = shop.row(order)["total_minor"]
    for refunded in (1, 2, 500, 501, total - 1):
        shop.event("charge.refunded", shop.charge(order, refunded))
        assert balance(db, "stripe_clearing") == total - refunded
        assert sum(line["refunded_minor"] for line in shop.lines(order)) == refunded
        pay(db)
        assert counter_laws(db) == []
    shop.event("charge.refunded", shop.charge(order, total))
    assert {
        balance(db, purpose, name)
        for purpose, name in (
            ("stripe_clearing", None), ("fees", None), ("processing_fees", None),
            ("payable", "ada"), ("payable", "cleo"),
        )
    } == {0}  # fmt: skip


def test_downloads_are_three_and_stay_when_the_product_goes(
    shop: Shop, ben: Actor, cleo: Actor, ada: Actor
) -> None:
    song = shop.track("ada")
    shop.buy("ben", song)
    (held,) = ben.rows("my_downloads")
    with refused(409, "product_sold"):
        ada.run("delete from public.products where id = %s", song)
    ada.run("update public.products set is_active = false where id = %s", song)
    shop.connection.execute("update public.tracks set status = 'hidden'")
    claim = {"user_id": ben.id, "grant_id": held["grant_id"]}
    for left in (2, 1, 0):
        link = shop.service.call("backend.claim_download", **claim)
        assert (link["left"], link["bucket"], link["seconds"]) == (left, "track-files", 300)
    with refused(409, "downloads_used_up"):
        shop.service.call("backend.claim_download", **claim)
    with refused(404, "download_not_found"):
        shop.service.call("backend.claim_download", **{**claim, "user_id": cleo.id})
    shop.connection.execute("update public.download_grants set revoked_at = now()")
    with refused(403, "download_revoked"):
        shop.service.call("backend.claim_download", **claim)


def test_of_a_track_for_sale_others_hear_the_preview(shop: Shop, ada: Actor, ben: Actor) -> None:
    db, song = shop.connection, shop.track("ada")
    (track,) = db.execute("select track_ids[1] as id from public.products").fetchall()

    def hears(name: Any) -> Any:
        return shop.service.call("backend.stream_source", track_id=track["id"], listener=name)

    assert hears(ada.id)["is_preview"] is False
    with refused(402, "purchase_needed"):
        hears(ben.id)
    whole = hears(ada.id)["path"]
    preview = whole.replace(".mp3", "-preview.mp3")
    db.execute(
        "insert into storage.objects (bucket_id, name) values ('track-files', %s)", [preview]
    )
    for listener in (ben.id, None):
        assert (hears(listener)["path"], hears(listener)["is_preview"]) == (preview, True)
    shop.buy("ben", song)
    assert (hears(ben.id)["path"], hears(ben.id)["is_preview"]) == (whole, False)


def test_digital_products_bring_their_file(shop: Shop, ada: Actor, ben: Actor) -> None:
    pack = shop.offer("ada", kind="digital", name="Samples")
    path = f"{ada.id}/product-{pack}.wav"
    # Nobody pays for what is not there.
    with refused(409, "file_missing"):
        shop.place("ben", pack)
    for wrong in (path, f"{ben.id}/product-{pack}.wav"):
        with refused(409, "file_missing"):
            ada.call("set_product_file", product_id=pack, path=wrong)
    ada.run("insert into storage.objects (bucket_id, name) values ('track-files', %s)", path)
    # An upload that began before may end at any time, as the server's; until it is sold it may.
    db = shop.connection
    again = "update storage.objects set metadata = %s::jsonb where name = %s"
    db.execute(again, ['{"size": 1}', path])
    assert ada.call("set_product_file", product_id=pack, path=path)["has_file"]
    with pytest.raises(psycopg.errors.RestrictViolation), db.transaction():
        db.execute(again, ['{"size": 2}', path])
    with refused(404, "product_not_found"):
        ben.call("set_product_file", product_id=pack, path=path)
    with refused(422, "product_has_no_file"):
        ada.call("set_product_file", product_id=shop.offer("ada"), path=path)
    shop.buy("ben", pack)
    grant = ben.rows("my_downloads")[0]["grant_id"]
    link = shop.service.call("backend.claim_download", user_id=ben.id, grant_id=grant)
    assert (link["path"], link["file_name"]) == (path, "Samples.wav")
    (shown,) = ben.rows("products_by_artist", username="ada", page_size=1)
    assert path not in repr(shown)


def test_those_who_share_a_track_share_what_it_brings_and_what_is_given_back(
    shop: Shop, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    db = shop.connection
    song = shop.track("ada", price_minor=501)
    (track,) = db.execute("select track_ids[1] as id from public.products").fetchall()
    shares = '[{"username": "ada", "bps": 5000}, {"username": "cleo", "bps": 5000}]'
    ada.call("set_revenue_split", track_id=track["id"], shares=shares)
    (split,) = db.execute("select id from private.revenue_splits").fetchall()
    cleo.call("accept_revenue_split", split_id=split["id"])
    order = shop.buy("ben", song)
    earned = (balance(db, "payable", "ada"), balance(db, "payable", "cleo"))
    assert sorted(earned) == [-251, -250]
    # What is agreed later changes nothing of what was sold.
    ada.call(
        "set_revenue_split", track_id=track["id"], shares='[{"username": "ada", "bps": 10000}]'
    )
    shop.event("charge.refunded", shop.charge(order, 100))
    assert counter_laws(db) == []
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    assert (balance(db, "payable", "ada"), balance(db, "payable", "cleo")) == (0, 0)
    pay(db)
    assert counter_laws(db) == []


def test_who_counts_their_stock_no_more_has_none_counted_when_some_comes_back(
    shop: Shop, ada: Actor
) -> None:
    db = shop.connection
    shirt, cap = shop.offer("ada", stock=10), shop.offer("ada")
    large = shop.vary("ada", cap)
    db.execute("update public.product_variants set stock = 10")
    item = {"product_id": str(cap), "variant_id": str(large)}
    late, order = shop.place("ben", shirt, item), shop.buy("ben", shirt, item)
    for table in ("products", "product_variants"):
        db.execute(f"update public.{table} set stock = null".encode())
    shop.expired(late)
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"]))
    for table in ("products", "product_variants"):
        rows = db.execute(f"select stock from public.{table}".encode()).fetchall()
        assert {row["stock"] for row in rows} == {None}
    assert shop.row(order)["status"] == "refunded"


def test_what_was_sent_does_not_come_back_to_stock_with_the_money(shop: Shop, ada: Actor) -> None:
    shirt, cap = (shop.offer("ada", stock=5, shipping_required=True) for _ in range(2))
    order = shop.buy("ben", shirt, cap)
    sent, kept = shop.lines(order)
    ada.call("mark_shipped", order_line_id=sent["id"])
    assert shop.row(order)["status"] == "processing"
    for line in (sent, kept):
        assert shop.made(shop.approve("ben", "ada", line)) == "succeeded"
    stock = {
        row["id"]: row["stock"]
        for row in shop.connection.execute("select id, stock from public.products")
    }
    assert (stock[shirt], stock[cap]) == (4, 5)


@pytest.mark.parametrize(
    ("payer", "net", "charged"), [("buyer", 2300, 2600), ("seller", 2000, 2300)]
)
def test_what_sending_cost_goes_back_with_its_line_and_no_fee_is_of_it(
    shop: Shop, ada: Actor, admiral: Actor, payer: str, net: int, charged: int
) -> None:
    db = shop.connection
    admiral.call("set_fee_policy", platform_bps=1000, processing_bps=500, payer=payer)
    shirt = shop.offer("ada", shipping_required=True, shipping_minor=300)
    order = shop.buy("ben", {"product_id": str(shirt), "quantity": 2}, shop.offer("cleo"))
    sent, other = shop.lines(order)
    assert (sent["seller_net_minor"], sent["charged_minor"]) == (net, charged)
    assert (balance(db, "fees"), balance(db, "processing_fees")) == (-300, -150)
    ada.call("mark_shipped", order_line_id=sent["id"])
    # Half of it at Stripe, in proportion; then the rest here.
    shop.event("charge.refunded", shop.charge(order, shop.row(order)["total_minor"] // 2))
    assert shop.lines(order)[0]["refunded_minor"] == charged // 2
    assert balance(db, "payable", "ada") == -net // 2
    given = shop.approve("ben", "ada", sent)
    told = shop.service.call("backend.refund_to_make", refund_id=given)
    assert told["amount_minor"] == charged - charged // 2
    assert shop.made(given) == "succeeded"
    assert balance(db, "payable", "ada") == 0
    assert (balance(db, "fees"), balance(db, "processing_fees")) == (-50, -25)
    assert balance(db, "stripe_clearing") == other["charged_minor"] // 2
    assert counter_laws(db) == []


def test_a_line_that_was_given_back_stays_so_whatever_is_given_back_at_stripe(shop: Shop) -> None:
    order = shop.buy("ben", shop.offer("ada"), shop.offer("cleo"))
    shop.event("charge.refunded", shop.charge(order, 100))
    assert shop.given(order) == [(50, 0, False), (50, 0, False)]
    assert shop.made(shop.approve("ben", "ada", shop.lines(order)[0])) == "succeeded"
    for more in (0, 110):
        shop.event("charge.refunded", shop.charge(order, 100 + 1100 + more))
        assert shop.given(order) == [(1150, 0, True), (50 + more, 0, False)]
    assert balance(shop.connection, "payable", "ada") == 0
    assert counter_laws(shop.connection) == []
