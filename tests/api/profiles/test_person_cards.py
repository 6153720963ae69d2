"""What lists show of people is what people are."""

from __future__ import annotations

from uuid import UUID

from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import race, wait_until_blocked
from tests.trust import impose


def card(db: Connection, identity: UUID | None) -> tuple[dict[str, object], bool]:
    """The kept card of somebody, and whether it is hidden."""
    row = db.execute(
        "select card, is_hidden from private.person_cards where profile_id = %s", [identity]
    ).fetchone()
    assert row is not None
    return row["card"], row["is_hidden"]


def test_a_card_follows_its_profile(db: Connection, ada: Actor) -> None:
    ada.run("update public.profiles set display_name = 'Ada L.' where id = %s", ada.id)
    ada.call("become_artist")
    db.execute(
        "update public.artist_profiles set is_verified = true, verified_at = now()"
        " where profile_id = %s",
        [ada.id],
    )
    renamed = ada.call("change_username", username="ada_l")
    assert renamed["username"] == "ada_l"
    assert card(db, ada.id) == (
        {
            "id": str(ada.id),
            "username": "ada_l",
            "display_name": "Ada L.",
            "avatar_path": None,
            "is_verified": True,
        },
        False,
    )


def test_the_longest_card_fits_in_its_key(db: Connection, ada: Actor) -> None:
    username = "a" * 30
    # Eighty signs of four bytes each, no two alike, so that nothing is compressed.
    name = "".join(chr(0x20000 + 17 * n) for n in range(80))
    path = f"{ada.id}/{'a' * 100}.webp"
    db.execute("insert into storage.objects (bucket_id, name) values ('avatars', %s)", [path])
    ada.call("change_username", username=username)
    ada.run(
        "update public.profiles set display_name = %s, avatar_path = %s where id = %s",
        name,
        path,
        ada.id,
    )
    kept, _ = card(db, ada.id)
    assert (kept["username"], kept["display_name"], kept["avatar_path"]) == (username, name, path)


def test_who_leaves_is_hidden_until_they_come_back(db: Connection, ada: Actor) -> None:
    ada.call("delete_my_account", confirm_username="ada")
    assert card(db, ada.id)[1] is True
    ada.call("restore_my_account")
    assert card(db, ada.id)[1] is False


def test_a_rename_and_a_verification_at_once_are_both_on_the_card(database: Database) -> None:
    with database.connect() as db:
        actor(db, "ada").call("become_artist")
        ada = person_id("ada")
    race(
        database,
        [
            lambda c: c.execute(
                "update public.profiles set display_name = 'Ada L.' where id = %s", [ada]
            ),
            lambda c: c.execute(
                "update public.artist_profiles set is_verified = true, verified_at = now()"
                " where profile_id = %s",
                [ada],
            ),
        ],
    )
    with database.connect() as db:
        kept, _ = card(db, ada)
        assert (kept["display_name"], kept["is_verified"]) == ("Ada L.", True)


def test_hiding_waits_for_a_showing_and_sees_what_it_did(database: Database) -> None:
    with database.connect() as first, database.connect() as second, database.connect() as watcher:
        ada = person_id("ada")
        watcher.execute(
            "alter table private.hidden_profiles drop constraint hidden_profiles_reason_known;"
            "insert into private.hidden_profiles (profile_id, reason)"
            " select id, 'one' from public.profiles where username = 'ada'"
        )
        first.execute("begin")
        first.execute("delete from private.hidden_profiles where profile_id = %s", [ada])

        def hide(_: Connection) -> None:
            second.execute(
                "insert into private.hidden_profiles (profile_id, reason) values (%s, 'two')",
                [ada],
            )

        def release(_: Connection) -> None:
            wait_until_blocked(watcher, second)
            first.execute("commit")

        assert race(database, [hide, release]) == [None, None]
        assert card(watcher, ada)[1] is True


def test_a_ban_waits_for_another_and_the_longer_one_stands(database: Database) -> None:
    with database.connect() as first, database.connect() as second, database.connect() as watcher:
        first.execute("begin")
        impose(first, "ada", "ban")

        def ban(_: Connection) -> None:
            impose(second, "ada", "ban", "1 day")

        def release(_: Connection) -> None:
            wait_until_blocked(watcher, second)
            first.execute("commit")

        assert race(database, [ban, release]) == [None, None]
        row = watcher.execute(
            "select banned_until = 'infinity' as is_for_good from private.person_cards"
            " where profile_id = %s",
            [person_id("ada")],
        ).fetchone()
        assert row == {"is_for_good": True}
