"""A shop for tests: what is offered, ordered, paid and given back, as the functions do it."""

from __future__ import annotations

import itertools
import json
import uuid
from typing import Any

from tests.catalogue import make_upload
from tests.database import Actor, Connection, actor, person_id
from tests.stories import charge_of, dispute_of, session_of

_numbers = itertools.count(1)
ADDRESS = {
    "name": "Ben",
    "line1": "1 Road",
    "line2": None,
    "city": "Bergen",
    "postal_code": "5003",
    "country": "NO",
}


class Shop:
    """Sellers who may charge, buyers, and Stripe, on one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.service = actor(connection, "service")

    def open(self, name: str) -> Actor:
        """Let somebody sell for money."""
        seller = actor(self.connection, name)
        seller.call("become_artist")
        self.connection.execute(
            "insert into private.artist_accounts (profile_id, stripe_account_id, charges_enabled)"
            " values (%s, %s, true) on conflict (profile_id) do update set charges_enabled = true",
            [seller.id, f"acct_{name}"],
        )
        return seller

    def offer(self, seller: str, **values: Any) -> uuid.UUID:
        """Put something on somebody's shelf: merch for ten dollars, unless said otherwise."""
        given = {
            "kind": "merch",
            "name": f"Thing {next(_numbers)}",
            "pricing": "fixed",
            "price_minor": 1000 if values.get("pricing", "fixed") == "fixed" else None,
            **values,
        }
        (row,) = self.open(seller).run(
            f"insert into public.products ({', '.join(given)})"
            f" values ({', '.join(['%s'] * len(given))}) returning id",
            *given.values(),
        )
        identity = row["id"]
        assert isinstance(identity, uuid.UUID)
        return identity

    def vary(self, seller: str, product: uuid.UUID) -> uuid.UUID:
        """Offer another size of something of somebody's; its id."""
        (row,) = actor(self.connection, seller).run(
            "insert into public.product_variants (product_id, name) values (%s, 'large')"
            " returning id",
            product,
        )
        identity = row["id"]
        assert isinstance(identity, uuid.UUID)
        return identity

    def track(self, seller: str, **values: Any) -> uuid.UUID:
        """A published track of somebody's, for five dollars unless said otherwise."""
        self.open(seller)
        sold = {"price_minor": 500, **values}
        upload = make_upload(self.connection, seller)
        return self.offer(seller, kind="track", track_ids=[upload], **sold)

    def checkout(self, buyer: str, *items: Any, **values: Any) -> dict[str, Any]:
        """What create-checkout is given for an order: ids of products, or whole items."""
        listed = [item if isinstance(item, dict) else {"product_id": str(item)} for item in items]
        made = self.service.call(
            "backend.place_order",
            **{
                "buyer_id": person_id(buyer),
                "items": json.dumps(listed),
                "client_id": uuid.uuid4(),
                "shipping_address": json.dumps(ADDRESS),
                **values,
            },
        )
        assert isinstance(made, dict)
        return made

    def place(self, buyer: str, *items: Any, **values: Any) -> str:
        """Order something; the id, with a session attached."""
        order = str(self.checkout(buyer, *items, **values)["order_id"])
        self.service.call("backend.attach_session", order_id=order, session_id=f"cs_{order}")
        return order

    def buy(self, buyer: str, *items: Any) -> str:
        """Order something and pay for it; the id of the order."""
        order = self.place(buyer, *items)
        assert self.paid(order) == "applied"
        return order

    def row(self, order: str) -> dict[str, Any]:
        """An order as it is stored."""
        row = self.connection.execute(
            "select * from public.orders where id = %s", [order]
        ).fetchone()
        assert row is not None
        return row

    def lines(self, order: str) -> list[dict[str, Any]]:
        """The lines of an order as they are stored."""
        return self.connection.execute(
            "select * from public.order_lines where order_id = %s order by place", [order]
        ).fetchall()

    def report(
        self, kind: str, thing: dict[str, Any], event_id: str | None = None
    ) -> dict[str, Any]:
        """An event of Stripe's about something, with an id of its own unless it has one."""
        number = next(_numbers)
        return {
            "id": event_id or f"evt_{number}",
            "type": kind,
            "created": 1_800_000_000 + number,
            "data": {"object": thing},
        }

    def deliver(self, event: dict[str, Any]) -> str:
        """Do as stripe-webhook does with an event; what became of it."""
        outcome = self.service.call("backend.apply_stripe_event", event=json.dumps(event))
        assert isinstance(outcome, str)
        return outcome

    def event(self, kind: str, thing: dict[str, Any], event_id: str | None = None) -> str:
        """Let Stripe report something; what became of it."""
        return self.deliver(self.report(kind, thing, event_id))

    def session(self, order: str, **values: Any) -> dict[str, Any]:
        """The Checkout Session of an order, paid in full unless said otherwise."""
        return session_of(self.row(order), **values)

    def paid(self, order: str, **values: Any) -> str:
        """Let the session of an order be completed."""
        return self.event("checkout.session.completed", self.session(order, **values))

    def expired(self, order: str) -> str:
        """Let the session of an order expire."""
        gone = self.session(order, payment_status="unpaid", payment_intent=None)
        return self.event("checkout.session.expired", gone)

    def charge(self, order: str, refunded: int, **values: Any) -> dict[str, Any]:
        """The charge of an order, of which so much was given back."""
        return charge_of(self.row(order), refunded, **values)

    def dispute(
        self, order: str, status: str = "needs_response", amount: int | None = None, **values: Any
    ) -> dict[str, Any]:
        """A dispute about so much of an order, the whole unless said otherwise."""
        return dispute_of(self.row(order), status, amount, **values)

    def approve(self, buyer: str, seller: str, line: dict[str, Any]) -> uuid.UUID:
        """Let a buyer ask for a line back and its seller approve; the id of the refund."""
        asked = actor(self.connection, buyer).call(
            "request_refund", order_line_id=line["id"], reason="It skips"
        )
        decided = actor(self.connection, seller).call(
            "decide_refund", refund_id=asked["id"], approve=True
        )
        assert decided["status"] == "approved"
        return uuid.UUID(str(decided["id"]))

    def made(self, refund: uuid.UUID, status: str = "succeeded") -> str:
        """Let Stripe make a refund, and have it back at once where it failed; what became of it."""
        told = self.service.call(
            "backend.record_refund",
            refund_id=refund,
            stripe_refund_id=f"re_{refund}",
            status=status,
        )
        assert isinstance(told, str)
        return told

    def given(self, order: str) -> list[tuple[int, int, bool]]:
        """Of each line how much was given back and is disputed, and whether that is all of it."""
        return [
            (line["refunded_minor"], line["disputed_minor"], line["is_refunded"])
            for line in self.lines(order)
        ]

    def came_to(self, order: str) -> dict[str, Any]:
        """All that an order, the only one, has come to, but for ids and moments."""
        sums = self.connection.execute(
            "select account.owner_kind, account.owner_id, account.purpose,"
            " sum(posting.amount_minor)::bigint as minor"
            " from private.ledger_postings as posting"
            " join private.ledger_accounts as account on account.id = posting.account_id"
            " group by 1, 2, 3 having sum(posting.amount_minor) <> 0 order by 1, 2, 3"
        ).fetchall()
        stock = self.connection.execute(
            "select name, stock, sold_count from public.products order by name"
        ).fetchall()
        grants = self.connection.execute(
            "select name, revoked_at is null as holds from public.download_grants order by name"
        ).fetchall()
        payments = self.connection.execute(
            "select status, settled_as, refunded_minor from private.payments"
        ).fetchall()
        return {
            "status": self.row(order)["status"],
            "lines": self.given(order),
            "ledger": sums,
            "stock": stock,
            "grants": grants,
            "payments": payments,
        }
