"""Uploads: drafts are made and changed, files handed in, tracks hidden, shown and thrown away."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.catalogue import declare, make_upload
from tests.database import Actor, Connection, Database, Row, actor, forbidden, person_id, refused
from tests.races import race, refusals, wait_until_blocked


def begin(artist: Actor, **values: Any) -> Row:
    """A draft as create_track gives it."""
    given = {"title": "Night", "genre": "ambient", "duration_ms": 180_000, "file_format": "mp3"}
    made: Row = artist.call("create_track", **{**given, **values})
    return made


def upload(db: Connection, draft: Row, metadata: Any = None) -> None:
    """The file of a draft, as the storage server stores it; its rights are declared."""
    declare(db, draft["track"]["id"])
    db.execute(
        "insert into storage.objects (bucket_id, name, metadata) values (%s, %s, %s::jsonb)",
        [draft["bucket"], draft["path"], json.dumps(metadata or {"size": 5_000_000})],
    )


def cover(db: Connection, name: str, end: str = "png") -> str:
    """A picture in somebody's folder of crate-covers."""
    path = f"{person_id(name)}/{uuid.uuid4()}.{end}"
    db.execute("insert into storage.objects (bucket_id, name) values ('crate-covers', %s)", [path])
    return path


def files(draft: Row) -> list[str]:
    """What there may be of a draft in the bucket: its file, and the preview beside it."""
    return [draft["path"], draft["path"].replace(".mp3", "-preview.mp3")]


