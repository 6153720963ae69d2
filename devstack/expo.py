"""Expo's push service on one machine: it takes messages as Expo documents them, and delivers none.

`POST /--/api/v2/push/send` and `/push/getReceipts` answer by the published format (Expo's guide
"Send notifications with the Expo Push Service" and the types of its Node SDK). What is only this
server's: `GET /pushes` lists what was taken, and each push is a line of the log. What Expo does not
publish is a guess: the status of UNAUTHORIZED (401) and the code of a malformed body.

Configured by PORT (0 picks a free one).
"""

import gzip
import json
import re
import uuid
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from devstack.serving import Handler, in_thread, serve_until_stopped

API = "/--/api/v2"
TOKEN = re.compile(
    r"Expo(nent)?PushToken\[.+\]|[a-z\d]{8}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{4}-[a-z\d]{12}", re.I
)
MESSAGES_LIMIT = 100
RECEIPTS_LIMIT = 1000
PAYLOAD_LIMIT = 4096
KEPT = 1000

Json = dict[str, Any]


class Message(BaseModel):
    """A message as an app's server sends it; only `to` is required."""

    model_config = ConfigDict(extra="allow", strict=True)

    to: str | Annotated[list[str], Field(min_length=1)]
    data: Json | None = None
    title: str | None = None
    subtitle: str | None = None
    body: str | None = None
    sound: Any = None
    ttl: int | None = None
    expiration: int | None = None
    priority: Literal["default", "normal", "high"] | None = None
    badge: int | None = None
    channelId: str | None = None  # noqa: N815  # Expo's name
    categoryId: str | None = None  # noqa: N815  # Expo's name
    mutableContent: bool | None = None  # noqa: N815  # Expo's name

    @property
    def tokens(self) -> list[str]:
        """Whom it is for."""
        return [self.to] if isinstance(self.to, str) else self.to


class ReceiptRequest(BaseModel):
    """Which receipts are asked for."""

    model_config = ConfigDict(strict=True)

    ids: list[str]


MESSAGES = TypeAdapter(list[Message])


@dataclass(frozen=True)
class Answer:
    """What a request is answered."""

    status: int
    body: Json | str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Expo:
    """The service: what it was sent, and what it knows of devices and receipts."""

    access_token: str | None = None
    unregistered: set[str] = field(default_factory=set)
    # The app a token belongs to; a request may be for the devices of one app only.
    experiences: dict[str, str] = field(default_factory=dict)
    pushes: deque[Json] = field(default_factory=lambda: deque(maxlen=KEPT))
    receipts: dict[str, Json] = field(default_factory=dict)
    report: Callable[[Json], None] = lambda _: None

    def answer(self, path: str, authorization: str | None, body: Any) -> Answer:
        """Answer a request by its parsed body."""
        if self.access_token and authorization != f"Bearer {self.access_token}":
            return refused(401, "UNAUTHORIZED", "Push security is on: send a valid access token.")
        try:
            if path == f"{API}/push/send":
                return self._send(body)
            if path == f"{API}/push/getReceipts":
                return self._receipts(ReceiptRequest.model_validate(body).ids)
        except ValidationError as error:
            return refused(400, "VALIDATION_ERROR", str(error))
        return refused(404, "NOT_FOUND", "There is nothing here.")

    def _send(self, body: Any) -> Answer:
        messages = MESSAGES.validate_python(body if isinstance(body, list) else [body])
        tokens = [token for message in messages for token in message.tokens]
        if len(tokens) > MESSAGES_LIMIT:
            text = f"{len(tokens)} notifications in one request; {MESSAGES_LIMIT} at most."
            return refused(400, "PUSH_TOO_MANY_NOTIFICATIONS", text)
        apps: dict[str, list[str]] = {}
        for token in tokens:
            apps.setdefault(self.experiences.get(token, "@backbeat/app"), []).append(token)
        if len(apps) > 1:
            text = "All push notification messages in one request must be for the same project."
            return refused(400, "PUSH_TOO_MANY_EXPERIENCE_IDS", text, apps)
        tickets = [self.ticket(message, token) for message in messages for token in message.tokens]
        single = not isinstance(body, list) and len(tickets) == 1
        return Answer(200, {"data": tickets[0] if single else tickets})

    def ticket(self, message: Message, token: str) -> Json:
        """Take one message for one device."""
        if not TOKEN.fullmatch(token) or token in self.unregistered:
            text = f'"{token}" is not a registered push notification recipient'
            return failed("DeviceNotRegistered", text, expoPushToken=token)
        payload = message.model_dump(include={"title", "body", "data"}, exclude_none=True)
        if len(json.dumps(payload).encode()) > PAYLOAD_LIMIT:
            return failed("MessageTooBig", f"The payload is over {PAYLOAD_LIMIT} bytes.")
        push = {"id": str(uuid.uuid4()), "to": token, **payload}
        self.pushes.append(push)
        self.receipts[push["id"]] = {"status": "ok"}
        self.report(push)
        return {"status": "ok", "id": push["id"]}

    def _receipts(self, ids: list[str]) -> Answer:
        if len(ids) > RECEIPTS_LIMIT:
            text = f"{len(ids)} receipts in one request; {RECEIPTS_LIMIT} at most."
            return refused(400, "PUSH_TOO_MANY_RECEIPTS", text)
        return Answer(
            200, {"data": {name: self.receipts[name] for name in ids if name in self.receipts}}
        )


def refused(status: int, code: str, message: str, details: Json | None = None) -> Answer:
    """An answer to a request that failed as a whole."""
    error: Json = {"code": code, "message": message}
    return Answer(status, {"errors": [error | ({"details": details} if details else {})]})


def failed(error: str, message: str, **details: str) -> Json:
    """The ticket or receipt of one message that failed."""
    return {"status": "error", "message": message, "details": {"error": error, **details}}


def serving(expo: Expo, port: int = 0) -> AbstractContextManager[str]:
    """Serve in a thread for the length of the block; gives the URL."""
    return in_thread(_handler(expo), port)


def _handler(expo: Expo) -> type[Handler]:
    class Answering(Handler):
        def do_GET(self) -> None:
            if self.path == "/pushes":
                self._answer(Answer(200, {"pushes": list(expo.pushes)}))
            else:
                self._answer(refused(404, "NOT_FOUND", "There is nothing here."))

        def do_POST(self) -> None:
            raw = self.read()
            try:
                if self.headers.get("Content-Encoding") == "gzip":
                    raw = gzip.decompress(raw)
                body = json.loads(raw)
            except (ValueError, OSError, EOFError, zlib.error):
                self._answer(refused(400, "VALIDATION_ERROR", "The body is not JSON."))
                return
            self._answer(expo.answer(self.path, self.headers.get("Authorization"), body))

        def _answer(self, answer: Answer) -> None:
            body = answer.body
            raw = (body if isinstance(body, str) else json.dumps(body)).encode()
            self.write(answer.status, raw, answer.headers)

    return Answering


def main() -> None:
    """Serve until SIGTERM or SIGINT, a line for each push."""
    expo = Expo(report=lambda push: print(json.dumps({"message": "push", **push}), flush=True))
    serve_until_stopped(partial(serving, expo))


if __name__ == "__main__":
    main()
