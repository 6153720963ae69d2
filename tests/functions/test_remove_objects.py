"""remove-objects, against a whole stack: real clients, real files."""

import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer, running_functions

NOTHING = {"claimed": 0, "removed": 0, "failed": 0}


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions, which a test must not kill, and an empty outbox."""
    live.sql("delete from private.outbox")
    return serve(**live.settings)


def remove(live: LiveStack, server: FunctionsServer) -> httpx.Response:
    """Call as the scheduler does."""
    return server.client.post("/remove-objects", headers=live.scheduler)


def enqueue(live: LiveStack, payload: object) -> int:
    """Write a message as a trigger does; return its id."""
    rows = live.sql("select private.enqueue('remove_objects', %s::jsonb)", json.dumps(payload))
    return int(rows[0][0])


def upload(live: LiveStack, count: int) -> list[str]:
    """Store so many pictures and queue each for removal; return their names."""
    folder = uuid.uuid4()
    names = [f"{folder}/{number}.png" for number in range(count)]
    for name in names:
        live.upload(name)
        enqueue(live, {"bucket": "avatars", "names": [name]})
    return names


def message(live: LiveStack, message_id: int) -> dict[str, Any]:
    """What the outbox knows of a message."""
    ((row,),) = live.sql(
        "select to_jsonb(message) || jsonb_build_object('is_waiting', next_attempt_at > now())"
        " from private.outbox as message where id = %s",
        message_id,
    )
    return dict(row)


def make_due(live: LiveStack) -> None:
    """Let the time pass that messages wait, and leases last."""
    live.sql(
        "update private.outbox set next_attempt_at = now() - interval '1 second',"
        " leased_until = leased_until - interval '1 hour'"
    )


def show(live: LiveStack, user_id: uuid.UUID, name: str | None) -> None:
    """Change an avatar as an app does."""
    live.sends(user_id, "PATCH", f"/profiles?id=eq.{user_id}", {"avatar_path": name})


def test_replaced_avatar_is_gone_and_the_new_one_stays(
    live: LiveStack, functions: FunctionsServer
) -> None:
    user_id = live.person("vain", files=2)
    old, new = f"{user_id}/0.png", f"{user_id}/1.png"
    show(live, user_id, old)
    assert remove(live, functions).json() == NOTHING
    show(live, user_id, new)
    answer = remove(live, functions)
    assert (answer.status_code, answer.json()) == (200, {"claimed": 1, "removed": 1, "failed": 0})
    assert (live.has(old), live.has(new)) == (False, True)
    assert remove(live, functions).json() == NOTHING


def test_files_of_a_deleted_post_are_gone_and_those_of_others_stay(
    live: LiveStack, functions: FunctionsServer
) -> None:
    live.sql("update public.feature_flags set is_enabled = true where name = 'social'")
    user_id = live.person("poster")
    names = [f"{user_id}/{uuid.uuid4()}.png" for _ in range(3)]
    for name in names:
        live.upload(name, "post-media")
    posts = [
        live.sends(user_id, "POST", "/rpc/create_post", {"kind": "media", "media_paths": paths})
        for paths in (names[:2], names[2:])
    ]
    live.sends(user_id, "POST", "/rpc/delete_post", {"post_id": posts[0]["id"]})
    assert remove(live, functions).json() == {"claimed": 1, "removed": 1, "failed": 0}
    assert [live.has(name, "post-media") for name in names] == [False, False, True]


def test_message_waits_while_storage_is_away_and_is_delivered_when_due_again(
    live: LiveStack, functions: FunctionsServer
) -> None:
    (name,) = upload(live, 1)
    with live.without("lite"):
        answer = remove(live, functions)
    assert answer.status_code == 502
    assert answer.json()["error"] == "storage_unavailable"
    assert {key: answer.json()[key] for key in NOTHING} == {"claimed": 1, "removed": 0, "failed": 1}
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert [line["message"] for line in lines] == ["delivery_failed", "request"]
    assert name not in json.dumps(lines)
    waiting = message(live, lines[0]["message_id"])
    assert (waiting["is_waiting"], waiting["attempts"]) == (True, 1)
    assert (waiting["last_error"], waiting["leased_until"]) == ("storage_unavailable", None)
    assert remove(live, functions).json() == NOTHING
    assert live.has(name)
    make_due(live)
    assert remove(live, functions).json() == {"claimed": 1, "removed": 1, "failed": 0}
    assert not live.has(name)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        "all of them",
        [],
        {},
        {"bucket": "avatars"},
        {"bucket": "avatars", "names": []},
        {"bucket": "avatars", "names": [""]},
        {"bucket": "avatars", "names": "private.png"},
        {"bucket": "../object", "names": ["private.png"]},
        {"bucket": 7, "names": ["private.png", None]},
    ],
)
def test_malformed_message_waits_too_and_does_not_stop_the_others(
    payload: object, live: LiveStack, functions: FunctionsServer
) -> None:
    malformed = enqueue(live, payload)
    (name,) = upload(live, 1)
    answer = remove(live, functions)
    assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
    assert {key: answer.json()[key] for key in NOTHING} == {"claimed": 2, "removed": 1, "failed": 1}
    assert not live.has(name)
    kept = message(live, malformed)
    assert (kept["last_error"], kept["is_waiting"]) == ("malformed_message", True)
    assert kept["payload"] == payload
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert (lines[0]["message_id"], lines[0]["token"]) == (malformed, "malformed_message")
    assert "private.png" not in json.dumps(lines)


def test_storage_is_named_before_what_is_malformed(
    live: LiveStack, functions: FunctionsServer
) -> None:
    enqueue(live, {})
    enqueue(live, {"bucket": "no-such-bucket", "names": ["a.png"]})
    answer = remove(live, functions)
    assert (answer.status_code, answer.json()["error"]) == (502, "storage_unavailable")
    assert answer.json()["failed"] == 2


def test_what_is_gone_already_is_no_error(live: LiveStack, functions: FunctionsServer) -> None:
    (name,) = upload(live, 1)
    enqueue(live, {"bucket": "avatars", "names": [name, "nobody/nothing.png"]})
    assert remove(live, functions).json() == {"claimed": 2, "removed": 2, "failed": 0}


@pytest.mark.usefixtures("functions")
def test_killed_half_way_the_next_runs_end_it(live: LiveStack) -> None:
    names = upload(live, 30)
    left = "select count(*) from private.outbox where delivered_at is null"
    with (
        running_functions(None, **live.settings) as server,
        live.stack.server.connect() as connection,
    ):
        request = threading.Thread(target=_call_and_lose, args=(live, server))
        request.start()
        while connection.execute(left).fetchone() == (len(names),):
            pass
        server.kill()
        request.join()
    ((waiting, leased),) = live.sql(
        "select count(*), count(leased_until) from private.outbox where delivered_at is null"
    )
    assert waiting > 0
    assert leased <= 1
    with running_functions(None, **live.settings) as server:
        assert remove(live, server).json()["removed"] == waiting - leased
        make_due(live)
        assert remove(live, server).json()["removed"] == leased
    assert not any(live.has(name) for name in names)


def test_runs_at_once_deliver_each_message_once(
    live: LiveStack, functions: FunctionsServer
) -> None:
    names = upload(live, 12)
    answers: list[httpx.Response] = []
    runs = [
        threading.Thread(target=lambda: answers.append(remove(live, functions))) for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert [answer.status_code for answer in answers] == [200] * 3
    assert sum(answer.json()["removed"] for answer in answers) == len(names)
    assert live.sql("select distinct attempts from private.outbox") == [(1,)]
    assert not any(live.has(name) for name in names)


def test_only_the_scheduler_may(live: LiveStack, functions: FunctionsServer) -> None:
    (name,) = upload(live, 1)
    for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
        assert functions.client.post("/remove-objects", headers=headers).status_code == 401
    assert live.has(name)


def _call_and_lose(live: LiveStack, server: FunctionsServer) -> None:
    with pytest.raises(httpx.HTTPError):
        remove(live, server)
