"""The one door to Expo's push service, by its own SDK."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

import stamina
from pydantic import BaseModel, ConfigDict

from backbeat.errors import PushBusyError, PushRefusedError, PushUnavailableError
from backbeat.settings import Settings

if TYPE_CHECKING:
    from exponent_server_sdk import PushClient

T = TypeVar("T")

MESSAGES_LIMIT = 100
# What Expo recommends; it takes 1000.
RECEIPTS_LIMIT = 300
ATTEMPTS = 3
LONGEST_WAIT_SECONDS = 10.0
FIELDS = ("to", "title", "body", "data", "sound")
DEVICE_GONE = "DeviceNotRegistered"
# 4xx that say nothing about the messages themselves.
OUR_PLACE = (401, 403, 404, 408, 429)


class PushMessage(BaseModel):
    """What one device is to show."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    notification_id: UUID
    token: str
    title: str
    body: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Ticket:
    """What Expo said of one message: an id to ask for its receipt by, or an error's name."""

    message: PushMessage
    ticket_id: str | None = None
    error: str | None = None


@dataclass
class Sent:
    """What became of messages; `failure` is set when the service took some or all of them not."""

    tickets: list[Ticket] = field(default_factory=list)
    failure: PushUnavailableError | None = None


class PushService:
    """Sends messages and reads receipts; an open connection is shared by all calls."""

    def __init__(self, client: PushClient) -> None:
        self._client = client

    def send(self, messages: Sequence[PushMessage]) -> Sent:
        """Send messages, 100 a request at most, and say what became of each.

        A request that Expo refuses for what is in it is sent again in parts, by app or in halves,
        until the message at fault is alone; the others go out. Only what surely was not sent is
        tried again here.
        """
        sent = Sent()
        for start in range(0, len(messages), MESSAGES_LIMIT):
            self._send(messages[start : start + MESSAGES_LIMIT], sent)
        return sent

    def receipts(self, ticket_ids: Sequence[str]) -> dict[str, str | None]:
        """Return the error of each ticket, None where there was none.

        A ticket that Expo has no receipt of (any more, or yet) is left out. Raises
        PushUnavailableError.
        """
        from exponent_server_sdk import PushTicket

        tickets = [
            PushTicket(push_message=None, status="ok", message="", details=None, id=ticket_id)
            for ticket_id in ticket_ids
        ]
        for attempt in stamina.retry_context(
            on=_is_away, attempts=ATTEMPTS, wait_initial=0.1, wait_max=1
        ):
            with attempt:
                found = _ask(lambda: self._client.check_receipts_multiple(tickets))
        return {receipt.id: _error_of(receipt) for receipt in found}

    def _send(self, messages: Sequence[PushMessage], sent: Sent) -> None:
        if sent.failure:
            sent.tickets += [Ticket(message, error=sent.failure.token) for message in messages]
            return
        try:
            sent.tickets += self._publish(messages)
        except PushRefusedError as error:
            parts = _parts(messages, error)
            if len(parts) == 1:
                sent.tickets += [Ticket(message, error=error.code) for message in messages]
                return
            for part in parts:
                self._send(part, sent)
        except PushUnavailableError as error:
            sent.failure = error
            self._send(messages, sent)

    def _publish(self, messages: Sequence[PushMessage]) -> list[Ticket]:
        for attempt in stamina.retry_context(on=_wait_asked_for, attempts=ATTEMPTS):
            with attempt:
                answers = _ask(
                    lambda: self._client.publish_multiple([_in_sdk(each) for each in messages])
                )
        return [
            Ticket(message, error=_error_of(answer) or "no ticket")
            if _error_of(answer) or not answer.id
            else Ticket(message, ticket_id=answer.id)
            for message, answer in zip(messages, answers, strict=True)
        ]


