"""Who is banned signs in and reads, and writes by no door of the whole stack until the ban ends."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.devstack.phoenix import phoenix
from tests.http.api import Api
from tests.http.test_storage import PNG, SOUND, begin, fresh, put, stored

EMAIL, PASSWORD = "http_dora@x.test", "correct-horse-1"
# The buckets whose files their owners take away again.
REMOVABLE = {"avatars", "post-media", "crate-covers", "product-images", "room-avatars"}


def auth(api: Api, path: str, **body: Any) -> dict[str, Any]:
    """Ask the auth server for something, as an app does."""
    key = {"apikey": api.stack.publishable_key}
    answer = api.client.post(f"/auth/v1/{path}", json=body, headers=key)
    assert answer.is_success, answer.text
    told: dict[str, Any] = answer.json()
    return told


@pytest.fixture(scope="module")
def dora(api: Api) -> Iterator[uuid.UUID]:
    """An artist who has signed up at the auth server."""
    data = {"username": "http_dora", "kind": "artist"}
    made = auth(api, "signup", email=EMAIL, password=PASSWORD, data=data)
    api.people["dora"] = uuid.UUID(made["user"]["id"])
    yield api.people["dora"]
    del api.people["dora"]


@contextmanager
def banned(api: Api, person: uuid.UUID) -> Iterator[None]:
    """Let somebody be banned for as long as the block lasts; then the end has come."""
    with api.database() as connection:
        connection.execute("delete from private.rate_limit_buckets")
        connection.execute(
            "insert into public.sanctions (user_id, kind, until)"
            " values (%s, 'ban', now() + interval '1 hour')",
            [person],
        )
        try:
            yield
        finally:
            end(api, person)


def end(api: Api, person: uuid.UUID) -> None:
    """Let the end of somebody's bans have come; nothing runs."""
    with api.database() as connection:
        connection.execute(
            "update public.sanctions set until = now() - interval '1 second' where user_id = %s",
            [person],
        )


def test_who_is_banned_signs_in_and_reads_and_is_told_until_when(api: Api, dora: uuid.UUID) -> None:
    said = api.rpc("dora", "create_post", {"kind": "text", "body": "buy this"}).json()["id"]
    spam = {"target_kind": "post", "target_id": said, "reason": "spam"}
    assert api.rpc("ada", "report", spam).is_success
    queue = api.rpc("boss", "moderation_queue", {"page_size": 100}).json()
    (case,) = (row["id"] for row in queue if row["target_id"] == said)
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    ban = {"case_id": case, "action": "ban", "until": until.isoformat(), "note": "spam"}
    assert api.rpc("boss", "decide_case", ban).is_success

    signed_in = auth(api, "token?grant_type=password", email=EMAIL, password=PASSWORD)
    again = auth(
        api, "token?grant_type=refresh_token", refresh_token=signed_in["refresh_token"]
    )  # fmt: skip
    assert again["user"]["id"] == str(dora)
    headers = {
        "apikey": api.stack.publishable_key,
        "Authorization": f"Bearer {again['access_token']}",
    }

    def ask(method: str, path: str, body: Any = None) -> httpx.Response:
        return api.client.request(method, f"/rest/v1/{path}", json=body, headers=headers)

    (mine,) = (each for each in ask("POST", "rpc/my_sanctions", {}).json() if each["in_force"])
    assert (mine["kind"], mine["reason"]) == ("ban", "spam")
    assert datetime.fromisoformat(mine["until"]) == until
    for reading in ("home_feed", "my_account", "my_notifications", "global_feed"):
        assert ask("POST", f"rpc/{reading}", {}).status_code == 200, reading
    (profile,) = ask("GET", f"profiles?id=eq.{dora}&select=username").json()
    assert profile == {"username": "http_dora"}

    post = {"kind": "text", "body": "let me"}
    like = {"target_kind": "post", "target_id": said, "liked": True}
    writes = {
        "rpc/create_post": ("POST", post),
        "rpc/set_like": ("POST", like),
        f"profiles?id=eq.{dora}": ("PATCH", {"bio": "let me"}),
        "follows": ("POST", {"followee_id": str(api.people["ada"])}),
    }
    for path, (method, body) in writes.items():
        answer = ask(method, path, body)
        told = answer.json()
        assert (answer.status_code, told["message"]) == (403, "banned"), path
        assert datetime.fromisoformat(told["hint"]) == until, path

    end(api, dora)
    for path, (method, body) in writes.items():
        assert ask(method, path, body).is_success, path


