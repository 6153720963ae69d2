"""become_artist: a fan turns artist, unverified and with nothing to their name."""

from __future__ import annotations

from tests.database import Actor, Connection, Database, actor, forbidden, refused
from tests.races import race, refusals


def test_a_fan_becomes_an_artist(ben: Actor, visitor: Actor) -> None:
    artist = ben.call("become_artist")
    assert artist == {
        "profile_id": ben.id,
        "links": [],
        "is_verified": False,
        "verified_at": None,
        "is_trusted_uploader": False,
        "trusted_since": None,
        "upload_count": 0,
        "verified_upload_count": 0,
    }
    page = visitor.call("profile_page", username="ben")
    assert (page["profile"]["kind"], page["artist"]["is_verified"]) == ("artist", False)


def test_becoming_an_artist_again_changes_nothing(ada: Actor, db: Connection) -> None:
    db.execute(
        "update public.artist_profiles set links = '{https://ada.test/}', is_verified = true,"
        " verified_at = now(), upload_count = 3 where profile_id = %s",
        [ada.id],
    )
    before = db.execute("select * from public.profiles where id = %s", [ada.id]).fetchone()
    artist = ada.call("become_artist")
    assert (artist["links"], artist["is_verified"], artist["upload_count"]) == (
        ["https://ada.test/"],
        True,
        3,
    )
    assert db.execute("select * from public.profiles where id = %s", [ada.id]).fetchone() == before


def test_it_takes_a_sign_in_and_an_account(visitor: Actor, ben: Actor, db: Connection) -> None:
    with forbidden():
        visitor.call("become_artist")
    db.execute("delete from auth.users where id = %s", [ben.id])
    with refused(401, "account_gone"):
        ben.call("become_artist")


def test_one_person_on_many_connections_becomes_one_artist(database: Database) -> None:
    outcomes = race(database, [lambda each: actor(each, "ben").call("become_artist")] * 8)
    assert refusals(outcomes) == []
    with database.connect() as connection:
        row = connection.execute(
            "select kind, (select count(*) from public.artist_profiles where profile_id = id) n"
            " from public.profiles where username = 'ben'"
        ).fetchone()
    assert row == {"kind": "artist", "n": 1}
