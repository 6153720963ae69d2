"""The push server in Expo's place answers as Expo's guide and the types of its Node SDK say."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any, Literal

import httpx
import pytest
from pydantic import BaseModel, ConfigDict, TypeAdapter

from devstack.expo import API, Expo, Message, failed, serving
from devstack.processes import ROOT, die_with_parent

Json = dict[str, Any]


class Strict(BaseModel):
    """Published fields and no others."""

    model_config = ConfigDict(extra="forbid", strict=True)


class SuccessTicket(Strict):
    """`{status: 'ok', id}`."""

    status: Literal["ok"]
    id: str


class Details(Strict):
    """`{error}`, with the token it is about."""

    error: Literal[
        "DeviceNotRegistered", "InvalidCredentials", "MessageTooBig", "MessageRateExceeded"
    ]
    expoPushToken: str | None = None  # noqa: N815  # Expo's name


class Failure(Strict):
    """`{status: 'error', message, details}`: a ticket or a receipt."""

    status: Literal["error"]
    message: str
    details: Details


class Receipt(Strict):
    """`{status: 'ok'}`."""

    status: Literal["ok"]


class RequestError(Strict):
    """One of `errors`."""

    code: str
    message: str
    details: Json | None = None


class Tickets(Strict):
    """The answer to a list of messages."""

    data: list[SuccessTicket | Failure]


class OneTicket(Strict):
    """The answer to a single message."""

    data: SuccessTicket | Failure


class Receipts(Strict):
    """The answer about receipts."""

    data: dict[str, Receipt | Failure]


class Refusal(Strict):
    """The answer to a request that failed as a whole."""

    errors: list[RequestError]


@pytest.fixture
def expo() -> Expo:
    """The service."""
    return Expo()


@pytest.fixture
def client(expo: Expo) -> Iterator[httpx.Client]:
    """A client of the service, over real HTTP."""
    with serving(expo) as url, httpx.Client(base_url=url, trust_env=False, timeout=180) as client:
        yield client


def message(number: int = 0, **changes: Any) -> Json:
    """A message as in the guide."""
    return {"to": f"ExponentPushToken[{number:022}]", "title": "hello", "body": "world", **changes}


def send(client: httpx.Client, body: Any, **headers: str) -> httpx.Response:
    """Send as the guide's curl does."""
    return client.post(f"{API}/push/send", json=body, headers=headers)


def refusal(answer: httpx.Response, status: int) -> RequestError:
    """The one error of a refused request."""
    assert answer.status_code == status, answer.text
    (error,) = Refusal.model_validate(answer.json()).errors
    return error


def test_a_list_is_answered_by_tickets_in_its_order_and_one_message_by_one(
    client: httpx.Client, expo: Expo
) -> None:
    expo.unregistered = {message(1)["to"]}
    answer = send(client, [message(0), message(1), message(2)])
    tickets = Tickets.model_validate(answer.json()).data
    assert [each.status for each in tickets] == ["ok", "error", "ok"]
    assert isinstance(tickets[1], Failure)
    assert tickets[1].details.error == "DeviceNotRegistered"
    assert tickets[1].message == (
        '"ExponentPushToken[0000000000000000000001]"'
        " is not a registered push notification recipient"
    )
    assert OneTicket.model_validate(send(client, message(0)).json()).data.status == "ok"
    several = send(client, message(to=[message(3)["to"], message(4)["to"]])).json()
    assert len(Tickets.model_validate(several).data) == 2


def test_receipts_are_there_for_what_was_taken_and_left_out_for_the_rest(
    client: httpx.Client, expo: Expo
) -> None:
    ids = [each["id"] for each in send(client, [message(0), message(1)]).json()["data"]]
    expo.receipts[ids[1]] = failed("InvalidCredentials", "Your credentials are no good.")
    answer = client.post(f"{API}/push/getReceipts", json={"ids": [*ids, "unknown"]})
    receipts = Receipts.model_validate(answer.json()).data
    assert {name: each.status for name, each in receipts.items()} == {ids[0]: "ok", ids[1]: "error"}


def test_body_may_be_compressed(client: httpx.Client) -> None:
    raw = gzip.compress(json.dumps([message()]).encode())
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    answer = client.post(f"{API}/push/send", content=raw, headers=headers)
    assert answer.json()["data"][0]["status"] == "ok"
    broken = client.post(f"{API}/push/send", content=raw[:20], headers=headers)
    assert refusal(broken, 400).code == "VALIDATION_ERROR"


