"""stream-url, against a whole stack: a real upload, an address that plays, and who gets none."""

import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import httpx
import jwt
import pytest
from botocore.config import Config
from storage3 import SyncStorageClient

from backbeat.storage import Storage
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer, running_functions

SOUND = b"ID3" + bytes(range(256)) * 40
LIFE = 300


@pytest.fixture(scope="module")
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions, signing by the Storage API."""
    return serve(**live.settings)


@pytest.fixture(scope="module")
def by_s3(live: LiveStack) -> Iterator[FunctionsServer]:
    """The functions, signing for S3."""
    values = live.stack.values()
    wanted = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY")
    store = {name: values[name] for name in wanted}
    with running_functions(None, **live.settings, **store, STREAM_URLS="s3") as server:
        yield server


@pytest.fixture(scope="module")
def ada(live: LiveStack) -> uuid.UUID:
    """An artist."""
    user_id = live.person("stream_ada")
    live.sends(user_id, "POST", "/rpc/become_artist", {})
    live.sql("update private.settings set value = 1 where name = 'publish_without_detection'")
    return user_id


@pytest.fixture(scope="module")
def ben(live: LiveStack) -> uuid.UUID:
    """A fan."""
    return live.person("stream_ben")


@pytest.fixture
def track(live: LiveStack, ada: uuid.UUID) -> uuid.UUID:
    """A published track of ada's."""
    track_id = draft(live, ada)
    live.sends(ada, "POST", "/rpc/submit_track", {"track_id": str(track_id)})
    return track_id


def draft(live: LiveStack, artist: uuid.UUID, *, is_uploaded: bool = True) -> uuid.UUID:
    """A draft, with its file uploaded as an app does."""
    live.sql("delete from private.rate_limit_buckets")
    made = live.sends(
        artist,
        "POST",
        "/rpc/create_track",
        {"title": "Night bus", "genre": "house", "duration_ms": 200000, "file_format": "mp3"},
    )
    rights = {"track_id": made["track"]["id"], "kind": "original"}
    live.sends(artist, "POST", "/rpc/declare_rights", rights)
    if is_uploaded:
        answer = httpx.post(
            f"{live.stack.url}/storage/v1/object/{made['bucket']}/{made['path']}",
            content=SOUND,
            headers={
                "apikey": live.stack.publishable_key,
                "content-type": "audio/mpeg",
                **bearer(live.token(artist)),
            },
            timeout=180,
        )
        assert answer.is_success, answer.text
    return uuid.UUID(made["track"]["id"])


def ask(
    live: LiveStack, server: FunctionsServer, user_id: uuid.UUID, track_id: object
) -> httpx.Response:
    """Ask to hear a track."""
    return server.client.post(
        "/stream-url", json={"track_id": str(track_id)}, headers=bearer(live.token(user_id))
    )


def test_fan_hears_the_whole_file_byte_by_byte(
    live: LiveStack, functions: FunctionsServer, ben: uuid.UUID, track: uuid.UUID
) -> None:
    asked_at = time.time()
    answer = ask(live, functions, ben, track)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert set(body) == {"url", "expires_at", "is_preview"}
    assert body["is_preview"] is False
    expires_at = datetime.fromisoformat(body["expires_at"])
    assert expires_at.tzinfo == UTC
    assert asked_at + LIFE - 1 <= expires_at.timestamp() <= time.time() + LIFE
    # Without any key: the address is all it takes.
    played = httpx.get(body["url"], timeout=180)
    assert (played.status_code, played.content) == (200, SOUND)
    # And it is good for as long as was said.
    (signed,) = parse_qs(urlsplit(body["url"]).query)["token"]
    claims = jwt.decode(signed, options={"verify_signature": False})
    assert abs(claims["exp"] - expires_at.timestamp()) <= 2
    line = functions.lines_of(answer.headers["x-request-id"])[-1]
    assert signed not in str(line)


