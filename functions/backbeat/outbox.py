"""The outbox, from the side that delivers: claim a message, hand it over, say how it went."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from backbeat.batches import BUDGET_SECONDS, claims
from backbeat.database import Database
from backbeat.errors import (
    BackbeatError,
    DatabaseRefusedError,
    InternalError,
    MalformedMessageError,
)
from backbeat.logs import logger

PayloadT = TypeVar("PayloadT", bound=BaseModel)


class Message(BaseModel):
    """A claimed message; its payload is whatever its topic promises."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: int
    payload: Any


MESSAGES = TypeAdapter(list[Message])
OUTCOME = TypeAdapter(str)


@dataclass
class Deliveries:
    """What became of the messages of one run."""

    delivered: int = 0
    failures: list[BackbeatError] = field(default_factory=list)

    @property
    def claimed(self) -> int:
        """How many messages were tried."""
        return self.delivered + len(self.failures)


def deliver(
    database: Database,
    topic: str,
    model: type[PayloadT],
    handle: Callable[[PayloadT], None],
    budget_seconds: float = BUDGET_SECONDS,
) -> Deliveries:
    """Hand each due message of a topic to `handle`, which raises when it cannot deliver it.

    A message that fails waits by the outbox's own backoff and does not stop the others; the outbox
    keeps the error's token. Delivery is at least once: a run that dies leaves its message to the
    lease, so `handle` must bear to see a message again.
    """
    deliveries = Deliveries()
    for message in claims(database, "claim_outbox", MESSAGES, {"topic": topic}, budget_seconds):
        failure = _attempt(message, model, handle)
        if failure is None:
            deliveries.delivered += 1
        else:
            deliveries.failures.append(failure)
            log_failure(topic, message, failure)
        _finish(database, message, failure)
    return deliveries


def claim(database: Database, topic: str, size: int) -> list[Message]:
    """Lease the next messages of a topic; each must be finished within the lease."""
    return database.call("claim_outbox", {"topic": topic, "size": size}, MESSAGES)


def read_payload(message: Message, model: type[PayloadT]) -> PayloadT:
    """Return what a message says; raises MalformedMessageError."""
    try:
        return model.model_validate(message.payload)
    except ValidationError as error:
        # Places and rules only: the values may be names of people's files.
        faults = error.errors(include_url=False, include_context=False, include_input=False)
        raise MalformedMessageError(
            reason="; ".join(
                f"{'.'.join(map(str, fault['loc'])) or 'payload'}: {fault['type']}"
                for fault in faults
            )
        ) from None


def log_failure(topic: str, message: Message, failure: BackbeatError) -> None:
    """Write a line about a message that was not delivered."""
    line: dict[str, object] = {"topic": topic, "message_id": message.id, "token": failure.token}
    if failure.reason:
        line["reason"] = failure.reason
    if failure.__cause__:
        line["exc_info"] = failure.__cause__
    logger().warning("delivery_failed", **line)


def _attempt(
    message: Message, model: type[PayloadT], handle: Callable[[PayloadT], None]
) -> BackbeatError | None:
    try:
        handle(read_payload(message, model))
    except BackbeatError as error:
        return error
    except Exception as error:
        failure = InternalError()
        failure.__cause__ = error
        return failure
    return None


def _finish(database: Database, message: Message, failure: BackbeatError | None) -> None:
    arguments = {
        "id": message.id,
        "ok": failure is None,
        "error": failure.token if failure else None,
    }
    try:
        database.call("finish_outbox", arguments, OUTCOME, is_idempotent=True)
    except DatabaseRefusedError as error:
        # The messages about a person go with their account, even one under way.
        if error.token != "message_not_found":
            raise