def test_limits_are_those_of_the_guide(client: httpx.Client) -> None:
    assert len(send(client, [message(n) for n in range(100)]).json()["data"]) == 100
    answer = send(client, [message(n) for n in range(101)])
    assert refusal(answer, 400).code == "PUSH_TOO_MANY_NOTIFICATIONS"
    crowd = message(to=[message(n)["to"] for n in range(101)])
    assert refusal(send(client, [crowd]), 400).code == "PUSH_TOO_MANY_NOTIFICATIONS"
    ask = {"ids": [str(number) for number in range(1001)]}
    answer = client.post(f"{API}/push/getReceipts", json=ask)
    assert refusal(answer, 400).code == "PUSH_TOO_MANY_RECEIPTS"
    assert client.post(f"{API}/push/getReceipts", json={"ids": ask["ids"][1:]}).is_success
    big = Tickets.model_validate(send(client, [message(body="x" * 4096), message(1)]).json()).data
    assert isinstance(big[0], Failure)
    assert (big[0].details.error, big[1].status) == ("MessageTooBig", "ok")


def test_devices_of_two_apps_in_one_request_are_refused_and_told_apart(
    client: httpx.Client, expo: Expo
) -> None:
    expo.experiences = {message(1)["to"]: "@ada/beta"}
    error = refusal(send(client, [message(0), message(1)]), 400)
    assert error.code == "PUSH_TOO_MANY_EXPERIENCE_IDS"
    assert error.details == {"@backbeat/app": [message(0)["to"]], "@ada/beta": [message(1)["to"]]}
    assert list(expo.pushes) == []


def test_push_security_wants_its_token(client: httpx.Client, expo: Expo) -> None:
    expo.access_token = "secret"
    for headers in ({}, {"authorization": "Bearer other"}, {"authorization": "secret"}):
        assert refusal(send(client, [message()], **headers), 401).code == "UNAUTHORIZED"
    assert send(client, [message()], authorization="Bearer secret").is_success


@pytest.mark.parametrize(
    "body",
    [
        None, 7, "x", {}, [{}], [{"to": 7}], [{"to": []}], [message(title=7)], [message(data="x")],
        [message(priority="soon")], [message(badge="1")],
    ],
)  # fmt: skip
def test_malformed_messages_are_refused_whole(body: Any, client: httpx.Client, expo: Expo) -> None:
    assert refusal(send(client, body), 400).code == "VALIDATION_ERROR"
    assert list(expo.pushes) == []


def test_every_documented_field_is_known_and_a_token_has_two_forms() -> None:
    fields = {
        "to", "data", "title", "body", "ttl", "expiration", "priority", "subtitle", "sound",
        "badge", "channelId", "categoryId", "mutableContent",
    }  # fmt: skip
    assert set(Message.model_fields) == fields
    expo = Expo()
    statuses = [
        expo.ticket(Message.model_validate(message(to=to)), to)["status"]
        for to in ("ExponentPushToken[x]", "ExpoPushToken[x]", "fcm:x", "ExponentPushToken[]")
    ]
    assert statuses == ["ok", "ok", "error", "error"]
    TypeAdapter(Failure).validate_python(expo.ticket(Message.model_validate(message()), "x"))


def test_what_is_not_there_is_not_found(client: httpx.Client) -> None:
    assert refusal(client.get("/"), 404).code == "NOT_FOUND"
    assert refusal(client.post(f"{API}/push", json={}), 404).code == "NOT_FOUND"


def test_the_part_logs_each_push_and_lists_them_and_ends_when_told() -> None:
    process = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "devstack.expo"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PORT": "0"},
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent,
    )
    assert process.stdout is not None
    url = json.loads(process.stdout.readline())["url"]
    with httpx.Client(base_url=url, trust_env=False, timeout=180) as client:
        assert send(client, [message(data={"kind": "like"})]).is_success
        (push,) = client.get("/pushes").json()["pushes"]
    line = json.loads(process.stdout.readline())
    assert line == {"message": "push", **push}
    assert (push["title"], push["data"]) == ("hello", {"kind": "like"})
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=180) == 0
    process.stdout.close()