def files(api: Api, room: str) -> dict[str, tuple[str, bytes, str]]:
    """A file of dora's for each bucket: its name, content and type."""
    pictures = ("avatars", "post-media", "crate-covers", "product-images")
    return {
        **{bucket: (fresh(api, "png", "dora"), PNG, "image/png") for bucket in pictures},
        "room-avatars": (f"{room}/{uuid.uuid4()}.png", PNG, "image/png"),
        "proof-files": (fresh(api, "zip", "dora"), b"PK", "application/zip"),
        "track-files": (begin(api, who="dora")["path"], SOUND, "audio/mpeg"),
    }


def remove(api: Api, bucket: str, name: str) -> None:
    """Ask the storage API to remove a file of dora's."""
    body = {"prefixes": [name]}
    path = f"/storage/v1/object/{bucket}"
    api.client.request("DELETE", path, json=body, headers=api.headers("dora"))


def test_who_is_banned_puts_replaces_and_removes_no_file(api: Api, dora: uuid.UUID) -> None:
    room = api.rpc("dora", "create_room", {"name": "Files"}).json()["id"]
    before, meanwhile = files(api, room), files(api, room)
    with api.database() as connection:
        buckets = {row["id"] for row in connection.execute("select id from storage.buckets")}
    # An export is written by the service alone.
    assert buckets - {"exports"} == before.keys()
    for bucket, (name, content, kind) in before.items():
        assert put(api, "dora", bucket, name, content, kind).is_success, bucket
    with banned(api, dora):
        for bucket, (name, content, kind) in meanwhile.items():
            answer = put(api, "dora", bucket, name, content, kind)
            assert answer.status_code in (400, 401, 403), (bucket, answer.text)
            assert not stored(api, bucket, name), bucket
        for bucket, (name, content, kind) in before.items():
            path = f"/storage/v1/object/{bucket}/{name}"
            for method, headers in (("POST", {"x-upsert": "true"}), ("PUT", {})):
                changed = api.client.request(
                    method,
                    path,
                    content=content + b"changed",
                    headers={**api.headers("dora"), "Content-Type": kind, **headers},
                )
                assert not changed.is_success, (bucket, method)
            remove(api, bucket, name)
            kept = api.client.get(path, headers=api.headers("service"))
            assert kept.content == content, bucket
    for bucket, (name, content, kind) in meanwhile.items():
        assert put(api, "dora", bucket, name, content, kind).is_success, bucket
        if bucket in REMOVABLE:
            remove(api, bucket, name)
            assert not stored(api, bucket, name), bucket


def test_who_is_banned_hears_a_topic_and_is_not_heard(api: Api, dora: uuid.UUID) -> None:
    """Joining is reading, which is left to them; typing and presence are not."""
    room = api.rpc("dora", "create_room", {"name": "Talk"}).json()["id"]
    assert api.rpc("ada", "join_room", {"room_id": room}).is_success
    talk = api.rpc("dora", "start_conversation", {"usernames": ["http_ada"]}).json()["id"]
    for who in ("dora", "ada"):
        line = {"conversation_id": talk, "body": "hello"}
        assert api.rpc(who, "send_direct_message", line).is_success
    topics = (f"room:{room}", f"dm:{talk}")

    async def story(topic: str, is_heard: bool) -> None:
        key = api.stack.publishable_key
        async with phoenix(api.stack.url, key) as ada, phoenix(api.stack.url, key) as other:
            for name, client in (("ada", ada), ("dora", other)):
                joined = await client.join(topic, api.token(name), private=True)
                assert joined["status"] == "ok", (name, topic)
            await other.broadcast(topic, "typing", {"from": "dora"})
            tracked = await other.track(topic, at="now")
            assert tracked["status"] == ("ok" if is_heard else "error"), topic
            answer = await asyncio.to_thread(
                api.client.post,
                f"/realtime/v1/api/broadcast/{topic}/events/typing",
                params={"private": "true"},
                json={"from": "dora, by HTTP"},
                headers=api.headers("dora"),
            )
            assert answer.status_code == (202 if is_heard else 403), topic
            heard = [frame["payload"]["from"] for frame in await ada.heard()]
            assert heard == (["dora", "dora, by HTTP"] if is_heard else []), topic
            await ada.broadcast(topic, "typing", {"from": "ada"})
            told = await other.wait_for(
                lambda frame: frame["payload"].get("payload") == {"from": "ada"}
            )
            assert told["topic"] == f"realtime:{topic}"

    for topic in topics:
        asyncio.run(story(topic, True))
        with banned(api, dora):
            asyncio.run(story(topic, False))
        asyncio.run(story(topic, True))
