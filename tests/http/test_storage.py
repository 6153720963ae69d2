"""Files through the real storage API: two people, a visitor and the service at every bucket."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.http.api import Api

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 100
SOUND = b"ID3" + b"0" * 5000
OTHERS = ("ben", "visitor")


def put(api: Api, who: str, bucket: str, name: str, content: bytes, kind: str) -> httpx.Response:
    """Upload a file as somebody."""
    return api.client.post(
        f"/storage/v1/object/{bucket}/{name}",
        content=content,
        headers={**api.headers(who), "Content-Type": kind},
    )


def can_read(api: Api, who: str, bucket: str, name: str) -> bool:
    """Whether somebody reads a file by the way for those who are signed in."""
    answer = api.client.get(f"/storage/v1/object/{bucket}/{name}", headers=api.headers(who))
    assert answer.status_code in (200, 400, 401, 403, 404), answer.text
    return answer.is_success


def listed(api: Api, who: str, bucket: str, folder: str) -> int:
    """How many files of a folder somebody is told of."""
    answer = api.client.post(
        f"/storage/v1/object/list/{bucket}", json={"prefix": folder}, headers=api.headers(who)
    )
    return len(answer.json()) if answer.is_success else 0


def stored(api: Api, bucket: str, name: str) -> bool:
    """Whether the storage server has the file."""
    with api.database() as connection:
        rows = connection.execute(
            "select from storage.objects where bucket_id = %s and name = %s", [bucket, name]
        ).fetchall()
    return bool(rows)


def fresh(api: Api, end: str, who: str = "ada") -> str:
    """A name in somebody's folder that nobody guesses."""
    return f"{api.people[who]}/{uuid.uuid4()}.{end}"


@pytest.mark.parametrize("bucket", ["avatars", "post-media", "crate-covers", "product-images"])
def test_pictures_are_put_by_their_owner_and_read_by_anybody(api: Api, bucket: str) -> None:
    name = fresh(api, "png")
    for other in OTHERS:
        assert not put(api, other, bucket, name, PNG, "image/png").is_success
    assert not stored(api, bucket, name)
    answer = put(api, "ada", bucket, name, PNG, "image/png")
    assert answer.is_success, answer.text
    public = api.client.get(f"/storage/v1/object/public/{bucket}/{name}")
    assert (public.status_code, public.content) == (200, PNG)
    folder = str(api.people["ada"])
    assert listed(api, "ada", bucket, folder) >= 1
    for other in OTHERS:
        assert listed(api, other, bucket, folder) == 0
        api.client.request(
            "DELETE",
            f"/storage/v1/object/{bucket}",
            json={"prefixes": [name]},
            headers=api.headers(other),
        )
        assert stored(api, bucket, name)
    removed = api.client.request(
        "DELETE",
        f"/storage/v1/object/{bucket}",
        json={"prefixes": [name]},
        headers=api.headers("ada"),
    )
    assert removed.is_success
    assert not stored(api, bucket, name)


@pytest.mark.parametrize("bucket", ["avatars", "post-media", "crate-covers", "product-images"])
def test_pictures_have_the_right_kind_and_size(api: Api, bucket: str) -> None:
    for content, kind in (
        (b"<html>", "text/html"),
        (SOUND, "audio/mpeg"),
        (PNG + b"0" * 5_242_880, "image/png"),
    ):
        name = fresh(api, "png")
        assert not put(api, "ada", bucket, name, content, kind).is_success
        assert not stored(api, bucket, name)


@pytest.mark.parametrize("bucket", ["avatars", "post-media", "crate-covers", "product-images"])
@pytest.mark.parametrize(
    ("end", "kind"),
    [
        ("jpg", "image/jpeg"),
        ("jpeg", "image/jpeg"),
        ("png", "image/png"),
        ("webp", "image/webp"),
    ],
)
def test_pictures_are_jpeg_png_or_webp(api: Api, bucket: str, end: str, kind: str) -> None:
    name = fresh(api, end)
    answer = put(api, "ada", bucket, name, PNG, kind)
    assert answer.is_success, answer.text


