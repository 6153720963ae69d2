"""my_account: who the caller is, in one reading."""

from __future__ import annotations

import uuid

from tests.database import Actor, Connection, forbidden, refused
from tests.ledger import post
from tests.payouts import ready, sell
from tests.plans import give_plan


def test_a_fan_reads_their_account(ben: Actor) -> None:
    account = ben.call("my_account")
    profile = account.pop("profile")
    assert account == {
        "user_id": str(ben.id),
        "email": "ben@backbeat.test",
        "kind": "fan",
        "staff_role": None,
        "tier": "free",
        "is_subscribed": False,
        "erase_after": None,
        "listening": {"total_plays": 0, "recent": []},
        "artist": None,
    }
    assert (profile["id"], profile["username"], profile["time_zone"]) == (
        str(ben.id),
        "ben",
        "UTC",
    )


def test_an_artist_reads_what_they_earned(db: Connection, ada: Actor) -> None:
    nothing = {"track_count": 0, "total_earned_minor": 0, "currency": "USD"}
    assert ada.call("my_account")["artist"] == nothing
    ready(db)
    sell(db, 2000)
    sell(db, 900, currency="EUR")
    sell(db, 4000, name="ben")
    post(db, "royalties", "2026-03:1", {"royalties": 70, "seller ada": -70})
    post(db, "reward", f"contest:7:{ada.id}", {"fees": 30, "seller ada": -30})
    assert ada.call("my_account")["artist"] == {**nothing, "total_earned_minor": 2100}
    # What is paid out was earned nevertheless; what is given back was not.
    assert ada.call("request_payout", currency="USD")["amount_minor"] == 2100
    assert ada.call("my_account")["artist"] == {**nothing, "total_earned_minor": 2100}
    post(db, "refund", str(uuid.uuid4()), {"provider": -500, "seller ada": 500})
    assert ada.call("my_account")["artist"] == {**nothing, "total_earned_minor": 1600}


def test_everybody_reads_the_plan_they_have(db: Connection, ben: Actor) -> None:
    give_plan(db, "ben", "pro")
    account = ben.call("my_account")
    # It was given by the staff: nothing is paid for it.
    assert (account["tier"], account["is_subscribed"]) == ("pro", False)
    subscribed = (
        "insert into public.entitlement_grants (user_id, plan, source, starts_at, ends_at)"
        " values (%s, 'studio', 'stripe', now() + %s::interval, now() + %s::interval)"
    )
    for starts, ends in (("-2 days", "-1 second"), ("1 second", "2 days")):
        db.execute(subscribed, [ben.id, starts, ends])
    account = ben.call("my_account")
    assert (account["tier"], account["is_subscribed"]) == ("pro", False)
    db.execute(subscribed, [ben.id, "-1 day", "1 second"])
    account = ben.call("my_account")
    assert (account["tier"], account["is_subscribed"]) == ("studio", True)


def test_staff_read_their_role(modesty: Actor, admiral: Actor, rooty: Actor) -> None:
    roles = [each.call("my_account")["staff_role"] for each in (modesty, admiral, rooty)]
    assert roles == ["moderator", "admin", "super_admin"]


def test_who_is_leaving_reads_until_when_they_may_stay(ben: Actor) -> None:
    leaving = ben.call("delete_my_account", confirm_username="ben")
    assert ben.call("my_account")["erase_after"] == leaving["erase_after"]


def test_it_takes_a_sign_in_and_an_account(visitor: Actor, ben: Actor, db: Connection) -> None:
    with forbidden():
        visitor.call("my_account")
    db.execute("delete from auth.users where id = %s", [ben.id])
    with refused(401, "account_gone"):
        ben.call("my_account")
