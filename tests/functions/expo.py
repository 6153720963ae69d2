"""Expo's push service as a real server, with a say in how it answers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from devstack.expo import API, Answer, Expo, Message, failed, refused, serving

SEND, RECEIPTS = f"{API}/push/send", f"{API}/push/getReceipts"


@dataclass
class MoodyExpo(Expo):
    """Expo, with the answers of the next requests and of single devices laid down."""

    # Instead of the next requests' own answers, whatever they ask.
    script: list[Answer | None] = field(default_factory=list)
    # What the ticket or the receipt of a token says, by the error's name.
    ticket_errors: dict[str, str] = field(default_factory=dict)
    receipt_errors: dict[str, str] = field(default_factory=dict)
    late: set[str] = field(default_factory=set)
    # Messages with this title make the whole request malformed, as Expo sees it.
    poison: str | None = None
    seconds: float = 0.0
    requests: list[tuple[str, Any]] = field(default_factory=list)

    def answer(self, path: str, authorization: str | None, body: Any) -> Answer:
        """Answer as laid down, or as Expo does."""
        self.requests.append((path, body))
        time.sleep(self.seconds)
        if self.script and (laid_down := self.script.pop(0)):
            return laid_down
        if self.poison and path == SEND and any(each["title"] == self.poison for each in body):
            return refused(400, "VALIDATION_ERROR", '"title" must be a kinder string')
        return super().answer(path, authorization, body)

    def ticket(self, message: Message, token: str) -> dict[str, Any]:
        """Take one message for one device, or say what is laid down."""
        if error := self.ticket_errors.get(token):
            return failed(error, "It is not to be.")
        ticket = super().ticket(message, token)
        if error := self.receipt_errors.get(token):
            self.receipts[ticket["id"]] = failed(error, "It was not to be.")
        if token in self.late:
            del self.receipts[ticket["id"]]
        return ticket

    def forget(self) -> None:
        """Be as new."""
        vars(self).update(vars(MoodyExpo()))

    @property
    def sizes(self) -> list[int]:
        """How many messages each request to send had."""
        return [len(body) for path, body in self.requests if path == SEND]

    def titles(self, token: str) -> list[str]:
        """What a device was shown."""
        return [push["title"] for push in self.pushes if push["to"] == token]


@contextmanager
def moody_expo(**settings: Any) -> Iterator[tuple[MoodyExpo, str]]:
    """Serve a MoodyExpo; gives it and its URL."""
    expo = MoodyExpo(**settings)
    with serving(expo) as url:
        yield expo, url