@pytest.mark.parametrize(
    ("file_format", "kind"),
    [
        ("mp3", "audio/mpeg"),
        ("mp3", "audio/mp3"),
        ("wav", "audio/wav"),
        ("wav", "audio/x-wav"),
        ("wav", "audio/wave"),
        ("wav", "audio/vnd.wave"),
        ("flac", "audio/flac"),
        ("flac", "audio/x-flac"),
    ],
)
def test_tracks_are_mp3_wav_or_flac(api: Api, file_format: str, kind: str) -> None:
    path = begin(api, file_format)["path"]
    answer = put(api, "ada", "track-files", path, SOUND, kind)
    assert answer.is_success, answer.text


def begin(api: Api, file_format: str = "mp3", who: str = "ada") -> dict[str, Any]:
    """A draft of somebody's."""
    draft = {
        "title": "Night",
        "genre": "ambient",
        "duration_ms": 60_000,
        "file_format": file_format,
    }
    with api.database() as connection:
        # Ten drafts can be begun at once, and these are more.
        connection.execute("delete from private.rate_limit_buckets where action = 'create_track'")
    answer = api.rpc(who, "create_track", draft)
    assert answer.is_success, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_track_is_put_where_its_draft_says_and_read_by_the_service_alone(api: Api) -> None:
    draft = begin(api)
    path, track = draft["path"], {"track_id": draft["track"]["id"]}
    assert api.rpc("ada", "submit_track", track).json()["message"] == "file_not_found"
    for other in OTHERS:
        assert not put(api, other, "track-files", path, SOUND, "audio/mpeg").is_success
    assert not put(api, "ada", "track-files", fresh(api, "mp3"), SOUND, "audio/mpeg").is_success
    assert not put(api, "ada", "track-files", path, PNG, "image/png").is_success
    answer = put(api, "ada", "track-files", path, SOUND, "audio/mpeg")
    assert answer.is_success, answer.text
    for person in ("ada", *OTHERS, "boss"):
        assert not can_read(api, person, "track-files", path)
        assert listed(api, person, "track-files", path.split("/")[0]) == 0
    assert can_read(api, "service", "track-files", path)
    public = api.client.get(f"/storage/v1/object/public/track-files/{path}")
    assert not public.is_success

    assert api.rpc("ada", "submit_track", track).json()["message"] == "rights_not_declared"
    assert api.rpc("ada", "declare_rights", {**track, "kind": "original"}).is_success
    submitted = api.rpc("ada", "submit_track", track)
    assert submitted.is_success, submitted.text
    assert submitted.json()["file_bytes"] == len(SOUND)
    again = api.client.post(
        f"/storage/v1/object/track-files/{path}",
        content=b"something else",
        headers={**api.headers("ada"), "Content-Type": "audio/mpeg", "x-upsert": "true"},
    )
    assert not again.is_success
    kept = api.client.get(f"/storage/v1/object/track-files/{path}", headers=api.headers("service"))
    assert kept.content == SOUND


def test_a_proof_is_read_by_who_gave_it_and_the_service(api: Api) -> None:
    name = fresh(api, "zip")
    for other in OTHERS:
        assert not put(api, other, "proof-files", name, b"PK", "application/zip").is_success
    assert put(api, "ada", "proof-files", name, b"PK", "application/zip").is_success
    for person, is_reader in {"ada": True, "service": True, "ben": False, "visitor": False}.items():
        assert can_read(api, person, "proof-files", name) is is_reader
    assert not api.client.get(f"/storage/v1/object/public/proof-files/{name}").is_success


def test_an_export_is_written_by_the_service_and_read_by_whose_it_is(api: Api) -> None:
    name = fresh(api, "json")
    for person in ("ada", *OTHERS):
        assert not put(api, person, "exports", name, b"{}", "application/json").is_success
    assert put(api, "service", "exports", name, b"{}", "application/json").is_success
    for person, is_reader in {"ada": True, "service": True, "ben": False, "visitor": False}.items():
        assert can_read(api, person, "exports", name) is is_reader


