"""my_account: who the caller is, in one reading."""

from __future__ import annotations

from tests.database import Actor, Connection, forbidden, refused


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


def test_an_artist_reads_what_they_earned(ada: Actor) -> None:
    assert ada.call("my_account")["artist"] == {
        "track_count": 0,
        "total_earned_minor": 0,
        "currency": "USD",
    }


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