def test_address_of_another_file_cannot_be_made_of_it(
    live: LiveStack, functions: FunctionsServer, ada: uuid.UUID, ben: uuid.UUID, track: uuid.UUID
) -> None:
    url = ask(live, functions, ben, track).json()["url"]
    other = draft(live, ada)
    assert not httpx.get(url.replace(str(track), str(other)), timeout=180).is_success
    assert not httpx.get(url[:-3] + ("AAA" if url[-3:] != "AAA" else "BBB"), timeout=180).is_success
    assert not httpx.get(url.partition("?")[0], timeout=180).is_success
    path = urlsplit(url).path.replace("/object/sign/", "/object/public/")
    assert not httpx.get(f"{live.stack.url}{path}", timeout=180).is_success


def test_address_expires(live: LiveStack, ada: uuid.UUID, track: uuid.UUID) -> None:
    with httpx.Client(timeout=180) as client:
        storage = Storage(
            SyncStorageClient(
                f"{live.stack.url}/storage/v1/",
                headers=dict(live.api.headers),
                http_client=client,
            )
        )
        lasting, brief = (
            storage.sign("track-files", f"{ada}/{track}.mp3", seconds) for seconds in (LIFE, 1)
        )
    assert httpx.get(lasting, timeout=180).content == SOUND
    deadline = time.monotonic() + 60
    while httpx.get(brief, timeout=180).is_success:
        assert time.monotonic() < deadline