def test_the_buckets_have_the_limits_of_the_specification(api: Api) -> None:
    with api.database() as connection:
        rows = connection.execute("select * from storage.buckets").fetchall()
    megabytes = {
        row["id"]: (row["public"], (row["file_size_limit"] or 0) // 1_048_576) for row in rows
    }
    assert megabytes == {
        "avatars": (True, 5),
        "crate-covers": (True, 5),
        "post-media": (True, 5),
        "product-images": (True, 5),
        "room-avatars": (False, 5),
        "track-files": (False, 200),
        "proof-files": (False, 50),
        "exports": (False, 0),
    }


@pytest.mark.parametrize(
    ("bucket", "end", "kind"),
    [
        ("track-files", "mp3", "audio/mpeg"),
        ("proof-files", "zip", "application/zip"),
        ("crate-covers", "png", "image/png"),
        ("avatars", "png", "image/png"),
    ],
)
def test_a_file_one_byte_too_large_is_refused(api: Api, bucket: str, end: str, kind: str) -> None:
    """With a lower limit, as two hundred megabytes take their time."""
    limit = 4096

    def name() -> str:
        return str(begin(api)["path"]) if bucket == "track-files" else fresh(api, end)

    with api.database() as connection:
        row = connection.execute(
            "select file_size_limit as most from storage.buckets where id = %s", [bucket]
        ).fetchone()
        assert row is not None
        change = "update storage.buckets set file_size_limit = %s where id = %s"
        connection.execute(change, [limit, bucket])
    try:
        for size, fits in ((limit + 1, False), (limit, True)):
            target = name()
            answer = put(api, "ada", bucket, target, b"0" * size, kind)
            assert answer.is_success is fits, answer.text
            assert stored(api, bucket, target) is fits
    finally:
        with api.database() as connection:
            connection.execute(change, [row["most"], bucket])


def test_a_leaving_persons_files_are_named_in_every_bucket(api: Api) -> None:
    owner = api.people["cleo"]
    names = {
        "avatars": fresh(api, "png", "cleo"),
        "crate-covers": fresh(api, "png", "cleo"),
        "product-images": fresh(api, "png", "cleo"),
        "proof-files": fresh(api, "zip", "cleo"),
        "exports": fresh(api, "json", "cleo"),
    }
    for bucket, name in names.items():
        who = "service" if bucket == "exports" else "cleo"
        kind = {"png": "image/png", "zip": "application/zip", "json": "application/json"}
        assert put(api, who, bucket, name, PNG, kind[name.rsplit(".")[-1]]).is_success
    with api.database() as connection:
        row = connection.execute(
            "select private.personal_objects(%s) as objects", [owner]
        ).fetchone()
    assert row is not None
    assert {each["bucket"]: each["names"] for each in row["objects"]} == {
        bucket: [name] for bucket, name in names.items()
    }


def test_the_picture_of_an_unlisted_room_is_read_by_link(api: Api) -> None:
    def rpc(function: str, **arguments: Any) -> Any:
        answer = api.client.post(
            f"/rest/v1/rpc/{function}", json=arguments, headers=api.headers("ada")
        )
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None

    room = rpc("create_room", name="By link", visibility="unlisted")["id"]
    name = f"{room}/{uuid.uuid4()}.png"
    assert put(api, "ada", "room-avatars", name, PNG, "image/png").is_success
    assert not can_read(api, "ben", "room-avatars", name)
    rpc("update_room", room_id=room, avatar_path=name)
    for who in OTHERS:
        assert can_read(api, who, "room-avatars", name)
        assert [listed(api, who, "room-avatars", folder) for folder in ("", room)] == [0, 0]
    assert listed(api, "ada", "room-avatars", room) == 1
    rpc("update_room", room_id=room, visibility="private")
    for who in OTHERS:
        assert not can_read(api, who, "room-avatars", name)
    assert can_read(api, "ada", "room-avatars", name)
    rpc("delete_room", room_id=room)
