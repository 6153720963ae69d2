"""Tracks of every provider: resolved, found, listed, taken off by staff."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, Row, actor, refused
from tests.races import race, refusals

SONG = {
    "provider": "spotify",
    "provider_track_id": "4uLU6hMCjMI75M1A2tKUQC",
    "title": "Never Gonna",
    "artist_name": "Rick",
    "duration_ms": 213_000,
}


@pytest.mark.parametrize(
    ("provider", "identity", "url"),
    [
        ("spotify", "4uLU6hMCjMI75M1A2tKUQC", "https://I.SCDN.co/image/ab67616d"),
        ("apple_music", "1440833098", "https://is1-ssl.mzstatic.com/image/thumb/x/600x600bb.jpg"),
        ("youtube_music", "dQw4w9WgXcQ", "https://i.ytimg.com/vi/dQw4w9WgXcQ/hq720.jpg"),
        ("soundcloud", "13158665", "https://i1.sndcdn.com/artworks-000-large.jpg"),
        ("deezer", "3135556", "https://cdn-images.dzcdn.net/images/cover/x/500x500.jpg"),
        ("bandcamp", "1234", "https://f4.bcbits.com/img/a1_10.jpg"),
        ("deezer", "3135557", None),
    ],
)
def test_a_picture_lies_with_its_provider(
    provider: str, identity: str, url: str | None, ada: Actor
) -> None:
    song = {**SONG, "provider": provider, "provider_track_id": identity}
    assert ada.call("resolve_track", **song, artwork_url=url)["artwork_url"] == url


def test_the_first_writers_description_of_a_song_stays(ada: Actor, ben: Actor) -> None:
    first = ada.call(
        "resolve_track", **SONG, artwork_url="https://i.scdn.co/a.jpg", isrc="gb-ayk-87-00001"
    )
    assert (first["status"], first["isrc"], first["artist_id"]) == (
        "published",
        "GBAYK8700001",
        None,
    )
    second = ben.call("resolve_track", **{**SONG, "title": "Mine", "duration_ms": 1_000})
    assert second == first
    assert first["is_explicit"] is False
    other = ben.call("resolve_track", **{**SONG, "provider_track_id": "4uLU6hMCjMI75M1A2tKUQD"})
    assert other["id"] != first["id"]
    loud = {**SONG, "provider_track_id": "4uLU6hMCjMI75M1A2tKUQE", "is_explicit": True}
    assert ben.call("resolve_track", **loud)["is_explicit"] is True


@pytest.mark.parametrize(
    ("change", "token"),
    [
        ({"provider": "backbeat"}, "provider_unknown"),
        ({"provider": None}, "provider_unknown"),
        ({"provider_track_id": "short"}, "provider_track_id_invalid"),
        ({"provider_track_id": None}, "provider_track_id_invalid"),
        ({"provider": "deezer"}, "provider_track_id_invalid"),
        ({"provider": "deezer", "provider_track_id": "007"}, "provider_track_id_invalid"),
        ({"provider": "youtube_music", "provider_track_id": "a" * 12}, "provider_track_id_invalid"),
        ({"title": " \u200b "}, "title_invalid"),
        ({"title": "x" * 201}, "title_invalid"),
        ({"title": None}, "title_invalid"),
        ({"artist_name": ""}, "artist_name_invalid"),
        ({"duration_ms": 999}, "duration_invalid"),
        ({"duration_ms": 86_400_001}, "duration_invalid"),
        ({"duration_ms": None}, "duration_invalid"),
        ({"artwork_url": "http://i.test/a.jpg"}, "artwork_invalid"),
        ({"artwork_url": "https://i.test/a b"}, "artwork_invalid"),
        ({"artwork_url": "https://i.test/" + "a" * 2000}, "artwork_invalid"),
        ({"artwork_url": "data:image/png;base64,AAAA"}, "artwork_invalid"),
        ({"artwork_url": "https://me@i.scdn.co/a.jpg"}, "artwork_invalid"),
        *(
            ({"artwork_url": f"https://{host}/a.jpg"}, "artwork_host_unknown")
            for host in (
                "i.test",
                "i.scdn.co.test",
                "evilscdn.co",
                "scdn.co-x.test",
                "is1.mzstatic.com",
                "i.scdn.co.",
                "i.scdn.co:8443",
                "127.0.0.1",
            )
        ),
        ({"isrc": "12345"}, "isrc_invalid"),
    ],
)
def test_a_song_that_does_not_fit_is_refused(
    change: dict[str, Any], token: str, ada: Actor, db: Connection
) -> None:
    with refused(422, token):
        ada.call("resolve_track", **{**SONG, **change})
    assert db.execute("select from public.tracks").fetchall() == []


def test_resolving_new_songs_is_slowed_and_old_ones_is_not(ada: Actor, db: Connection) -> None:
    ada.call("resolve_track", **SONG)
    db.execute("update private.rate_limit_rules set capacity = 1 where action = 'resolve_track'")
    with refused(429, "rate_limited"):
        for number in range(1, 4):
            ada.call(
                "resolve_track", **{**SONG, "provider": "deezer", "provider_track_id": str(number)}
            )
    assert ada.call("resolve_track", **SONG)["title"] == "Never Gonna"


def test_a_song_the_staff_removed_is_not_resolved_again(ada: Actor, modesty: Actor) -> None:
    song = ada.call("resolve_track", **SONG)["id"]
    modesty.call("remove_track", track_id=song, reason="not music")
    with refused(404, "track_not_found"):
        ada.call("resolve_track", **SONG)
    assert modesty.call("restore_track", track_id=song)["status"] == "published"
    assert ada.call("resolve_track", **SONG)["id"] == song


def test_twenty_clients_resolve_one_song_into_one_row(database: Database) -> None:
    def resolve(connection: Connection, name: str) -> Row:
        found: Row = actor(connection, name).call("resolve_track", **{**SONG, "artist_name": name})
        return found

    names = ("ada", "ben", "cleo", "dan") * 5
    found = race(database, [partial(resolve, name=name) for name in names])
    assert refusals(found) == []
    assert len({row["id"] for row in found}) == 1
    assert len({row["artist_name"] for row in found}) == 1
    with database.connect() as connection:
        assert len(connection.execute("select from public.tracks").fetchall()) == 1


def test_staff_remove_a_track_and_restore_it(
    ada: Actor, ben: Actor, modesty: Actor, db: Connection
) -> None:
    track = make_upload(db, "ada", "hidden")
    with refused(403, "not_allowed"):
        ben.call("remove_track", track_id=track, reason=None)
    for _ in range(2):
        assert modesty.call("remove_track", track_id=track, reason="stolen")["status"] == "removed"
    assert ada.call("track", track_id=track)["status"] == "removed"
    for deed in ("hide_track", "publish_track"):
        with refused(409, "track_removed"):
            ada.call(deed, track_id=track)
    assert modesty.call("restore_track", track_id=track)["status"] == "hidden"
    with refused(404, "track_not_found"):
        modesty.call("remove_track", track_id=uuid.uuid4())
    written = db.execute(
        "select action, reason, before, after from public.moderation_log order by id"
    ).fetchall()
    assert [tuple(row.values()) for row in written] == [
        ("track_removed", "stolen", {"status": "hidden"}, {"status": "removed"}),
        ("track_restored", None, {"status": "removed"}, {"status": "hidden"}),
    ]


def test_my_tracks_and_an_artists_page_by_page(ada: Actor, visitor: Actor, db: Connection) -> None:
    made = [make_upload(db, "ada") for _ in range(5)]
    hidden = make_upload(db, "ada", "hidden")
    seen: list[uuid.UUID] = []
    after = None
    while page := visitor.rows("artist_tracks", username="ada", after=after, page_size=2):
        seen += [row["id"] for row in page]
        after = page[-1]["cursor"]
    assert sorted(seen) == sorted(made)
    mine = ada.rows("my_tracks", page_size=3)
    rest = ada.rows("my_tracks", after=mine[-1]["cursor"], page_size=10)
    assert {row["id"] for row in mine + rest} == {*made, hidden}
    assert len(mine + rest) == 6
    with refused(422, "bad_cursor"):
        ada.rows("my_tracks", after="nonsense")


def test_tracks_are_found_by_a_part_of_title_or_artist(
    ada: Actor, dan: Actor, visitor: Actor, db: Connection
) -> None:
    ada.call("resolve_track", **SONG)
    upload_ = make_upload(db, "ada", title="Rickety 100%")
    db.execute("update public.tracks set play_count = 5 where id = %s", [upload_])
    assert [row["title"] for row in visitor.rows("search_tracks", query="RICK")] == [
        "Rickety 100%",
        "Never Gonna",
    ]
    (first,) = visitor.rows("search_tracks", query="rick", page_size=1)
    (second,) = visitor.rows("search_tracks", query="rick", after=first["cursor"], page_size=1)
    assert second["title"] == "Never Gonna"
    assert [row["id"] for row in visitor.rows("search_tracks", query="100%")] == [upload_]
    ada.call("block", username="dan")
    assert [row["title"] for row in dan.rows("search_tracks", query="rick")] == ["Never Gonna"]
    with refused(422, "query_too_short"):
        visitor.rows("search_tracks", query="ri")
    # Played as often, each is found once.
    songs = {make_song(db, title="Same again") for _ in range(5)}
    found, after = [], None
    while page := visitor.rows("search_tracks", query="same again", after=after, page_size=2):
        found += [row["id"] for row in page]
        after = page[-1]["cursor"]
    assert (len(found), set(found)) == (5, songs)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("provider = 'tape'", "tracks_provider_known"),
        ("provider_track_id = 'x'", "tracks_provider_track_id_format"),
        ("id = gen_random_uuid()", "tracks_provider_track_id_format"),
        ("title = ''", "tracks_title_length"),
        ("artist_name = repeat('x', 201)", "tracks_artist_name_length"),
        ("duration_ms = 999", "tracks_duration_range"),
        ("artwork_url = 'http://x.test/'", "tracks_artwork_url_https"),
        ("artwork_path = 'x/cover.png'", "tracks_artwork_path_own"),
        ("isrc = 'x'", "tracks_isrc_format"),
        ("bpm = 401", "tracks_bpm_range"),
        ("musical_key = 'H'", "tracks_musical_key_format"),
        ("kind = 'cover'", "tracks_kind_known"),
        ("file_format = 'ogg'", "tracks_file_format_known"),
        ("file_bytes = 0", "tracks_file_bytes_positive"),
        ("status = 'lost'", "tracks_status_known"),
        ("status = 'removed'", "tracks_removed_from_fits"),
        ("status = 'removed', removed_from = 'lost'", "tracks_removed_from_known"),
        ("published_at = null", "tracks_published_has_date"),
        ("artist_id = null", "tracks_upload_has_artist"),
        ("file_format = null", "tracks_upload_has_format"),
        (
            "provider = 'deezer', provider_track_id = '1', artist_id = null, file_format = null,"
            " status = 'draft'",
            "tracks_upload_alone_has_stages",
        ),
        ("play_count = -1", "long_tally_not_negative"),
    ],
)
def test_no_code_of_ours_can_store_a_track_that_is_not_whole(
    db: Connection, change: str, constraint: str
) -> None:
    track = make_upload(db)
    with pytest.raises(psycopg.errors.CheckViolation) as refusal, db.transaction():
        db.execute(f"update public.tracks set {change} where id = %s".encode(), [track])
    assert refusal.value.diag.constraint_name == constraint