def test_s3_address_plays_and_says_how_long_it_is_good(
    live: LiveStack, by_s3: FunctionsServer, ada: uuid.UUID, ben: uuid.UUID, track: uuid.UUID
) -> None:
    # Here the stack's storage and S3 are two stores; on Supabase they are one.
    values = live.stack.values()
    store = boto3.client(
        "s3",
        endpoint_url=values["S3_ENDPOINT_URL"],
        aws_access_key_id=values["S3_ACCESS_KEY"],
        aws_secret_access_key=values["S3_SECRET_KEY"],
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )
    store.create_bucket(Bucket="track-files")
    store.put_object(Bucket="track-files", Key=f"{ada}/{track}.mp3", Body=SOUND)
    store.close()
    answer = ask(live, by_s3, ben, track)
    assert answer.status_code == 200, answer.text
    played = httpx.get(answer.json()["url"], timeout=180)
    assert (played.status_code, played.content) == (200, SOUND)
    # moto checks neither signature nor expiry, so what is signed is looked at itself.
    url = urlsplit(answer.json()["url"])
    signed = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}" == values["S3_ENDPOINT_URL"]
    assert url.path == f"/track-files/{ada}/{track}.mp3"
    assert signed["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert signed["X-Amz-Expires"] == str(LIFE)
    assert signed["X-Amz-Credential"].startswith(f"{values['S3_ACCESS_KEY']}/")
    assert signed["X-Amz-Credential"].endswith("/us-east-1/s3/aws4_request")
    assert len(signed["X-Amz-Signature"]) == 64
    assert values["S3_SECRET_KEY"] not in answer.text


def test_s3_without_keys_names_them(live: LiveStack, ben: uuid.UUID, track: uuid.UUID) -> None:
    with running_functions(None, **live.settings, STREAM_URLS="s3", S3_ACCESS_KEY="x") as server:
        answer = ask(live, server, ben, track)
        assert (answer.status_code, answer.json()["error"]) == (500, "not_configured")
        (line,) = server.lines_of(answer.headers["x-request-id"])
        assert line["reason"] == "S3_SECRET_KEY is not set"


def test_artist_hears_drafts_and_hidden_tracks_of_her_own_and_nobody_else_does(
    live: LiveStack, functions: FunctionsServer, ada: uuid.UUID, ben: uuid.UUID, track: uuid.UUID
) -> None:
    unfinished = draft(live, ada)
    live.sends(ada, "POST", "/rpc/hide_track", {"track_id": str(track)})
    removed = draft(live, ada)
    live.sends(ada, "POST", "/rpc/submit_track", {"track_id": str(removed)})
    live.sql(
        "update public.tracks set removed_from = status, status = 'removed' where id = %s", removed
    )
    processing = draft(live, ada)
    live.sql("update public.tracks set status = 'processing' where id = %s", processing)
    for track_id in (unfinished, track, processing, removed):
        answer = ask(live, functions, ada, track_id)
        assert answer.status_code == 200, answer.text
        assert httpx.get(answer.json()["url"], timeout=180).content == SOUND
        refused = ask(live, functions, ben, track_id)
        assert (refused.status_code, refused.json()["error"]) == (404, "track_not_found")


def test_across_a_block_and_of_a_hidden_artist_there_is_no_track(
    live: LiveStack, functions: FunctionsServer, ada: uuid.UUID, track: uuid.UUID
) -> None:
    assert ask(live, functions, live.person("stream_cy"), track).is_success
    blocked, blocker = live.person("stream_eve"), live.person("stream_bo")
    for who, whom in ((ada, blocked), (blocker, ada)):
        live.sql("insert into public.blocks (blocker_id, blocked_id) values (%s, %s)", who, whom)
    for listener in (blocked, blocker):
        answer = ask(live, functions, listener, track)
        assert (answer.status_code, answer.json()["error"]) == (404, "track_not_found")


def test_track_of_another_provider_has_no_file_and_an_empty_draft_neither(
    live: LiveStack, functions: FunctionsServer, ada: uuid.UUID, ben: uuid.UUID
) -> None:
    there = live.sends(
        ben,
        "POST",
        "/rpc/resolve_track",
        {
            "provider": "deezer",
            "provider_track_id": "3135556",
            "title": "Harder",
            "artist_name": "Somebody",
            "duration_ms": 224000,
        },
    )
    empty = draft(live, ada, is_uploaded=False)
    for listener, track_id in ((ben, there["id"]), (ada, empty)):
        answer = ask(live, functions, listener, track_id)
        assert (answer.status_code, answer.json()["error"]) == (409, "track_has_no_file")


def test_who_is_gone_hears_nothing(
    live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    answer = ask(live, functions, uuid.uuid4(), track)
    assert (answer.status_code, answer.json()["error"]) == (401, "account_gone")
    leaver = live.person("stream_leaver")
    live.leaves(leaver, "stream_leaver")
    answer = ask(live, functions, leaver, track)
    assert (answer.status_code, answer.json()["error"]) == (403, "account_deactivated")


def test_unknown_track_is_not_found(
    live: LiveStack, functions: FunctionsServer, ben: uuid.UUID
) -> None:
    answer = ask(live, functions, ben, uuid.uuid4())
    assert (answer.status_code, answer.json()["error"]) == (404, "track_not_found")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"track_id": None},
        {"track_id": "night-bus"},
        {"track_id": 7},
        {"track_id": ["0b9d1f5e-6b0a-4f0c-9a3e-3f6a2f1f0a11"]},
        {"track_id": "0b9d1f5e-6b0a-4f0c-9a3e-3f6a2f1f0a11", "listener": "somebody"},
        {"track_id": "0b9d1f5e-6b0a-4f0c-9a3e-3f6a2f1f0a11\0"},
        [],
        "0b9d1f5e-6b0a-4f0c-9a3e-3f6a2f1f0a11",
    ],
)
def test_unfit_body_is_refused(
    body: Any, live: LiveStack, functions: FunctionsServer, ben: uuid.UUID
) -> None:
    headers = bearer(live.token(ben))
    answer = functions.client.post("/stream-url", json=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")


def test_what_is_no_json_or_no_post_is_refused(
    live: LiveStack, functions: FunctionsServer, ben: uuid.UUID
) -> None:
    headers = {**bearer(live.token(ben)), "content-type": "application/json"}
    answer = functions.client.post("/stream-url", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_json")
    answer = functions.client.get("/stream-url", headers=headers)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST, OPTIONS")


def test_storage_that_is_away_is_not_the_listener_s_fault(
    live: LiveStack, functions: FunctionsServer, ben: uuid.UUID, track: uuid.UUID
) -> None:
    with live.without("lite"):
        answer = ask(live, functions, ben, track)
    assert (answer.status_code, answer.json()["error"]) == (502, "storage_unavailable")
    assert ask(live, functions, ben, track).is_success


def test_nobody_in_particular_hears_nothing(
    live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    body = {"track_id": str(track)}
    for headers in ({}, bearer(live.stack.publishable_key), live.scheduler):
        answer = functions.client.post("/stream-url", json=body, headers=headers)
        assert answer.status_code == 401
        assert "url" not in answer.json()
