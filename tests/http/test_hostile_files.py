"""A hostile client at stored files of the running stack."""

from __future__ import annotations

import random
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import jwt
import pytest

from tests.hostile import SEED, chance
from tests.http.api import Api
from tests.http.test_storage import PNG, put

Remark = Callable[[str, object], None]
ATTEMPTS = 1_000
BUCKETS = (
    "avatars", "crate-covers", "exports", "post-media", "product-images", "proof-files",
    "room-avatars", "track-files",
)  # fmt: skip
PUBLIC = ("avatars", "crate-covers", "post-media", "product-images")
OWNERS = ("ada", "boss")
ATTACKERS = ("ben", "cleo", "visitor")
# Of a public bucket whoever has the address reads the file, by any of these.
OPEN = ("get", "get authenticated", "public", "info", "info authenticated", "climb", "climb public")


@pytest.fixture(scope="module")
def files(api: Api) -> Iterator[dict[str, dict[str, bytes]]]:
    """Files of ada's and the boss's in every bucket, each with other content, by its name."""
    made: dict[str, dict[str, bytes]] = {}
    with api.database() as connection:
        private = api.rpc("ada", "create_room", {"name": "files", "visibility": "private"})
        room = private.json()["id"]
    for bucket in BUCKETS:
        for owner in OWNERS:
            for _ in range(3):
                end = {"exports": "json", "track-files": "mp3", "proof-files": "zip"}.get(
                    bucket, "png"
                )
                folder = room if bucket == "room-avatars" else str(api.people[owner])
                name = f"{folder}/{uuid.uuid4()}.{end}"
                kind = {"json": "application/json", "mp3": "audio/mpeg", "zip": "application/zip"}
                content = PNG + name.encode()
                answer = put(api, "service", bucket, name, content, kind.get(end, "image/png"))
                assert answer.is_success, answer.text
                made.setdefault(bucket, {})[name] = content
    with api.database() as connection:
        connection.execute("vacuum analyze storage.objects")
    yield made
    for bucket, names in made.items():
        gone = {"prefixes": list(names)}
        api.client.request(
            "DELETE", f"/storage/v1/object/{bucket}", json=gone, headers=api.headers("service")
        )


class Thief:
    """Makes up requests of somebody at a file of somebody else's."""

    def __init__(
        self, api: Api, name: str, files: dict[str, dict[str, bytes]], dice: random.Random
    ) -> None:
        self.api, self.name, self.files, self.dice = api, name, files, dice
        self.mine = str(api.people.get(name, uuid.UUID(int=7)))

    def choose(self) -> tuple[str, str, str, str, str, Any]:
        """What is tried, at which file, how: kind, bucket, name, method, path, and the rest."""
        bucket = self.dice.choice(BUCKETS)
        name = self.dice.choice(list(self.files[bucket]))
        kind = self.dice.choice(list(WAYS))
        method, path, more = WAYS[kind](self, bucket, name)
        return kind, bucket, name, method, path, more

    def own(self, name: str) -> str:
        """Where the attacker would like to have it."""
        return f"{self.mine}/{uuid.uuid4()}.{name.rsplit('.', 1)[-1]}"

    def climb(self, name: str) -> str:
        """A path that leads from a folder of the attacker's to somebody's file."""
        trick = self.dice.choice(
            ("{me}/../{name}", "{me}/..%2f{rest}", "%2e%2e/{rest}", "{me}/%2e%2e/{name}",
             "{me}%2f..%2f{rest}", "./{name}", "//{name}", "{me}/..\\{name}", "{rest}%00.png",
             "{me}/%252e%252e/{name}", "{folder}%2f{file}", "{folder}/./{file}")
        )  # fmt: skip
        folder, file = name.split("/", 1)
        rest = quote(name, safe="")
        return str(trick.format(me=self.mine, name=name, rest=rest, folder=folder, file=file))

    def upload(self, name: str, **headers: str) -> Any:
        kinds = {"json": "application/json", "mp3": "audio/mpeg", "zip": "application/zip"}
        kind = kinds.get(name.rsplit(".", 1)[-1], "image/png")
        return {"content": b"stolen", "headers": {"Content-Type": kind, **headers}}


def _object(end: str = "") -> Callable[[Thief, str, str], tuple[str, str, Any]]:
    return lambda _, bucket, name: ("GET", f"object/{end}{bucket}/{name}", {})


