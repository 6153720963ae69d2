"""send-email: sends by e-mail what people were told of and have not read in the app."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import EmailUnavailableError, InternalError
from backbeat.mail import Letter, Mailer
from backbeat.outbox import deliver

TOPIC = "send_email"
LETTERS = TypeAdapter(list[Letter])


class Unread(BaseModel):
    """The payload of a message: which notification to send."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    notification_id: UUID


def send_due_emails(database: Database, mailer: Mailer | None) -> dict[str, int]:
    """Send what is due and return what became of it.

    The counts: `claimed`, `delivered` and `failed` messages of the outbox, `sent` letters. The
    database says at the time of sending what goes to whom; read or unwanted by now, there is no
    letter and the message is delivered. What fails waits by the outbox's backoff, and the answer is
    502 email_unavailable with the same counts. Without a server (SMTP_HOST, EMAIL_FROM) nothing is
    claimed.
    """
    counts = dict.fromkeys(("claimed", "delivered", "sent", "failed"), 0)
    if mailer is None:
        return counts

    def hand_over(unread: Unread) -> None:
        arguments = {"notification_ids": [str(unread.notification_id)]}
        for letter in database.call("email_messages", arguments, LETTERS, is_idempotent=True):
            mailer.send(letter)
            counts["sent"] += 1

    with mailer:
        deliveries = deliver(database, TOPIC, Unread, hand_over)
    counts |= {
        "claimed": deliveries.claimed,
        "delivered": deliveries.delivered,
        "failed": len(deliveries.failures),
    }
    if deliveries.failures:
        kinds = [type(failure) for failure in deliveries.failures]
        kind = EmailUnavailableError if EmailUnavailableError in kinds else InternalError
        raise kind("Some e-mails were not sent; they wait for their next try.", extra=counts)
    return counts
