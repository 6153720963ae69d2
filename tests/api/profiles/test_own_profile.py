"""One's own profile: what its owner may change in the table, and what the table refuses."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, forbidden, person_id, refused

GOOD: list[tuple[str, Any]] = [
    ("display_name", "Ben 🎧 Bülow"),
    ("display_name", "x" * 80),
    ("display_name", "x"),
    ("bio", ""),
    ("bio", "First line\nSecond line"),
    ("bio", "😀" * 500),
    ("avatar_path", None),
    ("avatar_path", f"{person_id('ben')}/me.png"),
    ("avatar_path", f"{person_id('ben')}/{'a' * 100}.webp"),
    ("genres", []),
    ("genres", ["techno", "drum-and-bass"]),
    (
        "genres",
        ["dub", "edm", "folk", "funk", "house", "indie", "jazz", "pop", "soul", "trap"],
    ),
    ("time_zone", "Europe/Berlin"),
    ("time_zone", "America/Argentina/Buenos_Aires"),
    ("is_private", True),
]
BAD: list[tuple[str, Any]] = [
    ("display_name", ""),
    ("display_name", " "),
    ("display_name", " Ben"),
    ("display_name", "Ben "),
    ("display_name", "x" * 81),
    ("display_name", "Ben\nBoss"),
    ("display_name", "Ben\x07"),
    ("display_name", "Ben\x85"),
    ("display_name", "\u202eneB"),
    ("display_name", "Ben\u2028Ben"),
    ("display_name", "Ben\u2066"),
    ("display_name", None),
    ("bio", "x" * 501),
    ("bio", None),
    ("avatar_path", ""),
    ("avatar_path", "me.png"),
    ("avatar_path", f"{person_id('ada')}/me.png"),
    ("avatar_path", f"{person_id('ben')}/"),
    ("avatar_path", f"{person_id('ben')}/../me.png"),
    ("avatar_path", f"{person_id('ben')}/a/b.png"),
    ("avatar_path", f"{person_id('ben')}/.htaccess"),
    ("avatar_path", f"{person_id('ben')}/me.png\n"),
    ("avatar_path", f"{person_id('ben')}/{'a' * 101}.png"),
    ("avatar_path", f"{person_id('ben')}/me.html"),
    ("display_name", "\u200b"),
    ("display_name", "\u00a0\u2003"),
    ("display_name", "a\u200fb"),
    ("avatar_path", f"x{person_id('ben')}/me.png"),
    ("avatar_path", f"https://evil.test/{person_id('ben')}/me.png"),
    ("genres", ["techno"] * 11),
    ("genres", None),
    ("is_private", None),
]
BAD_LINKS: list[Any] = [
    None,
    [None],
    [""],
    ["https://ben.test/"] * 11,
    ["http://ben.test/"],
    ["javascript:alert(1)"],
    ["https://"],
    ["https:// ben.test/"],
    ["https://ben.test/<script>"],
    ['https://ben.test/"onclick'],
    ["https://ben.test/\n"],
    ["https://user:password@ben.test/"],
    ["https://ben.test/" + "a" * 5000],
    ["https://ben.test/", "ftp://ben.test/"],
    ["ben.test"],
    ["https://ben.test/", ""],
    ["https://ben.test/ https://ben.test/two"],
]


def profile(db: Connection, name: str = "ben") -> dict[str, Any]:
    row = db.execute("select * from public.profiles where id = %s", [person_id(name)]).fetchone()
    assert row is not None
    return row


@pytest.mark.parametrize(("column", "value"), GOOD)
def test_an_owner_changes_their_description(
    ben: Actor, db: Connection, column: str, value: Any
) -> None:
    db.execute("update public.profiles set updated_at = '2020-01-01' where id = %s", [ben.id])
    if column == "avatar_path" and value:
        store(db, value)
    changed = ben.count(f"update public.profiles set {column} = %s where id = %s", value, ben.id)
    assert changed == 1
    after = profile(db)
    assert after[column] == value
    assert after["updated_at"].year > 2020


@pytest.mark.parametrize(("column", "value"), BAD)
def test_a_bad_value_is_refused(ben: Actor, db: Connection, column: str, value: Any) -> None:
    before = profile(db)
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.NotNullViolation)):
        ben.run(f"update public.profiles set {column} = %s where id = %s", value, ben.id)
    assert profile(db) == before


@pytest.mark.parametrize(
    "genres", [["polka"], ["Techno"], ["techno", ""], ["techno", None], [["jazz", "polka"]]]
)
def test_an_unknown_genre_is_refused(ben: Actor, db: Connection, genres: Any) -> None:
    with refused(422, "unknown_genre"):
        ben.run("update public.profiles set genres = %s", genres)
    assert profile(db)["genres"] == []


@pytest.mark.parametrize(
    "zone", [None, "", "Mars/Olympus", "europe/berlin", "+02", "posix/UTC", "x" * 999]
)
def test_an_unknown_time_zone_is_refused(ben: Actor, db: Connection, zone: str | None) -> None:
    with refused(422, "unknown_time_zone"):
        ben.run("update public.profiles set time_zone = %s", zone)
    assert profile(db)["time_zone"] == "UTC"


def test_an_update_without_a_filter_reaches_ones_own_row_alone(ben: Actor, db: Connection) -> None:
    assert ben.count("update public.profiles set bio = 'mine'") == 1
    rows = db.execute("select username from public.profiles where bio = 'mine'").fetchall()
    assert rows == [{"username": "ben"}]


def test_a_fan_has_no_links_to_change(ben: Actor) -> None:
    assert ben.count("update public.artist_profiles set links = '{https://ben.test/}'") == 0


@pytest.mark.parametrize(
    "links",
    [
        [],
        ["https://ada.test"],
        ["https://ada.test:8443/music?x=1#top", "https://xn--bcher-kva.example/ä"],
        [f"https://ada.test/{number}" for number in range(10)],
    ],
)
def test_an_artist_changes_their_links(ada: Actor, links: list[str]) -> None:
    assert ada.count("update public.artist_profiles set links = %s", links) == 1
    assert ada.call("profile_page", username="ada")["artist"]["links"] == links


@pytest.mark.parametrize("links", BAD_LINKS)
def test_bad_links_are_refused(ada: Actor, links: Any) -> None:
    with pytest.raises((psycopg.errors.CheckViolation, psycopg.errors.NotNullViolation)):
        ada.run("update public.artist_profiles set links = %s", links)
    assert ada.call("profile_page", username="ada")["artist"]["links"] == []


def store(db: Connection, path: str) -> None:
    db.execute("insert into storage.objects (bucket_id, name) values ('avatars', %s)", [path])


def test_an_avatar_has_to_be_uploaded_first(ben: Actor, db: Connection) -> None:
    with refused(422, "avatar_not_found"):
        ben.run("update public.profiles set avatar_path = %s", f"{ben.id}/nowhere.png")
    assert db.execute("select * from private.outbox").fetchall() == []


def test_an_avatar_that_is_shown_again_is_not_removed(ben: Actor, db: Connection) -> None:
    path = f"{ben.id}/me.png"
    store(db, path)
    for value in (path, None, path):
        ben.run("update public.profiles set avatar_path = %s", value)
    assert db.execute("select * from private.outbox").fetchall() == []


def test_an_avatar_that_is_no_longer_shown_is_to_be_removed(ben: Actor, db: Connection) -> None:
    for name in ("one", "two"):
        store(db, f"{ben.id}/{name}.png")
    for path in (f"{ben.id}/one.png", f"{ben.id}/one.png", f"{ben.id}/two.png", None):
        ben.run("update public.profiles set avatar_path = %s", path)
    rows = db.execute("select payload, user_id from private.outbox order by id").fetchall()
    assert rows == [
        {
            "payload": {"bucket": "avatars", "names": [f"{ben.id}/{name}.png"]},
            "user_id": ben.id,
        }
        for name in ("one", "two")
    ]


def test_nobody_without_a_sign_in_changes_anything(visitor: Actor, service: Actor) -> None:
    for nobody in (visitor, service):
        with forbidden():
            nobody.run("update public.profiles set bio = 'gotcha'")
        with forbidden():
            nobody.run("update public.artist_profiles set links = '{}'")


def test_a_private_profile_takes_its_public_posts_along(ben: Actor, ada: Actor) -> None:
    post_id = ben.post("hello")
    ben.run("update public.profiles set is_private = true")
    with refused(404, "post_not_found"):
        ada.call("post", post_id=post_id)
    ben.run("update public.profiles set is_private = false")
    assert ada.call("post", post_id=post_id)["body"] == "hello"
