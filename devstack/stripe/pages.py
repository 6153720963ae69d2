"""The pages a person sees: the checkout, the onboarding of an artist, and the portal."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape

from devstack.stripe import billing, checkout, connect
from devstack.stripe.api import FakeStripe
from devstack.stripe.faults import Json, StripeError, missing
from devstack.stripe.parameters import SubscriptionUpdate

NO_DECIMALS = {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd",
               "vuv", "xaf", "xof", "xpf"}  # fmt: skip
THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}
STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; background: Canvas }
body { max-width: 30rem; margin: 3rem auto; padding: 0 1rem }
table { width: 100%; border-collapse: collapse; margin-block: 1rem }
th, td { text-align: start; padding: .4rem 0; border-bottom: 1px solid #8884 }
tbody th { font-weight: inherit }
td { text-align: end }
tfoot { font-weight: 600 }
caption { text-align: start }
form { display: grid; gap: .6rem }
button { font: inherit; padding: .7rem; border: 1px solid #8886; border-radius: .5rem }
a { color: light-dark(#3a2bb0, #b9b0ff) }
:focus-visible { outline: 3px solid light-dark(#4b3bd1, #b9b0ff); outline-offset: 2px }
button.main { background: #4b3bd1; color: #fff; border-color: #4b3bd1 }
[role=alert] { color: light-dark(#a81e1e, #ff9b9b); font-weight: 600 }
"""


@dataclass(frozen=True)
class Page:
    """HTML, or somewhere else to go."""

    html: str = ""
    status: int = 200
    location: str | None = None


def show(stripe: FakeStripe, path: str, form: Json | None) -> Page:
    """Answer a person's browser; `form` is what they have sent, None when they only look."""
    _, kind, name = [*path.split("/"), "", ""][:3]
    pages = {"pay": _pay, "connect": _connect, "portal": _portal}
    with stripe.lock:
        checkout.keep_time(stripe.store)
        try:
            if kind not in pages:
                raise missing("page", path)
            page = pages[kind](stripe, name, form)
        except StripeError as fault:
            return _page("Something is wrong", f"<p>{escape(str(fault))}</p>", fault.status)
        if form is not None and stripe.state:
            stripe.store.write(stripe.state)
        return page


def money(amount: int, currency: str) -> str:
    """An amount as people read it."""
    digits = 0 if currency in NO_DECIMALS else 3 if currency in THREE_DECIMALS else 2
    return f"{currency.upper()} {Decimal(amount).scaleb(-digits):.{digits}f}"


def _pay(stripe: FakeStripe, name: str, form: Json | None) -> Page:
    session = stripe.store.get("checkout.session", name)
    if session["status"] == "complete":
        return Page(status=303, location=_success(session))
    if session["status"] == "expired":
        back = _link(session["cancel_url"], "Back to the shop")
        return _page("This checkout has expired", f"<p>Nothing was charged.</p>{back}", 410)
    said = ""
    match (form or {}).get("do"):
        case "pay":
            checkout.pay(stripe.store, session)
        case "arrives" | "fails" as later:
            seconds = stripe.settle_seconds
            due = None if seconds is None else stripe.store.now() + seconds
            checkout.pay_later(stripe.store, session, arrives=later == "arrives", settles_at=due)
        case "decline":
            checkout.decline(stripe.store, session)
            # It has the focus, so that it is read out first.
            said = '<p role="alert" tabindex="-1" autofocus>Your card was declined.</p>'
    if session["status"] == "complete":
        return Page(status=303, location=_success(session))
    return _page("Checkout", said + _bill(stripe, session))


def _bill(stripe: FakeStripe, session: Json) -> str:
    lines = "".join(
        f"<tr><th scope=row>{line['quantity']} × {escape(line['description'])}</th>"
        f"<td>{money(line['amount_total'], line['currency'])}</td></tr>"
        for line in stripe.store.beside[session["id"]]["line_items"]
    )
    total = money(session["amount_total"], session["currency"])
    every = " each month" if session["mode"] == "subscription" else ""
    later = (
        ""
        if session["mode"] == "subscription"
        else '<button name="do" value="arrives">Pay later: the money will arrive</button>'
        '<button name="do" value="fails">Pay later: the money will not arrive</button>'
    )
    return (
        f"<table><caption>What you pay for</caption><tbody>{lines}</tbody>"
        f"<tfoot><tr><th scope=row>Total</th><td>{total}</td></tr></tfoot></table>"
        '<form method="post">'
        f'<button class="main" name="do" value="pay">Pay {total}{every}</button>'
        f"{later}"
        '<button name="do" value="decline">Try a card that is declined</button></form>'
        + _link(session["cancel_url"], "Back without paying")
    )


def _success(session: Json) -> str:
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _connect(stripe: FakeStripe, token: str, form: Json | None) -> Page:
    link = stripe.store.beside.get(token)
    if link is None:
        raise missing("account link", token)
    account = stripe.store.get("account", link["account"])
    if link["expires_at"] <= stripe.store.now():
        return Page(status=303, location=link["refresh_url"])
    match (form or {}).get("do"):
        case "finish":
            connect.onboard(stripe.store, account)
            link["expires_at"] = 0
            return Page(status=303, location=link["return_url"])
        case "later":
            return Page(status=303, location=link["return_url"])
    return _page(
        "Get paid",
        f"<p>Account {escape(account['id'])} in {escape(account['country'])}</p>"
        '<form method="post">'
        '<button class="main" name="do" value="finish">Give everything that is asked for</button>'
        '<button name="do" value="later">Leave for now</button></form>',
    )


def _portal(stripe: FakeStripe, name: str, form: Json | None) -> Page:
    store = stripe.store
    visit = store.get("billing_portal.session", name)
    theirs = [
        subscription
        for subscription in store.all("subscription")
        if subscription["customer"] == visit["customer"] and subscription["status"] != "canceled"
    ]
    asked = form or {}
    for subscription in theirs:
        if subscription["id"] == asked.get("subscription"):
            ends = SubscriptionUpdate(cancel_at_period_end=asked.get("do") == "end")
            billing.update(store, subscription, ends)
    return _page(
        "Your subscription",
        "".join(_subscription(store.get("product", _product(each)), each) for each in theirs)
        + ("" if theirs else "<p>There is none.</p>")
        + _link(visit["return_url"], "Back"),
    )


def _product(subscription: Json) -> str:
    return str(subscription["items"]["data"][0]["price"]["product"])


def _subscription(product: Json, subscription: Json) -> str:
    ends = subscription["cancel_at_period_end"]
    said = "ends with its period" if ends else subscription["status"].replace("_", " ")
    do, label = ("resume", "Go on with it") if ends else ("end", "End it with its period")
    return (
        f"<h2>{escape(product['name'])}</h2><p>It {'' if ends else 'is '}{said}.</p>"
        '<form method="post">'
        f'<input type="hidden" name="subscription" value="{subscription["id"]}">'
        f'<button name="do" value="{do}">{label}</button></form>'
    )


def _link(url: str | None, label: str) -> str:
    return f'<p><a href="{escape(url)}">{label}</a></p>' if url else ""


def _page(title: str, body: str, status: int = 200) -> Page:
    return Page(
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width">'
        '<link rel="icon" href="data:,">'
        f"<style>{STYLE}</style><main><h1>{title}</h1>{body}"
        "<p><small>Backbeat's fake Stripe: no money moves here.</small></p></main></html>",
        status,
    )
