"""connect-onboarding: the page of Stripe's where an artist says who they are, to be paid."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.body import RequestModel
from backbeat.database import Database
from backbeat.settings import Settings
from backbeat.stripe_client import Path, Stripe, page_url


class OnboardingRequest(RequestModel):
    """Where to come back to, and where the app makes a new link when this one is over."""

    return_path: Path
    refresh_path: Path


class Artist(BaseModel):
    """Who is to be paid; for the service alone."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stripe_account_id: str | None = None
    email: str | None = None
    country: str | None = None


ARTIST = TypeAdapter(Artist)
ACCOUNT = TypeAdapter(str)


def begin_onboarding(
    database: Database,
    stripe: Stripe,
    settings: Settings,
    user_id: UUID,
    request: OnboardingRequest,
) -> dict[str, object]:
    """Return `{url, expires_at}`; the link is good once.

    The artist sells when Stripe reports that the account may charge. Errors besides the database's:
    stripe_unavailable, stripe_refused (502), stripe_not_configured (503).
    """
    pages = {
        "return_url": page_url(settings, request.return_path),
        "refresh_url": page_url(settings, request.refresh_path),
    }
    artist = database.call("onboarding", {"user_id": str(user_id)}, ARTIST, is_idempotent=True)
    account = artist.stripe_account_id
    if account is None:
        made = stripe.create("accounts", account_values(user_id, artist), f"account:{user_id}")
        arguments = {"user_id": str(user_id), "account_id": made["id"]}
        account = database.call("attach_account", arguments, ACCOUNT, is_idempotent=True)
    values = {"account": account, "type": "account_onboarding", **pages}
    link = stripe.create("account_links", values, f"link:{uuid4()}")
    expires_at = datetime.fromtimestamp(link["expires_at"], UTC)
    return {"url": link["url"], "expires_at": expires_at.isoformat()}


def account_values(user_id: UUID, artist: Artist) -> dict[str, Any]:
    """An account with Stripe's own pages, for whose fees and losses the platform stands."""
    values: dict[str, Any] = {
        "controller": {
            "fees": {"payer": "application"},
            "losses": {"payments": "application"},
            "stripe_dashboard": {"type": "express"},
        },
        "capabilities": {
            "card_payments": {"requested": True},
            "transfers": {"requested": True},
        },
        "metadata": {"user_id": str(user_id)},
    }
    said = {"email": artist.email, "country": artist.country}
    return values | {name: value for name, value in said.items() if value}
