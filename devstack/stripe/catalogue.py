"""Customers, products and prices; two prices are there from the beginning, for the plans."""

from __future__ import annotations

from dataclasses import dataclass

from devstack.stripe import billing
from devstack.stripe.faults import refused
from devstack.stripe.parameters import (
    CustomerWrite,
    PriceCreate,
    PriceData,
    ProductCreate,
    ProductData,
    Recurring,
)
from devstack.stripe.store import Json, Store, identity


@dataclass(frozen=True)
class Plan:
    """What somebody can subscribe to."""

    name: str
    price_id: str
    monthly_minor: int


PLANS = {
    "pro": Plan("Backbeat Pro", "price_backbeat_pro", 999),
    "studio": Plan("Backbeat Studio", "price_backbeat_studio", 2999),
}


def stock_plans(store: Store) -> None:
    """Have the prices of the plans, as somebody would make them once in Stripe's dashboard."""
    for plan in PLANS.values():
        if plan.price_id not in store.objects:
            asked = PriceCreate(
                currency="usd",
                unit_amount=plan.monthly_minor,
                product_data=ProductData(name=plan.name),
                recurring=Recurring(interval="month"),
            )
            create_price(store, asked, plan.price_id)


def create_customer(store: Store, asked: CustomerWrite) -> Json:
    """Somebody who pays."""
    customer = store.add(
        {
            "id": identity("cus_"),
            "object": "customer",
            "address": None,
            "balance": 0,
            "created": store.now(),
            "currency": None,
            "default_source": None,
            "delinquent": False,
            "description": asked.description,
            "discount": None,
            "email": asked.email,
            "invoice_prefix": identity("")[:8].upper(),
            "invoice_settings": {
                "custom_fields": None,
                "default_payment_method": None,
                "footer": None,
                "rendering_options": None,
            },
            "livemode": False,
            "metadata": dict(asked.metadata),
            "name": asked.name,
            "phone": None,
            "preferred_locales": [],
            "shipping": None,
            "tax_exempt": "none",
            "test_clock": None,
        }
    )
    store.happened("customer.created", customer)
    return customer


def update_customer(store: Store, customer: Json, asked: CustomerWrite) -> Json:
    """Change what is said of a customer."""
    customer |= asked.model_dump(
        include={"email", "name", "description", "metadata"}, exclude_unset=True
    )
    store.happened("customer.updated", customer)
    return customer


def delete_customer(store: Store, customer: Json) -> Json:
    """Forget a customer, whose subscriptions end at once."""
    theirs = [each for each in store.all("subscription") if each["customer"] == customer["id"]]
    for subscription in theirs:
        if subscription["status"] != "canceled":
            billing.cancel(store, subscription)
    del store.objects[customer["id"]]
    store.happened("customer.deleted", customer)
    return {"id": customer["id"], "object": "customer", "deleted": True}


def create_product(store: Store, asked: ProductCreate | ProductData) -> Json:
    """What is sold."""
    product = store.add(
        {
            "id": identity("prod_"),
            "object": "product",
            "active": True,
            "created": store.now(),
            "default_price": None,
            "description": asked.description,
            "images": list(asked.images),
            "livemode": False,
            "marketing_features": [],
            "metadata": dict(asked.metadata),
            "name": asked.name,
            "package_dimensions": None,
            "shippable": None,
            "statement_descriptor": None,
            "tax_code": None,
            "unit_label": None,
            "updated": store.now(),
            "url": None,
        }
    )
    store.happened("product.created", product)
    return product


def create_price(store: Store, asked: PriceCreate | PriceData, name: str | None = None) -> Json:
    """What it costs."""
    existing = asked.product if isinstance(asked, PriceCreate) else None
    if (existing is None) == (asked.product_data is None):
        raise refused("Specify one of product and product_data.", "parameter_missing", "product")
    product = (
        store.get("product", existing, "product")
        if asked.product_data is None
        else create_product(store, asked.product_data)
    )
    named = asked if isinstance(asked, PriceCreate) else None
    price = store.add(
        {
            "id": name or identity("price_"),
            "object": "price",
            "active": True,
            "billing_scheme": "per_unit",
            "created": store.now(),
            "currency": asked.currency,
            "custom_unit_amount": None,
            "livemode": False,
            "lookup_key": named.lookup_key if named else None,
            "metadata": dict(named.metadata) if named else {},
            "nickname": named.nickname if named else None,
            "product": product["id"],
            "recurring": {
                "interval": asked.recurring.interval,
                "interval_count": asked.recurring.interval_count,
                "meter": None,
                "usage_type": "licensed",
            }
            if asked.recurring
            else None,
            "tax_behavior": "unspecified",
            "tiers_mode": None,
            "transform_quantity": None,
            "type": "recurring" if asked.recurring else "one_time",
            "unit_amount": asked.unit_amount,
            "unit_amount_decimal": str(asked.unit_amount),
        }
    )
    store.happened("price.created", price)
    return price
