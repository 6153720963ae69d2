"""Posts that share tracks and crates: who may share what to whom, and what readers are shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.catalogue import CRATE_VISIBILITIES, join_crate, make_crate, make_song, make_upload
from tests.database import Actor, Connection, Row, refused

CARD = {"id", "provider", "provider_track_id", "title", "artist_name", "artist_id", "duration_ms",
        "artwork_url", "artwork_path", "is_explicit"}  # fmt: skip


def share(person: Actor, kind: str, thing: uuid.UUID, **more: Any) -> uuid.UUID:
    """Post a track or a crate; the post."""
    row = person.call("create_post", kind=kind, **{f"{kind}_id": thing}, **more)
    assert isinstance(row["id"], uuid.UUID)
    return row["id"]


def shown(reader: Actor, post: uuid.UUID) -> Row:
    row: Row = reader.call("post", post_id=post)
    return row


def repost_count(db: Connection, track: uuid.UUID) -> int:
    row = db.execute("select repost_count from public.tracks where id = %s", [track]).fetchone()
    assert row is not None
    return int(row["repost_count"])


def test_a_shared_track_and_crate_are_in_every_feed(
    ada: Actor, ben: Actor, visitor: Actor, db: Connection
) -> None:
    ben.call("follow", username="ada")
    song = make_song(db, title="Blue Train")
    crate = make_crate(db, "ada", tracks=(song,))
    track_post = share(ada, "track", song, body="listen #jazz")
    crate_post = share(ada, "crate", crate, body="mine #jazz")
    for reader, feeds in (
        (ben, ("home_feed", "global_feed")),
        (ada, ("home_feed",)),
        (visitor, ("global_feed",)),
    ):
        lists = [reader.rows(feed) for feed in feeds]
        lists += [
            reader.rows("profile_feed", username="ada"),
            reader.rows("tag_feed", tag="jazz"),
            [shown(reader, crate_post), shown(reader, track_post)],
        ]
        for rows in lists:
            newest, oldest = rows
            assert (newest["id"], newest["track"]) == (crate_post, None)
            assert newest["crate"]["title"] == "public of ada"
            assert newest["crate"]["owner"]["username"] == "ada"
            assert (oldest["id"], oldest["crate"]) == (track_post, None)
            assert oldest["track"]["title"] == "Blue Train"
            assert set(oldest["track"]) == CARD
    ben.call("set_like", target_kind="post", target_id=track_post, liked=True)
    (liked,) = ben.rows("my_likes", kind="post")
    assert liked["target"]["track"]["title"] == "Blue Train"


def test_the_same_client_id_shares_once(ada: Actor, db: Connection) -> None:
    song, client_id = make_song(db), uuid.uuid4()
    assert len({share(ada, "track", song, client_id=client_id) for _ in range(20)}) == 1
    assert repost_count(db, song) == 1
    crate = make_crate(db)
    made = {
        ada.call("share_crate", crate_id=crate, client_id=uuid.UUID(int=7))["id"] for _ in range(9)
    }
    assert len(made) == 1


def test_a_tracks_repost_count_follows_its_posts(ada: Actor, ben: Actor, db: Connection) -> None:
    song = make_song(db)
    first, _ = share(ada, "track", song), share(ben, "track", song, visibility="followers")
    private = share(ben, "track", song, visibility="private")
    assert repost_count(db, song) == 2
    ben.call("delete_post", post_id=private)
    for _ in range(2):
        ada.call("delete_post", post_id=first)
    assert repost_count(db, song) == 1
    db.execute("select private.erase_account(%s)", [ben.id])
    assert repost_count(db, song) == 0


@pytest.mark.parametrize("status", ["draft", "processing", "hidden", "removed"])
def test_a_track_that_is_not_out_is_shared_by_nobody_but_with_oneself(
    cast: Callable[[str], Actor], db: Connection, status: str
) -> None:
    track = make_upload(db, "ada", status)
    for name in ("ben", "stranger", "dan"):
        with refused(404, "track_not_found"):
            share(cast(name), "track", track)
    for visibility in ("public", "followers", "mutuals"):
        with refused(409, "track_not_published"):
            share(cast("ada"), "track", track, visibility=visibility)
    mine = share(cast("ada"), "track", track, visibility="private")
    assert shown(cast("ada"), mine)["track"]["id"] == str(track)


def test_a_block_stops_sharing_both_ways(ada: Actor, ben: Actor, db: Connection) -> None:
    track, crate = make_upload(db), make_crate(db)
    ada.call("block", username="ben")
    with refused(404, "track_not_found"):
        share(ben, "track", track)
    for call in (
        lambda: share(ben, "crate", crate),
        lambda: ben.call("share_crate", crate_id=crate),
        lambda: ben.rows("crate_posts", crate_id=crate),
    ):
        with refused(404, "crate_not_found"):
            call()


# y: may. n: crate_not_for_audience. -: crate_not_found.
WRITTEN_TABLE = """
who       crate      public followers mutuals private
owner     public     y      y         y       y
owner     unlisted   y      y         y       y
owner     followers  n      y         y       y
owner     private    n      n         n       y
follower  public     y      y         y       y
follower  unlisted   y      y         y       y
follower  followers  n      n         n       y
follower  private    -      -         -       -
editor    private    n      n         n       y
editor    public     y      y         y       y
stranger  followers  -      -         -       -
stranger  unlisted   y      y         y       y
"""


def test_a_crate_is_shared_with_those_who_may_see_it(
    cast: Callable[[str], Actor], db: Connection
) -> None:
    db.execute("update private.rate_limit_rules set capacity = 1000")
    cast("ben").call("follow", username="ada")
    people = {"owner": "ada", "follower": "ben", "editor": "cleo", "stranger": "stranger"}
    crates = {name: make_crate(db, "ada", name) for name in CRATE_VISIBILITIES}
    for crate in crates.values():
        join_crate(db, crate, "cleo")
    header, *lines = (line.split() for line in WRITTEN_TABLE.strip().splitlines())
    for who, audience, *marks in lines:
        for visibility, mark in zip(header[2:], marks, strict=True):
            person = cast(people[who])
            if mark == "y":
                post = share(person, "crate", crates[audience], visibility=visibility)
                assert shown(person, post)["crate"]["id"] == str(crates[audience])
                continue
            expected = (409, "crate_not_for_audience") if mark == "n" else (404, "crate_not_found")
            with refused(*expected):
                share(person, "crate", crates[audience], visibility=visibility)


def test_share_crate_posts_to_all_who_may_see_it(ada: Actor, ben: Actor, db: Connection) -> None:
    ben.call("follow", username="ada")
    for visibility, reach in (
        ("public", "public"),
        ("unlisted", "public"),
        ("followers", "followers"),
    ):
        post = ada.call("share_crate", crate_id=make_crate(db, "ada", visibility), body="hear")
        assert (post["kind"], post["visibility"], post["body"]) == ("crate", reach, "hear")
    private = make_crate(db, "ada", "private")
    with refused(409, "crate_not_for_audience"):
        ada.call("share_crate", crate_id=private)
    for crate in (private, uuid.uuid4()):
        with refused(404, "crate_not_found"):
            ben.call("share_crate", crate_id=crate)
    with refused(422, "body_too_long"):
        ada.call("share_crate", crate_id=make_crate(db), body="x" * 2001)


def test_what_becomes_narrower_is_no_longer_shown(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor, db: Connection
) -> None:
    ben.call("follow", username="ada")
    crate, track = make_crate(db), make_upload(db)
    crate_post, track_post = share(ada, "crate", crate, body="mine"), share(ada, "track", track)
    change = "update public.crates set visibility = %s, audience = %s where id = %s"
    for visibility, readers in {"followers": {"ada", "ben"}, "private": {"ada"}}.items():
        db.execute(change, [visibility, visibility, crate])
        for reader in (ada, ben, stranger, visitor):
            row = shown(reader, crate_post)
            assert row["body"] == "mine"
            assert (row["crate"] is not None) == (reader.name in readers)
    db.execute("update public.tracks set status = 'hidden' where id = %s", [track])
    for reader in (ada, ben, stranger, visitor):
        assert (shown(reader, track_post)["track"] is not None) == (reader is ada)
    db.execute("delete from public.tracks where id = %s", [track])
    assert shown(ada, track_post)["track"] is None
    ada.call("delete_post", post_id=track_post)


def test_a_crate_lists_the_posts_that_share_it(
    ada: Actor, ben: Actor, cleo: Actor, visitor: Actor, db: Connection
) -> None:
    db.execute("update private.rate_limit_rules set capacity = 1000")
    crate, other = make_crate(db), make_crate(db)
    posts = [share(person, "crate", crate) for person in (ada, ben, cleo) for _ in range(3)]
    share(ben, "crate", crate, visibility="private")
    share(ben, "crate", other)
    seen: list[uuid.UUID] = []
    after = None
    while page := visitor.rows("crate_posts", crate_id=crate, after=after, page_size=2):
        seen += [row["id"] for row in page]
        after = page[-1]["cursor"]
    assert seen == posts[::-1]
    assert len(ben.rows("crate_posts", crate_id=crate)) == 10
    ben.call("mute", username="cleo")
    cleo.call("block", username="ada")
    assert {row["author"]["username"] for row in ben.rows("crate_posts", crate_id=crate)} == {
        "ada",
        "ben",
    }
    with refused(404, "crate_not_found"):
        cleo.rows("crate_posts", crate_id=crate)
    with refused(422, "bad_cursor"):
        visitor.rows("crate_posts", crate_id=other, after=after)


def test_a_private_crate_has_no_posts_for_others(
    cast: Callable[[str], Actor], db: Connection
) -> None:
    crate = make_crate(db, "ada", "private")
    share(cast("ada"), "crate", crate, visibility="private")
    assert len(cast("ada").rows("crate_posts", crate_id=crate)) == 1
    for name in ("ben", "stranger", "visitor"):
        with refused(404, "crate_not_found"):
            cast(name).rows("crate_posts", crate_id=crate)


def test_the_words_of_a_shared_thing_may_go(ada: Actor, db: Connection) -> None:
    post = share(ada, "track", make_song(db), body="with words")
    assert ada.call("edit_post", post_id=post, body=" ")["body"] is None
    ada.call("delete_post", post_id=post)
    rows = db.execute("select track_id, crate_id from public.posts").fetchall()
    assert rows == [{"track_id": None, "crate_id": None}]
