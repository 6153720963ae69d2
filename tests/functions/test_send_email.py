"""send-email, against a whole stack and a mail server: what stayed unread arrives, once."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.functions.live import LiveStack
from tests.functions.server import bearer, running_functions
from tests.functions.smtp import PostOffice, certificate, post_office

NOTHING = {"claimed": 0, "delivered": 0, "sent": 0, "failed": 0}
ONE = {"claimed": 1, "delivered": 1, "sent": 1, "failed": 0}
WAITS = {"claimed": 1, "delivered": 0, "sent": 0, "failed": 1}


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A mail server."""
    with post_office() as served:
        yield served


@pytest.fixture
def seller(live: LiveStack) -> Iterator[uuid.UUID]:
    """Somebody who sells, on a stack whose operator has a mail server."""
    live.sql("delete from private.outbox")
    live.sql("update private.settings set value = 1 where name = 'send_emails'")
    person = live.person(f"seller_{uuid.uuid4().hex[:8]}")
    live.sql("update auth.users set email_confirmed_at = now() where id = %s", person)
    yield person
    live.sql("update private.settings set value = 0 where name = 'send_emails'")


def sell(live: LiveStack, seller: uuid.UUID, name: str = "First Light") -> str:
    """Tell of a sale whose e-mail is due; the notification."""
    ((told,),) = live.sql(
        "select private.notify(%s, 'sale', null, null, null, data => %s::jsonb)",
        seller,
        json.dumps({"name": name}),
    )
    make_due(live)
    return str(told)


def make_due(live: LiveStack) -> None:
    """Let the time pass."""
    live.sql("update private.outbox set next_attempt_at = now() - interval '1 second'")


def send(live: LiveStack, office: PostOffice | None, **settings: str) -> httpx.Response:
    """Call as the scheduler does, with this mail server."""
    named = {
        "SMTP_HOST": "127.0.0.1",
        "SMTP_PORT": str(office.port),
        "SMTP_SECURITY": "none",
        "EMAIL_FROM": "Bäckbeat <hello@music.example>",
    } if office else {}  # fmt: skip
    with running_functions(None, **live.settings, **named | settings) as server:
        return server.client.post("/send-email", headers=live.scheduler)


def waiting(live: LiveStack) -> list[dict[str, Any]]:
    """What the outbox still has to send."""
    rows = live.sql(
        "select to_jsonb(message) from private.outbox as message"
        " where topic = 'send_email' and delivered_at is null order by id"
    )
    return [row for (row,) in rows]


def test_a_letter_says_what_happened_and_comes_once(
    live: LiveStack, office: PostOffice, seller: uuid.UUID
) -> None:
    live.sql("update public.profiles set display_name = 'Ada, \"the\" Löwe' where id = %s", seller)
    told, _ = sell(live, seller), sell(live, seller, "Zweites Licht")
    answer = send(live, office)
    assert (answer.status_code, answer.json()) == (
        200,
        {"claimed": 2, "delivered": 2, "sent": 2, "failed": 0},
    )
    letter, other = office.letters
    (to,) = letter["To"].addresses
    assert (to.display_name, to.username) == ('Ada, "the" Löwe', to.addr_spec.split("@")[0])
    assert to.domain == "example.com"
    assert str(letter["From"]) == "Bäckbeat <hello@music.example>"
    assert letter["Subject"] == "You made a sale"
    assert letter["Message-ID"] == f"<notification.{told}@music.example>"
    assert letter["Auto-Submitted"] == "auto-generated"
    first, *_, last = letter.get_content().splitlines()
    assert (first, "in the app" in last) == ("You sold First Light.", True)
    assert other.get_content().startswith("You sold Zweites Licht.")
    # Both by one session; and there is nothing left.
    assert office.sessions == 1
    assert send(live, office).json() == NOTHING
    assert len(office.letters) == 2


def test_what_was_read_meanwhile_is_not_sent(
    live: LiveStack, office: PostOffice, seller: uuid.UUID
) -> None:
    sell(live, seller)
    live.sends(seller, "POST", "/rpc/mark_read", {})
    assert send(live, office).json() == ONE | {"sent": 0}
    assert (office.letters, office.sessions) == ([], 0)


def test_without_a_mail_server_everything_waits(live: LiveStack, seller: uuid.UUID) -> None:
    sell(live, seller)
    answer = send(live, None)
    assert (answer.status_code, answer.json()) == (200, NOTHING)
    (message,) = waiting(live)
    assert message["attempts"] == 0


@pytest.mark.parametrize("trouble", ["refused", "away", "no encryption", "unknown certificate"])
def test_what_is_not_taken_waits_and_keeps_its_message_id(
    trouble: str, live: LiveStack, office: PostOffice, seller: uuid.UUID, tmp_path: Path
) -> None:
    told = sell(live, seller)
    settings: dict[str, str] = {}
    match trouble:
        case "refused":
            office.refusals.append("451 4.7.1 try again, secret@example.com")
        case "away":
            settings = {"SMTP_PORT": "9"}
        case "no encryption":
            settings = {"SMTP_SECURITY": "starttls"}
        case _:
            office.tls, _ = certificate(tmp_path)
            settings = {"SMTP_SECURITY": "starttls"}
    answer = send(live, office, **settings)
    assert (answer.status_code, answer.json()["error"]) == (502, "email_unavailable")
    assert {key: answer.json()[key] for key in WAITS} == WAITS
    assert office.letters == []
    (message,) = waiting(live)
    assert (message["attempts"], message["last_error"]) == (1, "email_unavailable")
    make_due(live)
    assert send(live, office).json() == ONE
    assert [letter["Message-ID"] for letter in office.letters] == [
        f"<notification.{told}@music.example>"
    ]


def test_one_letter_that_is_refused_does_not_stop_the_others(
    live: LiveStack, office: PostOffice, seller: uuid.UUID
) -> None:
    sell(live, seller, "One")
    sell(live, seller, "Two")
    office.refusals.append("550 5.1.1 nobody here")
    answer = send(live, office)
    assert (answer.status_code, answer.json()["delivered"], answer.json()["failed"]) == (502, 1, 1)
    assert [letter.get_content()[:12] for letter in office.letters] == ["You sold Two"]


def test_letters_and_the_password_go_by_an_encrypted_session(
    live: LiveStack, office: PostOffice, seller: uuid.UUID, tmp_path: Path
) -> None:
    office.tls, trusted = certificate(tmp_path)
    sell(live, seller)
    answer = send(
        live, office, SMTP_SECURITY="starttls", SMTP_USER="backbeat", SMTP_PASSWORD="open-sesame",
        SSL_CERT_FILE=str(trusted),
    )  # fmt: skip
    assert answer.json() == ONE
    assert office.was_encrypted == [True]
    assert office.logins == ["\0backbeat\0open-sesame"]


def test_only_the_scheduler_may(live: LiveStack) -> None:
    with running_functions(None, **live.settings) as server:
        for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
            assert server.client.post("/send-email", headers=headers).status_code == 401
