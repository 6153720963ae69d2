"""process-payouts: sends sellers what is theirs, one transfer for each order."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pydantic import BaseModel, ConfigDict, TypeAdapter

from backbeat.database import Database
from backbeat.errors import StripeRefusedError, StripeUnavailableError
from backbeat.stripe_client import Stripe

BATCH = 50
# What is left is the next run's; a batch that was claimed is tried to its end.
BUDGET_SECONDS = 240.0


class Transfer(BaseModel):
    """A transfer that is to be made, and ours alone to make for a while."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    transfer_id: int
    payout_id: int | str
    account_id: str
    amount_minor: int
    currency: str
    transfer_group: str
    key: str
    created_at: datetime


class TransferRefusedError(Exception):
    """The provider will not send this, however often; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TransferUnknownError(Exception):
    """Whether the provider has sent this is not known."""


class Payer(Protocol):
    """A provider that sends sellers money; another one, such as Paystack, is another of these."""

    def send(self, transfer: Transfer) -> str:
        """Send it, once for each key, and return its id there.

        Raises TransferRefusedError, and TransferUnknownError: then it is called again, later.
        """
        ...


@dataclass(frozen=True)
class StripePayer:
    """Sends by transfers to connected accounts."""

    stripe: Stripe

    def send(self, transfer: Transfer) -> str:
        """Make the transfer of Stripe's."""
        values: dict[str, Any] = {
            "amount": transfer.amount_minor,
            "currency": transfer.currency.lower(),
            "destination": transfer.account_id,
            "transfer_group": transfer.transfer_group,
            "metadata": {
                "transfer_id": str(transfer.transfer_id),
                "payout_id": str(transfer.payout_id),
            },
        }
        among = {"transfer_group": transfer.transfer_group}
        try:
            made = self.stripe.create_once(
                "transfers", values, transfer.key, transfer.created_at, among
            )
            return str(made["id"])
        except StripeRefusedError as error:
            raise TransferRefusedError(error.code) from error
        except StripeUnavailableError as error:
            raise TransferUnknownError from error


TRANSFERS = TypeAdapter(list[Transfer])
COUNT = TypeAdapter(int)
NOTHING: TypeAdapter[Any] = TypeAdapter(Any)


def process_payouts(database: Database, payer: Payer) -> dict[str, int]:
    """Open what is due and return `{opened, sent, refused, failed}`.

    What is refused goes back to what the seller is owed. While the provider is away transfers wait
    for their next run, with the same key: 502 stripe_unavailable, with the same counts.
    """
    counts = {"opened": 0, "sent": 0, "refused": 0, "failed": 0}
    counts["opened"] = database.call("open_due_payouts", {"size": BATCH}, COUNT)
    deadline = time.monotonic() + BUDGET_SECONDS
    while time.monotonic() < deadline and not counts["failed"]:
        claimed = database.call("claim_transfers", {"size": BATCH}, TRANSFERS)
        for transfer in claimed:
            counts[_send(database, payer, transfer)] += 1
        if not claimed:
            break
    if counts["failed"]:
        raise StripeUnavailableError(extra=counts)
    return counts


def _send(database: Database, payer: Payer, transfer: Transfer) -> str:
    outcome: dict[str, object] = {"transfer_id": transfer.transfer_id}
    try:
        outcome |= {"stripe_transfer_id": payer.send(transfer), "status": "sent"}
    except TransferRefusedError as error:
        outcome |= {"stripe_transfer_id": None, "status": "failed", "failure": error.code}
    except TransferUnknownError:
        return "failed"
    database.call("record_transfer", outcome, NOTHING, is_idempotent=True)
    return "sent" if outcome["status"] == "sent" else "refused"
