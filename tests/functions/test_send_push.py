"""send-push, against a whole stack and a server that answers as Expo documents it."""

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from devstack.expo import Answer, refused
from tests.functions.expo import RECEIPTS, SEND, MoodyExpo, moody_expo
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer, running_functions

NOTHING = {
    "claimed": 0, "delivered": 0, "failed": 0, "pushes": 0, "receipts": 0, "dropped": 0,
}  # fmt: skip
AWAY = refused(503, "SERVICE_UNAVAILABLE", "Not now.")


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[MoodyExpo, str]]:
    """Expo, and where it is."""
    with moody_expo() as served:
        yield served


@pytest.fixture
def expo(served: tuple[MoodyExpo, str]) -> tuple[MoodyExpo, str]:
    """Expo as new, and where it is."""
    served[0].forget()
    return served


@pytest.fixture
def functions(
    live: LiveStack, expo: tuple[MoodyExpo, str], serve: Callable[..., FunctionsServer]
) -> FunctionsServer:
    """The functions, which a test must not kill, and nothing to send."""
    live.sql("delete from private.outbox")
    live.sql("delete from private.push_tickets")
    live.sql("delete from public.push_tokens")
    live.sql("update public.feature_flags set is_enabled = true where name = 'social'")
    return serve(**live.settings, EXPO_API_BASE=expo[1])


def push(live: LiveStack, server: FunctionsServer) -> httpx.Response:
    """Call as the scheduler does."""
    return server.client.post("/send-push", headers=live.scheduler)


def counts(**changes: int) -> dict[str, int]:
    """What is answered when all goes well."""
    return NOTHING | changes


def person(live: LiveStack, devices: int = 1) -> tuple[uuid.UUID, list[str]]:
    """Somebody new, without the cost of a sign-up, and their devices."""
    user_id = uuid.uuid4()
    username = f"p{user_id.hex[:12]}"
    tokens = [f"ExponentPushToken[{user_id.hex}-{number}]" for number in range(devices)]
    live.sql(
        "insert into auth.users (id, email, raw_user_meta_data)"
        " values (%s, %s, jsonb_build_object('username', %s::text))",
        user_id,
        f"{username}@example.com",
        username,
    )
    if tokens:
        live.sql(
            "insert into public.push_tokens (token, user_id, platform)"
            " select token, %s, 'ios' from unnest(%s::text[]) as token",
            user_id,
            tokens,
        )
    return user_id, tokens


def register(live: LiveStack, user_id: uuid.UUID, token: str) -> None:
    """Register a device as an app does at its start."""
    body = {"token": token, "platform": "ios"}
    live.sends(user_id, "POST", "/rpc/register_push_token", body)


def tell(live: LiveStack, *people: uuid.UUID) -> None:
    """Let something happen that these people are told of, each time they are named."""
    live.sql(
        "select private.notify(person, 'milestone', null, 'profile', person,"
        ' \'milestone:\' || gen_random_uuid(), \'{"count": 100, "of": "followers"}\')'
        " from unnest(%s::uuid[]) as person",
        list(people),
    )


def waiting(live: LiveStack) -> list[tuple[int, str | None]]:
    """The attempts and last errors of what is not delivered."""
    rows = live.sql(
        "select attempts, last_error from private.outbox"
        " where topic = 'send_push' and delivered_at is null order by id"
    )
    return [(row[0], row[1]) for row in rows]


def make_due(live: LiveStack) -> None:
    """Let the time pass that messages wait, and leases last."""
    live.sql(
        "update private.outbox set next_attempt_at = now() - interval '1 second',"
        " leased_until = leased_until - interval '1 hour'"
    )


def age_tickets(live: LiveStack, minutes: int = 16) -> None:
    """Let time pass since pushes were sent, and devices registered."""
    live.sql(
        "update private.push_tickets set sent_at = sent_at - make_interval(mins => %s),"
        " asked_at = asked_at - make_interval(mins => %s)",
        minutes,
        minutes,
    )
    live.sql(
        "update public.push_tokens set registered_at = registered_at - make_interval(mins => %s)",
        minutes,
    )


def devices(live: LiveStack, user_id: uuid.UUID) -> list[str]:
    """The devices that are left to somebody."""
    rows = live.sql("select token from public.push_tokens where user_id = %s", user_id)
    return sorted(row[0] for row in rows)


