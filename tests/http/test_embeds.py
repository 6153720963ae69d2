"""What PostgREST follows from table to table: never to a private crate or a draft."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.http.api import PERSON, Api

# cleo is blocked.
READERS = ("visitor", "ben", "cleo")
# Every way that leads from one table to a crate, an item or a track, by what it asks for.
WAYS = (
    "crates?select=id,title,audience",
    "crates?select=id,title&order=audience&visibility=in.(private,followers,unlisted)",
    "crates?select=id,title,crate_items(id,tracks(id,title))",
    "crate_items?select=crate_id,crates(id,title),tracks(id,title)",
    "tracks?select=id,title,status,crate_items(crate_id,crates(id,title))",
    "tracks?select=id,title&status=in.(draft,processing,hidden,removed)",
    "profiles?select=id,crates!crates_owner_id_fkey(id,title),tracks(id,title)",
    "genres?select=slug,crates(id,title),tracks(id,title)",
    "crates?select=title,owner:profiles!crates_owner_id_fkey(username)&or=(title.like.*hush*)",
)


def ask(api: Api, name: str, way: str) -> str:
    """All that somebody is answered."""
    headers = {**api.headers(name), "Prefer": "count=exact"}
    answer = api.client.get(f"/rest/v1/{way}", headers=headers)
    assert answer.is_success, answer.text
    return answer.text


@pytest.fixture(scope="module")
def secrets(api: Api) -> Iterator[list[str]]:
    """Ids of ada's crates for few, and of a draft of hers."""
    assert api.rpc("ada", "block", {"username": PERSON["cleo"]}).is_success
    number = str(uuid.uuid4().int)[:15]
    song = {"provider": "deezer", "title": "x", "artist_name": "x", "duration_ms": 200_000}
    track = api.rpc("ada", "resolve_track", {**song, "provider_track_id": number}).json()["id"]
    ids = []
    for audience in ("unlisted", "followers", "private"):
        crate = {"title": f"hush {audience}", "visibility": audience, "genre": "ambient"}
        ids.append(api.rpc("ada", "create_crate", crate).json()["id"])
        put = {"crate_id": ids[-1], "track_id": track, "note": "hush"}
        assert api.rpc("ada", "add_to_crate", put).is_success
    draft = {"title": "hush", "genre": "ambient", "duration_ms": 60_000, "file_format": "mp3"}
    yield [*ids, api.rpc("ada", "create_track", draft).json()["track"]["id"]]
    assert api.rpc("ada", "unblock", {"username": PERSON["cleo"]}).is_success


@pytest.mark.parametrize("way", WAYS)
def test_nobody_follows_a_way_to_what_is_not_theirs(way: str, api: Api, secrets: list[str]) -> None:
    own = ask(api, "ada", way)
    assert "hush" in own
    for reader in READERS:
        found = ask(api, reader, way)
        assert "hush" not in found, reader
        assert not [identity for identity in secrets if identity in found], reader
