"""What goes to people by e-mail: where an operator has a sender, what stayed unread, in words."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.database import Actor, Connection, forbidden, refused

SALE = "select private.notify(%s, 'sale', %s, 'profile', %s, data => '{\"name\": \"First Light\"}')"


@pytest.fixture
def sender(db: Connection, admiral: Actor) -> Connection:
    """An operator who has a sender, and people whose addresses are confirmed."""
    admiral.call("set_setting", name="send_emails", value=1)
    db.execute("update auth.users set email_confirmed_at = now()")
    return db


def queued(db: Connection) -> list[dict[str, Any]]:
    """The messages for the sender."""
    return db.execute(
        "select payload, user_id, next_attempt_at - created_at as waits"
        " from private.outbox where topic = 'send_email' order by id"
    ).fetchall()


def letters(service: Actor) -> list[tuple[str, str, str, str]]:
    """What would be sent for all that is queued."""
    ids = [row["payload"]["notification_id"] for row in queued(service.connection)]
    rows = service.rows("backend.email_messages", notification_ids=ids)
    return [tuple(row[key] for key in ("email", "display_name", "subject", "body")) for row in rows]


def sell(db: Connection, ada: Actor, ben: Actor) -> None:
    db.execute(SALE, [ada.id, ben.id, ada.id])


def test_without_a_sender_nothing_is_queued(
    db: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    sell(db, ada, ben)
    assert len(ada.rows("my_notifications")) == 1
    assert queued(db) == []


def test_what_stays_unread_goes_by_email_in_words(
    sender: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    sell(sender, ada, ben)
    (message,) = queued(sender)
    (told,) = ada.rows("my_notifications")
    assert message["payload"] == {"notification_id": str(told["id"])}
    assert (message["user_id"], message["waits"].total_seconds()) == (ada.id, 600)
    # Not claimed before its time, so that reading it in the app is enough.
    assert service.rows("backend.claim_outbox", topic="send_email") == []
    (row,) = service.rows("backend.email_messages", notification_ids=[told["id"]])
    assert row == {
        "notification_id": told["id"], "email": "ada@backbeat.test",
        "display_name": "Ada Lovelace", "subject": "You made a sale",
        "body": "You sold First Light",
        "data": {
            "notification_id": str(told["id"]), "kind": "sale", "target_kind": "profile",
            "target_id": str(ada.id),
        },
    }  # fmt: skip


def test_people_decide_what_they_want_by_email(
    sender: Connection, ada: Actor, ben: Actor, cleo: Actor, service: Actor
) -> None:
    ben.call("follow", username="ada")
    assert queued(sender) == []
    ada.call("set_notification_preference", kind="follow", channel="email", is_enabled=True)
    ada.call("set_notification_preference", kind="sale", channel="email", is_enabled=False)
    ben.call("unfollow", username="ada")
    cleo.call("follow", username="ada")
    sell(sender, ada, ben)
    assert letters(service) == [
        ("ada@backbeat.test", "Ada Lovelace", "New followers", "Cleo followed you")
    ]
    # Who joins is in the one letter, and rings no second.
    ben.call("follow", username="ada")
    assert [letter[3] for letter in letters(service)] == ["Ben and 1 other followed you"]


@pytest.mark.parametrize(
    "change", ["read", "no email", "no kind", "blocked", "leaving", "unconfirmed", "no address"]
)
def test_what_changed_meanwhile_is_not_sent(
    change: str, sender: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    sell(sender, ada, ben)
    assert len(letters(service)) == 1
    prefer = {"kind": "sale", "is_enabled": False}
    match change:
        case "read":
            ada.call("mark_read")
        case "no email":
            ada.call("set_notification_preference", channel="email", **prefer)
        case "no kind":
            ada.call("set_notification_preference", channel="in_app", **prefer)
        case "blocked":
            ada.call("block", username="ben")
        case "leaving":
            ada.call("delete_my_account", confirm_username="ada")
        case "unconfirmed":
            sender.execute("update auth.users set email_confirmed_at = null")
        case _:
            sender.execute("update auth.users set email = null where id = %s", [ada.id])
    assert letters(service) == []


def test_quiet_hours_are_for_what_rings(
    sender: Connection, ada: Actor, ben: Actor, service: Actor
) -> None:
    ada.call("set_quiet_hours", starts="00:00", ends="23:59:59")
    sell(sender, ada, ben)
    assert len(letters(service)) == 1


def test_what_is_queued_goes_with_its_account(sender: Connection, ada: Actor, ben: Actor) -> None:
    sell(sender, ada, ben)
    sender.execute("delete from auth.users where id = %s", [ada.id])
    assert queued(sender) == []


def test_addresses_are_for_the_service_alone(ada: Actor, rooty: Actor, admiral: Actor) -> None:
    for somebody in (ada, rooty):
        with forbidden():
            somebody.rows("backend.email_messages", notification_ids=json.loads("[]"))
    with refused(422, "value_out_of_range"):
        admiral.call("set_setting", name="send_emails", value=2)