WAYS: dict[str, Callable[[Thief, str, str], tuple[str, str, Any]]] = {
    "get": _object(),
    "get authenticated": _object("authenticated/"),
    "public": _object("public/"),
    "info": _object("info/"),
    "info authenticated": _object("info/authenticated/"),
    "render": lambda _, b, n: ("GET", f"render/image/authenticated/{b}/{n}", {}),
    "climb": lambda t, b, n: ("GET", f"object/{b}/{t.climb(n)}", {}),
    "climb public": lambda t, b, n: (
        "GET", f"object/public/{t.dice.choice(PUBLIC)}/..%2f{b}%2f{quote(n, safe='')}", {},
    ),
    "list": lambda t, b, n: (
        "POST", f"object/list/{b}",
        {"json": {"prefix": t.dice.choice((n.split("/")[0], "", n)), "limit": 1000}},
    ),
    "sign": lambda _, b, n: ("POST", f"object/sign/{b}/{n}", {"json": {"expiresIn": 60}}),
    "sign many": lambda t, b, n: (
        "POST", f"object/sign/{b}", {"json": {"expiresIn": 60, "paths": [n, t.own(n)]}},
    ),
    "sign upload": lambda _, b, n: ("POST", f"object/upload/sign/{b}/{n}", {"json": {}}),
    "forged link": lambda _, b, n: (
        "GET",
        f"object/sign/{b}/{n}?token="
        + jwt.encode({"url": f"{b}/{n}", "exp": int(time.time()) + 60}, "x" * 32, "HS256"),
        {},
    ),
    "upload": lambda t, b, n: ("POST", f"object/{b}/{n}", t.upload(n)),
    "upload beside": lambda t, b, n: (
        "POST", f"object/{b}/{n.split('/')[0]}/{uuid.uuid4()}.{n.rsplit('.')[-1]}", t.upload(n),
    ),
    "upsert": lambda t, b, n: ("POST", f"object/{b}/{n}", t.upload(n, **{"x-upsert": "true"})),
    "overwrite": lambda t, b, n: ("PUT", f"object/{b}/{n}", t.upload(n)),
    "climb up": lambda t, b, n: ("POST", f"object/{b}/{t.climb(n)}", t.upload(n)),
    "delete": lambda _, b, n: ("DELETE", f"object/{b}/{n}", {}),
    "delete many": lambda _, b, n: ("DELETE", f"object/{b}", {"json": {"prefixes": [n]}}),
    "move": lambda t, b, n: (
        "POST", "object/move",
        {"json": {"bucketId": b, "sourceKey": n, "destinationKey": t.own(n)}},
    ),
    "copy": lambda t, b, n: (
        "POST", "object/copy",
        {"json": {"bucketId": b, "sourceKey": n, "destinationKey": t.own(n)}},
    ),
    "move to": lambda t, b, n: (
        "POST", "object/move",
        {"json": {"bucketId": b, "sourceKey": t.own(n), "destinationKey": n}},
    ),
    "empty": lambda _, b, __: ("POST", f"bucket/{b}/empty", {}),
    "open": lambda _, b, __: ("PUT", f"bucket/{b}", {"json": {"public": True}}),
    "remove": lambda _, b, __: ("DELETE", f"bucket/{b}", {}),
}  # fmt: skip


def stored(api: Api) -> Any:
    """Every object and bucket as the database knows them, but for when they were last read."""
    return [
        api.watcher.execute(
            f"select to_jsonb(item) - 'last_accessed_at' as row from storage.{table} as item"
            " order by item.id".encode()
        ).fetchall()
        for table in ("objects", "buckets")
    ]


@pytest.mark.timeout(600)
def test_a_thousand_attempts_at_files_of_others(
    api: Api, files: dict[str, dict[str, bytes]], record_property: Remark
) -> None:
    dice, before = chance("files"), stored(api)
    statuses: Counter[str] = Counter()
    wrong: list[str] = []
    for place in range(ATTEMPTS):
        name = ATTACKERS[place % len(ATTACKERS)]
        kind, bucket, path, method, address, more = Thief(api, name, files, dice).choose()
        headers = {**api.headers(name), **more.pop("headers", {})}
        answer = api.client.request(method, f"/storage/v1/{address}", headers=headers, **more)
        statuses[f"{kind} {answer.status_code}"] += 1
        content = files[bucket][path]
        is_open = kind in OPEN and bucket in PUBLIC
        if answer.status_code >= 500:
            wrong.append(f"{name}, {kind}: {method} {address}: {answer.text[:300]}")
        if content in answer.content and not is_open:
            wrong.append(f"{name}, {kind}: {method} {address}: the file itself")
        elif answer.is_success and path.split("/")[1] in answer.text and not is_open:
            wrong.append(f"{name}, {kind}: {method} {address}: {answer.text[:200]}")
        if stored(api) != before:
            wrong.append(f"{name}, {kind}: {method} {address}: changed, {answer.status_code}")
            before = stored(api)
    read = {
        who: sum(
            api.client.get(f"/storage/v1/object/{bucket}/{path}", headers=api.headers(who)).content
            == content
            for bucket, names in files.items()
            for path, content in names.items()
        )
        for who in ("ada", "service", *ATTACKERS)
    }
    total = sum(map(len, files.values()))
    told = ", ".join(f"{count} {what}" for what, count in sorted(statuses.items()))
    record_property(
        "remark",
        f"{statuses.total()} attempts at {total} files of others in {len(BUCKETS)} buckets"
        f" (HOSTILE_SEED={SEED}), of which ada reads {read['ada']} and the service"
        f" {read['service']}: {told}; {len(wrong)} leaks",
    )
    assert wrong == [], "\n".join(wrong[:10])
    # Not vacuous.
    assert read["service"] == total
    assert read["ada"] >= 15
    open_to_all = sum(len(names) for bucket, names in files.items() if bucket in PUBLIC)
    assert {read[name] for name in ATTACKERS} == {open_to_all}
    assert statuses["public 200"] > 5
    assert len({each.rsplit(" ", 1)[0] for each in statuses}) == len(WAYS)
