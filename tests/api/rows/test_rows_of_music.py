"""Tracks, crates and plays."""

from __future__ import annotations

import uuid
from datetime import datetime

from tests.api.rows.showing import (
    Expected,
    at,
    card,
    crate_of,
    only,
    picture,
    track_card,
    upload,
    when,
    whole,
)
from tests.catalogue import make_song
from tests.database import Actor, Connection, actor
from tests.plans import give_plan


def test_a_track(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, _ = people.values()
    track = upload(db)
    for who in (ben, cleo):
        who.call("set_like", target_kind="track", target_id=track, liked=True)
    for body in ("one", "two", "three"):
        ben.call("create_comment", target_kind="track", target_id=track, body=body)
    dan.call("create_post", kind="track", track_id=track)
    db.execute("update public.tracks set play_count = 7 where id = %s", [track])
    when(db, "public.tracks", track, created_at=at(1), published_at=at(2))
    expected: Expected = {
        **track_card(track),
        "id": track,
        "artist": card("ada"),
        "isrc": "GBAYE0601498",
        "genre": "ambient",
        "bpm": 93.5,
        "musical_key": "F#m",
        "kind": "remix",
        "status": "published",
        "play_count": 7,
        "like_count": 2,
        "comment_count": 3,
        "repost_count": 1,
        "liked_by_me": True,
        "published_at": at(2),
        "created_at": at(1),
    }
    del expected["artist_id"]
    for rows in (
        ben.rows("artist_tracks", username="ada"),
        ben.rows("search_tracks", query="Rain"),
    ):
        assert only(rows, track) == expected
    own = only(ada.rows("my_tracks"), track)
    assert own == {**expected, "liked_by_me": False}
    song = make_song(db, artwork_url="https://cdn-images.dzcdn.net/images/cover/1.jpg")
    row = actor(db, "visitor").call("track", track_id=song)
    assert (row["provider"], row["artist"], row["artwork_path"], row["artwork_url"]) == (
        "deezer",
        None,
        None,
        "https://cdn-images.dzcdn.net/images/cover/1.jpg",
    )


def test_a_crate_and_what_lies_in_it(db: Connection, people: dict[str, Actor]) -> None:
    ada, ben, cleo, dan, _ = people.values()
    track = upload(db)
    crate = crate_of(ben, db, make_song(db, duration_ms=100_000))
    give_plan(db, "ben", "pro")
    ben.call("set_crate_collaborator", crate_id=crate, username="cleo", role="editor")
    ben.call("set_crate_collaborator", crate_id=crate, username="dan", role="viewer")
    cleo.call("add_to_crate", crate_id=crate, track_id=track, note="late")
    for liker in (ada, cleo, dan):
        liker.call("set_like", target_kind="crate", target_id=crate, liked=True)
    for body in ("one", "two"):
        dan.call("create_comment", target_kind="crate", target_id=crate, body=body)
    ben.call("update_crate", crate_id=crate, visibility="public")
    db.execute(
        "update public.crates set is_featured = true, featured_at = now(), play_count = 5"
        " where id = %s",
        [crate],
    )
    when(db, "public.crates", crate, created_at=at(1), updated_at=at(2))
    expected: Expected = {
        "id": crate,
        "title": "Nights",
        "description": "for the night",
        "cover_path": picture("ben"),
        "genre": "jazz",
        "mood": "slow",
        "tags": ["late", "blue"],
        "visibility": "public",
        "is_featured": True,
        "owner": card("ben"),
        "my_role": None,
        "item_count": 2,
        "total_ms": 281_000,
        "play_count": 5,
        "like_count": 3,
        "comment_count": 2,
        "liked_by_me": True,
        "created_at": at(1),
        "updated_at": at(2),
    }
    lists: dict[str, Expected] = {
        "new_crates": {},
        "crates_by_genre": {"genre": "jazz"},
        "featured_crates": {},
        "profile_crates": {"username": "ben"},
    }
    for function, named in lists.items():
        assert only(ada.rows(function, **named), crate) == expected, function
    mine = {"ben": ("owner", False), "cleo": ("editor", True), "dan": ("viewer", True)}
    for name, (role, liked) in mine.items():
        row = only(people[name].rows("my_crates"), crate)
        assert row == {**expected, "my_role": role, "liked_by_me": liked}, name
    rows = [whole(row) for row in ada.rows("crate_items", crate_id=crate)]
    (row,) = [row for row in rows if row["note"] == "late"]
    when(db, "public.crate_items", row["id"], added_at=at(3))
    (row,) = [row for row in ada.rows("crate_items", crate_id=crate) if row["note"]]
    identity = row["id"]
    assert whole(row) == {
        "id": identity,
        "track": track_card(track),
        "note": "late",
        "added_by": card("cleo"),
        "added_at": at(3),
    }


def test_what_one_has_listened_to(db: Connection, people: dict[str, Actor]) -> None:
    ben = people["ben"]
    track = upload(db)
    ben.call(
        "record_play",
        track_id=track,
        ms_played=60_000,
        client_event_id=uuid.uuid4(),
        source="crate",
    )
    (play,) = db.execute("select played_at from public.plays").fetchall()
    (row,) = ben.call("my_account")["listening"]["recent"]
    assert datetime.fromisoformat(row.pop("played_at")) == play["played_at"]
    assert row == {
        "track_id": str(track),
        "track": track_card(track),
        "ms_played": 60_000,
        "source": "crate",
    }