def test_a_follower_is_shown_on_every_device_once(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    ada, _ = person(live, devices=0)
    tokens = ["ExponentPushToken[ada-phone]", "ExpoPushToken[ada-tablet]"]
    for token in tokens:
        register(live, ada, token)
    ben, _ = person(live, devices=0)
    ((username,),) = live.sql("select username from public.profiles where id = %s", ada)
    live.sends(ben, "POST", "/rpc/follow", {"username": username})
    answer = push(live, functions)
    assert (answer.status_code, answer.json()) == (200, counts(claimed=1, delivered=1, pushes=2))
    assert sorted(each["to"] for each in expo[0].pushes) == sorted(tokens)
    for each in expo[0].pushes:
        assert each["title"] == "New followers"
        assert each["body"].endswith(" followed you")
        assert each["data"]["kind"] == "follow"
    assert push(live, functions).json() == NOTHING
    assert len(expo[0].pushes) == 2
    line = functions.lines_of(answer.headers["x-request-id"])[-1]
    assert "PushToken" not in str(line)


def test_what_was_read_or_is_quiet_or_unwanted_by_now_is_delivered_without_a_push(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    reader, _ = person(live)
    unwilling, _ = person(live)
    gone, (token,) = person(live)
    sleeper, _ = person(live)
    tell(live, reader, unwilling, gone, sleeper)
    live.sends(reader, "POST", "/rpc/mark_read", {})
    preference = {"kind": "milestone", "channel": "push", "is_enabled": False}
    live.sends(unwilling, "POST", "/rpc/set_notification_preference", preference)
    live.sends(gone, "POST", "/rpc/remove_push_token", {"token": token})
    live.sql(
        "insert into public.quiet_hours select %s, now()::time - interval '1 hour',"
        " now()::time + interval '1 hour'",
        sleeper,
    )
    assert push(live, functions).json() == counts(claimed=4, delivered=4)
    assert expo[0].requests == []
    # The sleeper's comes when the night is over.
    assert waiting(live) == [(0, None)]
    live.sql("delete from public.quiet_hours")
    make_due(live)
    assert push(live, functions).json() == counts(claimed=1, delivered=1, pushes=1)


def test_205_notifications_go_in_requests_of_100_and_whole_ones(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    people = [person(live, devices=1 + number % 2)[0] for number in range(20)]
    tell(live, *(people * 11)[:205])
    assert push(live, functions).json() == counts(claimed=205, delivered=205, pushes=307)
    assert max(expo[0].sizes) <= 100
    assert sum(expo[0].sizes) == 307
    owners = [
        {message["data"]["notification_id"] for message in body}
        for path, body in expo[0].requests
        if path == SEND
    ]
    assert sum(len(each) for each in owners) == len(set().union(*owners)) == 205


def test_an_outage_puts_everything_back_and_it_goes_out_later(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    ada, _ = person(live)
    tell(live, ada, ada, ada)
    expo[0].script = [AWAY]
    answer = push(live, functions)
    assert (answer.status_code, answer.json()["error"]) == (502, "push_unavailable")
    assert {name: answer.json()[name] for name in NOTHING} == counts(claimed=3, failed=3)
    assert waiting(live) == [(1, "push_unavailable")] * 3
    line = functions.lines_of(answer.headers["x-request-id"])[-1]
    assert line["reason"] == "answered 503 SERVICE_UNAVAILABLE"
    assert push(live, functions).json() == NOTHING
    make_due(live)
    assert push(live, functions).json() == counts(claimed=3, delivered=3, pushes=3)
    assert len(expo[0].pushes) == 3


def test_an_outage_after_the_first_request_keeps_what_was_sent(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    people = [person(live, devices=3)[0] for _ in range(40)]
    tell(live, *people)
    expo[0].script = [None, AWAY]
    answer = push(live, functions)
    assert {name: answer.json()[name] for name in NOTHING} == counts(
        claimed=40, delivered=33, failed=7, pushes=99
    )
    make_due(live)
    assert push(live, functions).json() == counts(claimed=7, delivered=7, pushes=21)
    assert len({each["to"] for each in expo[0].pushes}) == len(expo[0].pushes) == 120


def test_partial_failures_are_each_their_own(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    whole, _ = person(live)
    half, (good, dead) = person(live, devices=2)
    lost, (lost_device,) = person(live)
    busy, (busy_device,) = person(live)
    partly, (taken, slow) = person(live, devices=2)
    expo[0].unregistered = {dead, lost_device}
    expo[0].ticket_errors = {busy_device: "MessageRateExceeded", slow: "MessageRateExceeded"}
    tell(live, whole, half, lost, busy, partly)
    answer = push(live, functions)
    assert answer.status_code == 502
    assert {name: answer.json()[name] for name in NOTHING} == counts(
        claimed=5, delivered=4, failed=1, pushes=3, dropped=2
    )
    assert devices(live, half) == [good]
    assert devices(live, lost) == []
    assert len(devices(live, busy)) == 1
    assert waiting(live) == [(1, "MessageRateExceeded")]
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert lines[0]["message"] == "push_failed"
    assert lines[0]["errors"] == {"MessageRateExceeded": 2}
    expo[0].ticket_errors = {}
    make_due(live)
    assert push(live, functions).json() == counts(claimed=1, delivered=1, pushes=1)
    # Who was reached on one device is not sent the same again for the other.
    assert [each["to"] for each in expo[0].pushes].count(taken) == 1
    assert slow not in [each["to"] for each in expo[0].pushes]


def test_receipts_are_read_a_quarter_of_an_hour_later_and_drop_dead_devices(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    fine, _ = person(live)
    dead, (dead_device,) = person(live)
    back, (back_device,) = person(live)
    late, (late_device,) = person(live)
    broken, (broken_device,) = person(live)
    expo[0].receipt_errors = {
        dead_device: "DeviceNotRegistered",
        back_device: "DeviceNotRegistered",
        broken_device: "InvalidCredentials",
    }
    expo[0].late = {late_device}
    tell(live, fine, dead, back, late, broken)
    assert push(live, functions).json()["pushes"] == 5
    assert RECEIPTS not in [path for path, _ in expo[0].requests]
    age_tickets(live)
    # The app was installed anew since.
    register(live, back, back_device)
    answer = push(live, functions)
    assert answer.json() == counts(receipts=4, dropped=1)
    assert devices(live, dead) == []
    assert devices(live, back) == [back_device]
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert lines[-2]["message"] == "push_not_delivered"
    assert lines[-2]["errors"] == {"InvalidCredentials": 1}
    # The late one is asked for again, a while later, until its day is over.
    asked = len(expo[0].requests)
    assert push(live, functions).json() == NOTHING
    assert len(expo[0].requests) == asked
    age_tickets(live)
    assert push(live, functions).json() == NOTHING
    assert len(expo[0].requests) == asked + 1
    age_tickets(live, minutes=24 * 60)
    live.sql("select private.forget_old_notifications(1000)")
    assert push(live, functions).json() == NOTHING
    assert live.sql("select from private.push_tickets") == []
    assert len(expo[0].requests) == asked + 1


def test_receipts_of_700_pushes_are_read_300_at_a_time(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    _, (token,) = person(live)
    live.sql(
        "insert into private.push_tickets (ticket_id, token, sent_at)"
        " select number::text, %s, now() - interval '1 hour'"
        " from generate_series(1, 700) as number",
        token,
    )
    expo[0].receipts = {str(number): {"status": "ok"} for number in range(1, 701)}
    assert push(live, functions).json() == counts(receipts=700)
    assert [len(body["ids"]) for _, body in expo[0].requests] == [300, 300, 100]
    assert live.sql("select from private.push_tickets") == []


def test_receipts_that_cannot_be_read_do_not_undo_what_was_sent(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    ada, _ = person(live)
    tell(live, ada)
    assert push(live, functions).json()["pushes"] == 1
    age_tickets(live)
    tell(live, ada)
    expo[0].script = [None, *[Answer(200, "{ not json")] * 3]
    answer = push(live, functions)
    assert (answer.status_code, answer.json()["error"]) == (502, "push_unavailable")
    assert {name: answer.json()[name] for name in NOTHING} == counts(
        claimed=1, delivered=1, pushes=1
    )
    age_tickets(live)
    assert push(live, functions).json() == counts(receipts=2)


@pytest.mark.parametrize("payload", [None, [], {}, {"notification_id": "x"}, "all"])
def test_malformed_message_waits_and_does_not_stop_the_others(
    payload: object, live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    live.sql("select private.enqueue('send_push', %s::jsonb)", json.dumps(payload))
    ada, _ = person(live)
    tell(live, ada)
    answer = push(live, functions)
    assert {name: answer.json()[name] for name in NOTHING} == counts(
        claimed=2, delivered=1, failed=1, pushes=1
    )
    assert waiting(live) == [(1, "malformed_message")]


@pytest.mark.usefixtures("functions")
def test_killed_before_the_finish_a_run_repeats_one_request_at_most(
    live: LiveStack, expo: tuple[MoodyExpo, str]
) -> None:
    people = [person(live, devices=3)[0] for _ in range(50)]
    tell(live, *people)
    expo[0].seconds = 0.3
    with running_functions(None, **live.settings, EXPO_API_BASE=expo[1]) as server:
        request = threading.Thread(target=_call_and_lose, args=(live, server))
        request.start()
        # The second request is with Expo, which takes it; nobody hears its answer.
        while len(expo[0].requests) < 2:
            pass
        server.kill()
        request.join()
    while len(expo[0].pushes) < 150:
        pass
    assert len(waiting(live)) == 17
    make_due(live)
    expo[0].seconds = 0
    with running_functions(None, **live.settings, EXPO_API_BASE=expo[1]) as server:
        assert push(live, server).json() == counts(claimed=17, delivered=17, pushes=51)
    times = [sum(each["to"] == token for each in expo[0].pushes) for token in _all(live)]
    assert sorted(times) == [1] * 99 + [2] * 51
    assert waiting(live) == []


def test_runs_at_once_send_each_notification_once(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    people = [person(live)[0] for _ in range(30)]
    tell(live, *people * 5)
    answers: list[dict[str, Any]] = []
    runs = [
        threading.Thread(target=lambda: answers.append(push(live, functions).json()))
        for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sum(answer["delivered"] for answer in answers) == 150
    sent = [each["data"]["notification_id"] for each in expo[0].pushes]
    assert len(sent) == len(set(sent)) == 150


def test_access_token_reaches_expo(live: LiveStack, expo: tuple[MoodyExpo, str]) -> None:
    live.sql("delete from private.outbox")
    ada, _ = person(live)
    expo[0].access_token = "a-token-of-the-app"
    settings = live.settings | {"EXPO_API_BASE": expo[1]}
    tell(live, ada)
    with running_functions(None, **settings) as server:
        answer = push(live, server)
        assert answer.status_code == 502
        line = server.lines_of(answer.headers["x-request-id"])[-1]
        assert line["reason"] == "answered 401 UNAUTHORIZED"
    make_due(live)
    with running_functions(None, **settings, EXPO_ACCESS_TOKEN="a-token-of-the-app") as server:
        assert push(live, server).json() == counts(claimed=1, delivered=1, pushes=1)


def test_the_stack_s_own_push_server_shows_what_would_arrive(live: LiveStack) -> None:
    live.sql("delete from private.outbox")
    ada, (token,) = person(live)
    tell(live, ada)
    answer = live.api.post("/functions/v1/send-push", headers=live.scheduler)
    assert answer.json()["pushes"] == 1
    shown = httpx.get(f"{live.stack.values()['EXPO_API_BASE']}/pushes", timeout=180).json()[
        "pushes"
    ]
    assert [each["title"] for each in shown if each["to"] == token] == ["Milestone"]
    log = live.stack.home.log("expo").read_text()
    assert token in log


def test_only_the_scheduler_may(
    live: LiveStack, functions: FunctionsServer, expo: tuple[MoodyExpo, str]
) -> None:
    ada, _ = person(live)
    tell(live, ada)
    for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
        assert functions.client.post("/send-push", headers=headers).status_code == 401
    assert expo[0].requests == []
    assert waiting(live) == [(0, None)]


def _all(live: LiveStack) -> list[str]:
    return [row[0] for row in live.sql("select token from public.push_tokens")]


def _call_and_lose(live: LiveStack, server: FunctionsServer) -> None:
    with pytest.raises(httpx.HTTPError):
        push(live, server)
