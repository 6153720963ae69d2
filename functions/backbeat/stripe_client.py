"""Stripe, asked by its official SDK alone: which Stripe it is, is a setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import StringConstraints

from backbeat.errors import (
    StripeConflictError,
    StripeNotConfiguredError,
    StripeRefusedError,
    StripeUnavailableError,
)
from backbeat.settings import Settings

if TYPE_CHECKING:
    from stripe import StripeClient

T = TypeVar("T")
RETRIES = 2
# Stripe knows a key for a day at least; less what its clock and ours may differ by.
KEY_KNOWN = timedelta(hours=23)
Json = dict[str, Any]
# A path of the app: never another host (`//evil.example`), nor what a browser takes for one.
Path = Annotated[
    str, StringConstraints(pattern=r"^/([^/\\\s\x00-\x1f][^\\\s\x00-\x1f]*)?$", max_length=1000)
]


@dataclass(frozen=True)
class Stripe:
    """One account of Stripe; an open connection is shared by all calls of a process.

    The SDK sends a request up to three times, which is safe as each that creates something has a
    key of ours. Raises StripeRefusedError for what Stripe will not do however often it is asked,
    StripeConflictError for a key that was used for something else, StripeUnavailableError else.
    """

    client: StripeClient

    def create(self, kind: str, values: Mapping[str, Any], key: str, *path: str) -> Json:
        """Create something, once for each key; `kind` is the SDK's service, as `v1.refunds`."""
        service = self._service(kind)
        return self._ask(
            lambda: service.create(*path, dict(values), options={"idempotency_key": key})
        )

    def create_once(
        self,
        kind: str,
        values: Mapping[str, Any],
        key: str,
        asked_since: datetime,
        among: Mapping[str, Any],
    ) -> Json:
        """Create something once, however long ago it was asked for first.

        When Stripe may have forgotten the key, what was made is looked for in its list, narrowed
        down to `among`: it has the metadata of `values`, which are no other's.
        """
        if datetime.now(UTC) - asked_since > KEY_KNOWN:
            for made in self.all(kind, among):
                if made["metadata"] == values["metadata"]:
                    return made
        return self.create(kind, values, key)

    def retrieve(self, kind: str, identity: str) -> Json:
        """Return what something is like now."""
        service = self._service(kind)
        return self._ask(lambda: service.retrieve(identity))

    def delete(self, kind: str, identity: str) -> None:
        """Delete something; it is no error that it is not there any more."""
        service = self._service(kind)
        try:
            self._ask(lambda: service.delete(identity))
        except StripeRefusedError as error:
            if error.code != "resource_missing":
                raise

    def all(self, kind: str, values: Mapping[str, Any], account: str | None = None) -> list[Json]:
        """Return a whole list, newest first; of a connected account, if one is named."""
        service = self._service(kind)
        options = {"stripe_account": account} if account else {}

        def read() -> list[Json]:
            listed = service.list({"limit": 100, **values}, options=options)
            return [as_json(each) for each in listed.auto_paging_iter()]

        return _translating(read)

    def events(self, since: datetime) -> Iterator[Json]:
        """Our events and those of every connected account since then, each oldest first.

        Those of an account name it, as the webhook's do: by it they are told from our own.
        """
        values = {"created": {"gte": int(since.timestamp())}}
        yield from reversed(self.all("events", values))
        for account in self.all("accounts", {}):
            for event in reversed(self.all("events", values, account["id"])):
                yield {**event, "account": account["id"]}

    def _service(self, kind: str) -> Any:
        service: Any = self.client.v1
        for name in kind.split("."):
            service = getattr(service, name)
        return service

    def _ask(self, ask: Callable[[], Any]) -> Json:
        return as_json(_translating(ask))


def as_json(thing: Any) -> Json:
    """An object of the SDK as the JSON it came as: the SDK makes numbers of decimals in text."""
    found: Json = thing.to_dict(for_json=True)
    return found


def _translating(ask: Callable[[], T]) -> T:
    # Only here: most functions have no use for it.
    from stripe import CardError, IdempotencyError, InvalidRequestError, StripeError

    try:
        return ask()
    except IdempotencyError as error:
        raise StripeConflictError(reason=_said(error)) from None
    except (CardError, InvalidRequestError) as error:
        raise StripeRefusedError(str(error.code or "refused"), _said(error)) from None
    except StripeError as error:
        raise StripeUnavailableError(reason=_said(error)) from None


def _said(error: Any) -> str:
    """What may go to the log: kinds and ids, no text, which may quote what was sent."""
    parts = (type(error).__name__, error.http_status, error.code, error.request_id)
    return " ".join(str(part) for part in parts if part is not None)


@lru_cache(maxsize=1)
def connect_stripe(settings: Settings) -> Stripe:
    """Return this process's Stripe, made when first asked for; StripeNotConfiguredError."""
    if settings.stripe_secret_key is None:
        raise StripeNotConfiguredError(reason="STRIPE_SECRET_KEY is not set")
    from stripe import RequestsClient, StripeClient

    return Stripe(
        StripeClient(
            settings.stripe_secret_key.get_secret_value(),
            base_addresses={"api": settings.stripe_api_base},
            # Its own default is none.
            max_network_retries=RETRIES,
            http_client=RequestsClient(timeout=settings.stripe_timeout_seconds),
        )
    )


def page_url(settings: Settings, path: str) -> str:
    """A page of the app: FRONTEND_URL and a path of it, never an address from a client."""
    if settings.frontend_url is None:
        raise StripeNotConfiguredError(reason="FRONTEND_URL is not set")
    return f"{settings.frontend_url}{path}"