def _parts(
    messages: Sequence[PushMessage], refusal: PushRefusedError
) -> list[Sequence[PushMessage]]:
    """Divide refused messages: by the apps Expo names, else in halves; one part is the end."""
    apps = {
        token: app
        for app, tokens in refusal.details.items()
        if isinstance(tokens, list)
        for token in tokens
        if isinstance(token, str)
    }
    groups: dict[str | None, list[PushMessage]] = {}
    for message in messages:
        groups.setdefault(apps.get(message.token), []).append(message)
    if len(groups) > 1:
        return list(groups.values())
    middle = (len(messages) + 1) // 2
    return [part for part in (messages[:middle], messages[middle:]) if part]


def _in_sdk(message: PushMessage) -> Any:
    return _sdk_message()(
        to=message.token,
        title=message.title,
        body=message.body,
        data=message.data,
        sound="default",
    )


@cache
def _sdk_message() -> Any:
    from exponent_server_sdk import PushMessage as SdkMessage

    class Payload(SdkMessage):  # type: ignore[misc]  # the SDK has no types
        def get_payload(self) -> dict[str, Any]:
            # The SDK's own refuses one of the two forms that tokens have.
            return {name: getattr(self, name) for name in FIELDS}

    return Payload


def _ask(request: Callable[[], T]) -> T:
    """Make a request; whatever the SDK raises becomes one of our errors."""
    import requests
    from exponent_server_sdk import PushServerError

    try:
        return request()
    except (PushServerError, requests.HTTPError) as error:
        raise _translated(error.response, getattr(error, "errors", None)) from None
    except requests.RequestException as error:
        raise PushUnavailableError(reason=type(error).__name__) from None
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        # What the SDK makes of JSON of another shape.
        raise PushUnavailableError(reason=f"not understood: {type(error).__name__}") from None


def _translated(response: Any, errors: Any) -> PushUnavailableError:
    first = errors[0] if isinstance(errors, list) and errors else None
    error = first if isinstance(first, dict) else {}
    code, details = str(error.get("code", "")), error.get("details")
    status = response.status_code
    if status == 429 or code == "TOO_MANY_REQUESTS":
        return PushBusyError(_seconds(response.headers.get("Retry-After")))
    if (
        code
        and (code.startswith("PUSH_TOO_MANY") or 400 <= status < 500)
        and (status not in OUR_PLACE)
    ):
        return PushRefusedError(code, details if isinstance(details, dict) else {})
    return PushUnavailableError(reason=f"answered {status} {code}".strip())


def _seconds(retry_after: str | None) -> float:
    try:
        return max(float(retry_after or 1), 0.1)
    except ValueError:
        return 1.0


def _wait_asked_for(error: Exception) -> bool | float:
    if isinstance(error, PushBusyError) and error.seconds <= LONGEST_WAIT_SECONDS:
        return error.seconds
    return False


def _is_away(error: Exception) -> bool:
    return isinstance(error, PushUnavailableError) and not isinstance(error, PushRefusedError)


def _error_of(answer: Any) -> str | None:
    """Return the name of a ticket's or receipt's error, None when it is well."""
    if answer.is_success():
        return None
    details = answer.details if isinstance(answer.details, dict) else {}
    return str(details.get("error") or "unknown")


@lru_cache(maxsize=1)
def connect_push(settings: Settings) -> PushService:
    """Return this process's PushService, made when first asked for."""
    # Only here: the SDK brings `requests`, which most functions have no use for.
    import requests
    from exponent_server_sdk import PushClient

    stamina.instrumentation.set_on_retry_hooks([])
    session = requests.Session()
    session.headers.update(
        {
            "accept": "application/json",
            "accept-encoding": "gzip, deflate",
            "content-type": "application/json",
        }
    )
    if settings.expo_access_token:
        token = settings.expo_access_token.get_secret_value()
        session.headers["authorization"] = f"Bearer {token}"
    return PushService(
        PushClient(
            host=settings.expo_api_base,
            session=session,
            timeout=(settings.connect_timeout_seconds, settings.expo_timeout_seconds),
            max_message_count=MESSAGES_LIMIT,
            max_receipt_count=RECEIPTS_LIMIT,
        )
    )