def submitted(db: Connection, artist: Actor, **values: Any) -> uuid.UUID:
    draft = begin(artist, **values)
    upload(db, draft)
    identity = artist.call("submit_track", track_id=draft["track"]["id"])["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def switch_detection_off(db: Connection) -> None:
    db.execute("update private.settings set value = 1 where name = 'publish_without_detection'")


def test_only_artists_upload(ben: Actor) -> None:
    with refused(403, "not_an_artist"):
        begin(ben)
    ben.call("become_artist")
    assert begin(ben)["track"]["artist_name"] == "Ben"


def test_a_draft_says_where_its_file_belongs(ada: Actor, ben: Actor) -> None:
    draft = begin(ada, bpm=Decimal("122.456"), musical_key="F#m", kind="remix", is_explicit=True)
    track = draft["track"]
    assert draft["bucket"] == "track-files"
    assert draft["path"] == f"{ada.id}/{track['id']}.mp3"
    assert track["status"] == "draft"
    assert (track["bpm"], track["musical_key"], track["kind"]) == (122.46, "F#m", "remix")
    with refused(404, "track_not_found"):
        ben.call("track", track_id=track["id"])
    for other in (ben, ada):
        rows = other.run("select * from public.tracks")
        assert draft["path"] not in json.dumps(rows, default=str)


def described() -> dict[str, Any]:
    """What an artist may say of a track, none of it as it is when nothing is said."""
    return {
        "title": "Dawn",
        "artist_name": "Ada & Friends",
        "genre": "jazz",
        "kind": "mashup",
        "bpm": Decimal("93.50"),
        "musical_key": "Bb",
        "is_explicit": True,
        "isrc": "GBAYE0601498",
    }


@pytest.mark.parametrize("end", ["jpg", "jpeg", "png", "webp"])
def test_a_draft_keeps_all_that_is_said_of_it_and_takes_all_changes(
    end: str, ada: Actor, db: Connection
) -> None:
    given = {**described(), "artwork_path": cover(db, "ada", end)}
    made = begin(ada, **given)["track"]
    assert {key: made[key] for key in given} == {**given, "bpm": 93.5}
    plain = begin(ada)["track"]
    changed = ada.call("update_track", track_id=plain["id"], **given)
    assert {key: changed[key] for key in given} == given
    # What is not named stays.
    assert ada.call("update_track", track_id=plain["id"]) == changed
    assert ada.call("update_track", track_id=plain["id"], is_explicit=False) == {
        **changed, "is_explicit": False,
    }  # fmt: skip


@pytest.mark.parametrize("file_format", ["mp3", "wav", "flac"])
def test_a_file_is_mp3_wav_or_flac(file_format: str, ada: Actor, db: Connection) -> None:
    draft = begin(ada, file_format=file_format)
    assert draft["path"] == f"{ada.id}/{draft['track']['id']}.{file_format}"
    upload(db, draft)
    track = ada.call("submit_track", track_id=draft["track"]["id"])
    assert (track["status"], track["file_format"]) == ("processing", file_format)


def test_a_draft_sent_again_is_the_same_draft(ada: Actor, db: Connection) -> None:
    again = uuid.uuid4()
    first = begin(ada, client_id=again)
    assert begin(ada, client_id=again, title="Other") == first
    assert len(db.execute("select from public.tracks").fetchall()) == 1


@pytest.mark.parametrize(
    ("change", "token"),
    [
        ({"title": ""}, "title_invalid"),
        ({"artist_name": "x" * 201}, "artist_name_invalid"),
        ({"genre": "polka-core"}, "unknown_genre"),
        ({"duration_ms": 0}, "duration_invalid"),
        ({"file_format": "ogg"}, "file_format_unknown"),
        ({"file_format": None}, "file_format_unknown"),
        ({"kind": "cover"}, "track_kind_unknown"),
        ({"bpm": Decimal(19)}, "bpm_invalid"),
        ({"bpm": Decimal("NaN")}, "bpm_invalid"),
        ({"musical_key": "H"}, "musical_key_invalid"),
        ({"isrc": "x"}, "isrc_invalid"),
        ({"artwork_path": "x.png"}, "cover_not_found"),
    ],
)
def test_a_draft_that_does_not_fit_is_refused(
    change: dict[str, Any], token: str, ada: Actor, db: Connection
) -> None:
    with refused(422, token):
        begin(ada, **change)
    assert db.execute("select from public.tracks").fetchall() == []
    # Nor is it changed into that later; what a file is does not change.
    if change.keys() & {"duration_ms", "file_format"}:
        return
    track = begin(ada)["track"]["id"]
    with refused(422, token):
        ada.call("update_track", track_id=track, **change)


def test_a_submitted_track_waits_for_a_detector(ada: Actor, ben: Actor, db: Connection) -> None:
    draft = begin(ada)
    with refused(422, "file_not_found"):
        ada.call("submit_track", track_id=draft["track"]["id"])
    upload(db, draft)
    track = ada.call("submit_track", track_id=draft["track"]["id"])
    assert (track["status"], track["file_bytes"], track["published_at"]) == (
        "processing",
        5_000_000,
        None,
    )
    assert ada.call("submit_track", track_id=track["id"]) == track
    (waiting,) = ada.rows("my_detections")
    assert (waiting["track_id"], waiting["status"]) == (track["id"], "pending")
    with refused(404, "track_not_found"):
        ben.call("submit_track", track_id=track["id"])
    for deed in ("hide_track", "publish_track"):
        with refused(409, "track_not_published"):
            ada.call(deed, track_id=track["id"])


def test_an_upload_that_began_before_replaces_nothing_that_was_submitted(
    ada: Actor, db: Connection
) -> None:
    draft = begin(ada)
    upload(db, draft)
    # As the storage server ends an upload, whose policy it asked when that began.
    late = "update storage.objects set metadata = %s::jsonb where name = %s"
    db.execute(late, ['{"size": 7}', draft["path"]])
    assert ada.call("submit_track", track_id=draft["track"]["id"])["file_bytes"] == 7
    for change in (late, "update storage.objects set name = %s || '.mp3' where name = %s"):
        with pytest.raises(psycopg.errors.RestrictViolation), db.transaction():
            db.execute(change.encode(), ['{"size": 9}', draft["path"]])
    other = cover(db, "ada")
    assert db.execute(late.encode(), ['{"size": 9}', other]).rowcount == 1


def test_a_file_that_is_replaced_while_it_is_submitted_is_the_one_that_is_looked_at(
    database: Database,
) -> None:
    with database.connect() as connection, database.connect() as server:
        draft = begin(actor(connection, "ada"))
        upload(connection, draft)
        with ThreadPoolExecutor(1) as pool:
            server.execute("begin")
            server.execute(
                "update storage.objects set metadata = %s::jsonb where name = %s",
                ['{"size": 7}', draft["path"]],
            )
            ada = actor(connection, "ada")
            waiting = pool.submit(ada.call, "submit_track", track_id=draft["track"]["id"])
            wait_until_blocked(server, connection)
            server.execute("commit")
            assert waiting.result(timeout=120)["file_bytes"] == 7


@pytest.mark.parametrize(
    ("metadata", "is_fit"),
    [
        ({"size": 1}, True),
        ('{"size": 209715200}', True),
        ({"size": 0}, False),
        ({"size": 209_715_201}, False),
        ({"size": "much"}, False),
        ({"mimetype": "audio/mpeg"}, False),
        ("no json", False),
    ],
)
def test_the_size_is_what_the_storage_server_noted(
    metadata: Any, is_fit: bool, ada: Actor, db: Connection
) -> None:
    draft = begin(ada)
    upload(db, draft, metadata)
    if is_fit:
        assert ada.call("submit_track", track_id=draft["track"]["id"])["file_bytes"] > 0
    else:
        with refused(422, "file_size_wrong"):
            ada.call("submit_track", track_id=draft["track"]["id"])


def test_without_detection_a_track_is_published_at_once(
    ada: Actor, visitor: Actor, db: Connection
) -> None:
    switch_detection_off(db)
    track = submitted(db, ada)
    assert visitor.call("track", track_id=track)["status"] == "published"
    assert ada.rows("my_detections") == []
    assert ada.call("my_account")["artist"]["track_count"] == 1


def test_a_trusted_artist_is_published_at_once_and_looked_at_after(
    ada: Actor, db: Connection
) -> None:
    db.execute(
        "update public.artist_profiles set is_trusted_uploader = true, trusted_since = now()"
    )
    track = submitted(db, ada)
    assert ada.call("track", track_id=track)["status"] == "published"
    assert [row["status"] for row in ada.rows("my_detections")] == ["pending"]


def test_an_artist_hides_and_shows_their_track(
    ada: Actor, ben: Actor, visitor: Actor, db: Connection
) -> None:
    switch_detection_off(db)
    track = submitted(db, ada)
    for _ in range(2):
        assert ada.call("hide_track", track_id=track)["status"] == "hidden"
    for other in (ben, visitor):
        with refused(404, "track_not_found"):
            other.call("track", track_id=track)
        assert other.rows("artist_tracks", username="ada") == []
        assert other.rows("search_tracks", query="night") == []
    with refused(404, "track_not_found"):
        ben.call("publish_track", track_id=track)
    for _ in range(2):
        assert ada.call("publish_track", track_id=track)["status"] == "published"
    assert [row["id"] for row in visitor.rows("artist_tracks", username="ada")] == [track]


def test_an_artist_changes_the_description_of_their_track(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    track = begin(ada, bpm=Decimal(90))["track"]["id"]
    changed = ada.call(
        "update_track", track_id=track, title="Dawn", bpm=Decimal(0), genre="", isrc=""
    )
    assert (changed["title"], changed["bpm"], changed["genre"]) == ("Dawn", None, None)
    assert changed["duration_ms"] == 180_000
    with refused(404, "track_not_found"):
        ben.call("update_track", track_id=track, title="Mine")
    with refused(422, "title_invalid"):
        ada.call("update_track", track_id=track, title="")


def test_a_picture_that_is_no_longer_shown_is_removed(ada: Actor, db: Connection) -> None:
    first, second = cover(db, "ada"), cover(db, "ada")
    track = begin(ada, artwork_path=first)["track"]["id"]
    crate = ada.call("create_crate", title="Same picture", cover_path=first)["id"]
    ada.call("update_track", track_id=track, artwork_path=second)
    removals = (
        "select payload ->> 'names' as names from private.outbox where topic = 'remove_objects'"
    )
    assert db.execute(removals).fetchall() == []
    ada.call("update_crate", crate_id=crate, cover_path="")
    assert db.execute(removals).fetchall() == [{"names": json.dumps([first])}]
    with refused(422, "cover_not_found"):
        ada.call("update_crate", crate_id=crate, cover_path=first)
    with refused(422, "cover_not_found"):
        ada.call("update_track", track_id=track, artwork_path=cover(db, "ben"))


def test_a_draft_is_thrown_away_with_its_file(ada: Actor, ben: Actor, db: Connection) -> None:
    draft = begin(ada)
    track = draft["track"]["id"]
    with refused(404, "track_not_found"):
        ben.call("discard_track", track_id=track)
    ada.call("discard_track", track_id=track)
    with refused(404, "track_not_found"):
        ada.call("discard_track", track_id=track)
    assert ada.rows("my_tracks") == []
    (row,) = db.execute("select payload from private.outbox").fetchall()
    assert row["payload"] == {"bucket": "track-files", "names": files(draft)}
    with refused(409, "track_not_draft"):
        ada.call("discard_track", track_id=make_upload(db, "ada"))


def test_nothing_is_written_while_the_catalogue_is_switched_off(ada: Actor, db: Connection) -> None:
    db.execute("update public.feature_flags set is_enabled = false where name = 'catalogue'")
    with refused(403, "feature_disabled"):
        ada.call(
            "resolve_track",
            provider="spotify",
            provider_track_id="4uLU6hMCjMI75M1A2tKUQC",
            title="Never Gonna",
            artist_name="Rick",
            duration_ms=213_000,
        )
    with refused(403, "feature_disabled"):
        begin(ada)
    with refused(403, "feature_disabled"):
        ada.call("create_crate", title="x")


def test_nobody_has_more_drafts_than_the_limit_however_many_begin_at_once(
    database: Database,
) -> None:
    with database.connect() as connection:
        connection.execute("update private.rate_limit_rules set capacity = 100")
        connection.execute("update private.settings set value = 3 where name = 'drafts_limit'")
        make_upload(connection, "ada")
    outcomes = race(database, [lambda own: begin(actor(own, "ada"))] * 8)
    assert refusals(outcomes) == [("PT409", "draft_limit")] * 5
    with database.connect() as connection:
        ada = actor(connection, "ada")
        rows = connection.execute("select id from public.tracks where status = 'draft'").fetchall()
        assert len(rows) == 3
        # Thrown away or submitted, a draft makes room.
        ada.call("discard_track", track_id=rows[0]["id"])
        begin(ada)
        with refused(409, "draft_limit"):
            begin(ada)


def test_files_of_all_kinds_take_room_until_it_is_full(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    insert = "insert into storage.objects (bucket_id, name, metadata) values (%s, %s, %s::jsonb)"
    db.execute("update private.settings set value = 1048576 where name = 'stored_bytes_limit'")
    names = {
        "avatars": f"{ada.id}/face.png",
        "post-media": f"{ada.id}/{'a' * 20}.png",
        "crate-covers": f"{ada.id}/{'a' * 20}.png",
        "product-images": f"{ada.id}/{'a' * 20}.png",
        "proof-files": f"{ada.id}/stems.zip",
        "track-files": begin(ada)["path"],
    }
    # Somebody else's, and whose id begins alike, take no room of hers.
    for folder in (person_id("cleo"), f"{ada.id}0", f"{ada.id}-x"):
        db.execute(insert, ["exports", f"{folder}/x", '{"size": 1048576}'])
    db.execute(insert, ["exports", f"{ada.id}/x", '{"size": 1048575}'])
    for bucket, name in names.items():
        with db.transaction(force_rollback=True):
            assert ada.count(insert, bucket, name, "{}") == 1
    db.execute(
        insert, ["post-media", f"{ada.id}/{'b' * 20}.png", json.dumps(json.dumps({"size": 1}))]
    )
    for bucket, name in names.items():
        with forbidden():
            ada.run(insert, bucket, name, "{}")
    with refused(409, "storage_full"):
        begin(ada)
    assert ben.count(insert, "avatars", f"{ben.id}/face.png", "{}") == 1
    db.execute("delete from storage.objects where bucket_id = 'post-media'")
    begin(ada)


def test_drafts_that_nobody_submits_go_with_their_files(
    ada: Actor, ben: Actor, service: Actor, db: Connection
) -> None:
    old = begin(ada, artwork_path=cover(db, "ada"))
    young, late = begin(ada), submitted(db, ada)
    for draft in (old["track"]["id"], late):
        db.execute(
            "update public.tracks set created_at = now() - interval '31 days' where id = %s",
            [draft],
        )
    db.execute("update public.tracks set created_at = now() - interval '29 days' where id = %s",
               [young["track"]["id"]])  # fmt: skip
    assert [service.call("backend.forget_old_drafts", size=10) for _ in range(2)] == [1, 0]
    left = {row["id"] for row in db.execute("select id from public.tracks").fetchall()}
    assert left == {uuid.UUID(young["track"]["id"]), late}
    removed = db.execute(
        "select payload from private.outbox where topic = 'remove_objects' order by id"
    ).fetchall()
    assert [row["payload"] for row in removed] == [
        {"bucket": "track-files", "names": files(old)},
        {"bucket": "crate-covers", "names": [old["track"]["artwork_path"]]},
    ]
    with forbidden():
        ben.call("backend.forget_old_drafts")
