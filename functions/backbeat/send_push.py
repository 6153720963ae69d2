"""send-push: sends what people were told of to their devices, and reads Expo's receipts."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import MalformedMessageError, PushUnavailableError
from backbeat.logs import logger
from backbeat.outbox import Message, claim, log_failure, read_payload
from backbeat.push import (
    DEVICE_GONE,
    MESSAGES_LIMIT,
    RECEIPTS_LIMIT,
    PushMessage,
    PushService,
    Ticket,
)

TOPIC = "send_push"
# PostgREST cuts a list off here (max_rows in supabase/config.toml).
ROWS_LIMIT = 1000
# Leaves the last request room within the lease, and within the schedule's time limit.
BUDGET_SECONDS = 180.0


class Told(BaseModel):
    """The payload of a message: which notification to push."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    notification_id: UUID


class DueTicket(BaseModel):
    """A ticket whose receipt can be read by now, and the device it was for."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    ticket_id: str
    token: str


PUSHES = TypeAdapter(list[PushMessage])
DUE = TypeAdapter(list[DueTicket])
COUNT = TypeAdapter(int)


def send_due_pushes(database: Database, push: PushService) -> dict[str, int]:
    """Send what is due, read due receipts, and return what became of it.

    The counts: `claimed`, `delivered` and `failed` messages of the outbox, one a notification;
    `pushes` that Expo took, one a device; `receipts` read; `dropped` devices that are gone. The
    database says at the time of sending what goes to which device. A notification is delivered
    when Expo took it for one device at least, or none is left to take it; else it waits by the
    outbox's backoff. What one request sent is finished before the next one, so that a run that
    dies sends at most 100 pushes a second time. The answer is 502 push_unavailable when some were
    not sent, with the same counts.
    """
    deadline = time.monotonic() + BUDGET_SECONDS
    counts: Counter[str] = Counter(
        dict.fromkeys(("claimed", "delivered", "failed", "pushes", "receipts", "dropped"), 0)
    )
    failure: PushUnavailableError | None = None
    while not failure and time.monotonic() < deadline:
        claimed = claim(database, TOPIC, MESSAGES_LIMIT)
        if not claimed:
            break
        counts["claimed"] += len(claimed)
        failure = _send(database, push, claimed, counts)
    try:
        _read_receipts(database, push, counts, deadline)
    except PushUnavailableError as error:
        failure = failure or error
    if failure or counts["failed"]:
        reason = failure.reason if failure else None
        raise PushUnavailableError(reason=reason, extra=dict(counts))
    return dict(counts)


def _send(
    database: Database, push: PushService, claimed: list[Message], counts: Counter[str]
) -> PushUnavailableError | None:
    """Send and finish claimed messages; returns why the service takes no more, if so."""
    outcomes: dict[int, str | None] = {}
    told: dict[UUID, list[int]] = {}
    for message in claimed:
        try:
            told.setdefault(read_payload(message, Told).notification_id, []).append(message.id)
        except MalformedMessageError as error:
            log_failure(TOPIC, message, error)
            outcomes[message.id] = error.token
    pushes: dict[UUID, list[PushMessage]] = {}
    for each in _pushes(database, list(told)):
        pushes.setdefault(each.notification_id, []).append(each)
    # Read meanwhile, unwanted by now, or nowhere to go: that is delivered.
    for notification_id in told.keys() - pushes.keys():
        outcomes |= dict.fromkeys(told[notification_id])
    _finish(database, outcomes, (), counts)

    failure: PushUnavailableError | None = None
    for group in _requests(pushes.values()):
        if failure:
            tickets = [Ticket(each, error=failure.token) for each in group]
        else:
            sent = push.send(group)
            tickets, failure = sent.tickets, sent.failure
        by_notification: dict[UUID, list[Ticket]] = {}
        for ticket in tickets:
            by_notification.setdefault(ticket.message.notification_id, []).append(ticket)
        outcomes = {
            message_id: _outcome(of_one)
            for notification_id, of_one in by_notification.items()
            for message_id in told[notification_id]
        }
        _finish(database, outcomes, tickets, counts)
    return failure


def _pushes(database: Database, notification_ids: list[UUID]) -> list[PushMessage]:
    if not notification_ids:
        return []
    arguments = {"notification_ids": [str(each) for each in notification_ids]}
    found = database.call("push_messages", arguments, PUSHES, is_idempotent=True)
    if len(found) < ROWS_LIMIT or len(notification_ids) == 1:
        return found
    middle = len(notification_ids) // 2
    return _pushes(database, notification_ids[:middle]) + _pushes(
        database, notification_ids[middle:]
    )


def _requests(groups: Iterable[list[PushMessage]]) -> Iterator[list[PushMessage]]:
    """Fill requests with whole notifications, so that each is finished with its request."""
    request: list[PushMessage] = []
    for group in groups:
        if request and len(request) + len(group) > MESSAGES_LIMIT:
            yield request
            request = []
        request = request + group
    if request:
        yield request


def _outcome(tickets: list[Ticket]) -> str | None:
    """Return why a notification must be tried again, None when it is delivered."""
    errors = [ticket.error for ticket in tickets if ticket.error != DEVICE_GONE]
    return None if None in errors or not errors else errors[0]


def _finish(
    database: Database,
    outcomes: Mapping[int, str | None],
    tickets: Iterable[Ticket],
    counts: Counter[str],
) -> None:
    """Say how messages went, keep the tickets and drop the devices that are gone, all at once."""
    taken = [
        {"ticket_id": ticket.ticket_id, "token": ticket.message.token}
        for ticket in tickets
        if ticket.ticket_id
    ]
    gone = [ticket.message.token for ticket in tickets if ticket.error == DEVICE_GONE]
    if not outcomes and not taken and not gone:
        return
    arguments = {
        "outcomes": [{"id": key, "error": error} for key, error in outcomes.items()],
        "tickets": taken,
        "gone_tokens": gone,
    }
    database.call("finish_pushes", arguments, COUNT, is_idempotent=True)
    failed = [error for error in outcomes.values() if error]
    counts["delivered"] += len(outcomes) - len(failed)
    counts["failed"] += len(failed)
    counts["pushes"] += len(taken)
    counts["dropped"] += len(gone)
    _log("push_failed", (ticket.error for ticket in tickets))


def _read_receipts(
    database: Database, push: PushService, counts: Counter[str], deadline: float
) -> None:
    """Read the receipts that are due; one that is not there yet is asked for again later."""
    while time.monotonic() < deadline:
        due = database.call("due_push_tickets", {"size": RECEIPTS_LIMIT}, DUE)
        if not due:
            break
        errors = push.receipts([ticket.ticket_id for ticket in due])
        read = [ticket for ticket in due if ticket.ticket_id in errors]
        gone = [each.ticket_id for each in read if errors[each.ticket_id] == DEVICE_GONE]
        arguments = {"ticket_ids": [each.ticket_id for each in read], "gone_ticket_ids": gone}
        dropped = database.call("finish_push_tickets", arguments, COUNT, is_idempotent=True)
        counts["receipts"] += len(read)
        counts["dropped"] += dropped
        _log("push_not_delivered", errors.values())


def _log(event: str, errors: Iterable[str | None]) -> None:
    found = Counter(error for error in errors if error and error != DEVICE_GONE)
    if found:
        logger().warning(event, errors=dict(found))
