"""Comments on tracks, at their moments, and on crates."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from tests.catalogue import join_crate, make_crate, make_song, make_upload
from tests.database import Actor, Connection, Row, person_id, refused


def say(person: Actor, kind: str, target: uuid.UUID, body: str = "oh", **more: object) -> Row:
    row: Row = person.call("create_comment", target_kind=kind, target_id=target, body=body, **more)
    return row


def listed(reader: Actor, kind: str, target: uuid.UUID, **more: object) -> list[Row]:
    return reader.rows("comments_on", target_kind=kind, target_id=target, **more)


def test_a_comment_stands_at_a_moment_of_the_track(ada: Actor, ben: Actor, db: Connection) -> None:
    track = make_upload(db, "ada", duration_ms=60_000)
    assert say(ben, "track", track, "here", position_ms=42_000)["position_ms"] == 42_000
    for edge in (0, 60_000):
        assert say(ben, "track", track, position_ms=edge)["position_ms"] == edge
    for outside in (-1, 60_001):
        with refused(422, "position_unfit"):
            say(ben, "track", track, position_ms=outside)
    assert ben.run("select comment_count from public.tracks where id = %s", track) == [
        {"comment_count": 3}
    ]


def test_only_a_root_on_a_track_has_a_moment(ben: Actor, db: Connection) -> None:
    track, crate = make_song(db), make_crate(db)
    root = say(ben, "track", track)["id"]
    for kind, target, more in (
        ("crate", crate, {}),
        ("post", ben.post(), {}),
        ("track", track, {"parent_id": root}),
    ):
        with refused(422, "position_unfit"):
            say(ben, kind, target, position_ms=1, **more)


def test_by_position_come_those_that_have_one_in_its_order(ben: Actor, db: Connection) -> None:
    track = make_song(db)
    for position in (9_000, 1_000, None, 5_000, 1_000):
        say(ben, "track", track, str(position), position_ms=position)
    seen: list[Row] = []
    after = None
    while page := listed(ben, "track", track, sort="position", page_size=2, after=after):
        seen += page
        after = page[-1]["cursor"]
    assert [row["position_ms"] for row in seen] == [1_000, 1_000, 5_000, 9_000]
    assert len({row["id"] for row in seen}) == 4
    assert listed(ben, "post", ben.post(), sort="position") == []


def test_what_nobody_owns_nobody_pins(
    ada: Actor, ben: Actor, modesty: Actor, db: Connection
) -> None:
    comment = say(ben, "track", make_song(db))["id"]
    for person in (ada, ben, modesty):
        with refused(403, "not_the_owner"):
            person.call("pin_comment", comment_id=comment)
    modesty.call("hide_comment", comment_id=comment)


@pytest.mark.parametrize("kind", ["track", "crate"])
def test_the_owner_of_the_music_pins_and_hides(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection, kind: str
) -> None:
    target = make_upload(db) if kind == "track" else make_crate(db)
    first, second = (say(ben, kind, target, body)["id"] for body in ("first", "second"))
    with refused(403, "not_the_owner"):
        cleo.call("hide_comment", comment_id=first)
    ada.call("pin_comment", comment_id=first)
    ada.call("hide_comment", comment_id=second)
    assert [row["id"] for row in listed(cleo, kind, target)] == [first]
    assert [row["id"] for row in listed(ada, kind, target)] == [first, second]


@pytest.mark.parametrize("status", ["draft", "processing", "hidden", "removed"])
def test_a_track_that_is_not_out_is_not_talked_about_by_others(
    cast: Callable[[str], Actor], db: Connection, status: str
) -> None:
    track = make_upload(db, "ada", status)
    mine = say(cast("ada"), "track", track, "@ben")["id"]
    for name in ("ben", "dan", "visitor"):
        person = cast(name)
        with refused(404, "track_not_found"):
            listed(person, "track", track)
        for function in ("comment", "replies_to"):
            with refused(404, "comment_not_found"):
                person.rows(function, comment_id=mine)
        if name != "visitor":
            # Nor is its length found out by moments that fit and do not.
            for moment in (None, 0, 2_000_000_000):
                with refused(404, "track_not_found"):
                    say(person, "track", track, position_ms=moment)
            with refused(404, "comment_not_found"):
                person.call("set_reaction", comment_id=mine, emoji="🔥", present=True)
    assert [row["id"] for row in listed(cast("modesty"), "track", track)] == [mine]
    # Who may not see it is not told of it either.
    assert cast("ben").run("select * from public.comment_mentions") == []
    assert cast("ben").rows("my_notifications") == []


def test_a_crate_is_talked_about_by_whom_it_reaches(
    cast: Callable[[str], Actor], db: Connection
) -> None:
    cast("ben").call("follow", username="ada")
    cast("ada").call("block", username="dan")
    crates = {
        visibility: make_crate(db, "ada", visibility)
        for visibility in ("public", "unlisted", "followers", "private")
    }
    join_crate(db, crates["private"], "cleo", "viewer")
    reached = {
        "ada": {"public", "unlisted", "followers", "private"},
        "ben": {"public", "unlisted", "followers"},
        "cleo": {"public", "unlisted", "private"},
        "stranger": {"public", "unlisted"},
        "dan": set(),
        "visitor": {"public", "unlisted"},
    }
    for name, expected in reached.items():
        person = cast(name)
        for visibility, crate in crates.items():
            if visibility in expected:
                assert isinstance(listed(person, "crate", crate), list)
                if name != "visitor":
                    say(person, "crate", crate)
            else:
                with refused(404, "crate_not_found"):
                    listed(person, "crate", crate)
                if name != "visitor":
                    with refused(404, "crate_not_found"):
                        say(person, "crate", crate)
    rows = db.execute("select visibility, comment_count from public.crates").fetchall()
    assert {row["visibility"]: row["comment_count"] for row in rows} == {
        "public": 4, "unlisted": 4, "followers": 2, "private": 2,
    }  # fmt: skip


def test_what_is_said_goes_with_the_music(ada: Actor, ben: Actor, db: Connection) -> None:
    track, crate = make_upload(db), make_crate(db)
    for kind, target in (("track", track), ("crate", crate)):
        root = say(ben, kind, target, "@ada")["id"]
        say(ada, kind, target, parent_id=root)
        ada.call("set_reaction", comment_id=root, emoji="🔥", present=True)
    assert say(ben, "post", ada.post())
    db.execute("delete from public.tracks where id = %s", [track])
    db.execute("update public.crates set deleted_at = now(), title = null where id = %s", [crate])
    for table, left in {"comments": 1, "comment_mentions": 0, "comment_reactions": 0}.items():
        rows = db.execute(f"select count(*) as n from public.{table}".encode()).fetchone()
        assert rows == {"n": left}, table


def test_a_moment_goes_with_its_comment(ben: Actor, db: Connection) -> None:
    track = make_song(db)
    root = say(ben, "track", track, position_ms=10)["id"]
    say(ben, "track", track, parent_id=root)
    ben.call("delete_comment", comment_id=root)
    assert listed(ben, "track", track, sort="position") == []
    assert [row["position_ms"] for row in listed(ben, "track", track)] == [None]


def test_an_erased_account_leaves_tombstones_where_others_answered(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    song, post = make_song(db), ada.post()
    answered = say(ben, "track", song, "a question @ada", position_ms=5)["id"]
    reply = say(ada, "track", song, "an answer @ben", parent_id=answered)["id"]
    alone = say(ben, "post", post, "nobody answers")["id"]
    for comment in (answered, reply, alone):
        ben.call("set_reaction", comment_id=comment, emoji="🔥", present=True)
    db.execute("select private.erase_account(%s)", [person_id("ben")])
    (tomb,) = listed(ada, "track", song)
    assert (tomb["id"], tomb["is_deleted"], tomb["author"]) == (answered, True, None)
    assert [one["id"] for one in tomb["replies"]] == [str(reply)]
    assert (tomb["replies"][0]["mentions"], tomb["replies"][0]["reactions"]) == ([], [])
    assert listed(ada, "post", post) == []
    rows = db.execute(
        "select * from public.comments where id in (%s, %s)", [answered, alone]
    ).fetchall()
    for row in rows:
        assert (row["author_id"], row["body"], row["client_id"], row["position_ms"]) == (None,) * 4
