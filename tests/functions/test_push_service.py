"""The door to Expo: what each of its answers makes of the messages, over real HTTP."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import stamina

from backbeat.errors import PushBusyError, PushUnavailableError
from backbeat.push import PushMessage, PushService, Sent, connect_push
from backbeat.settings import Settings
from devstack.expo import Answer, failed, refused
from tests.functions.expo import RECEIPTS, SEND, MoodyExpo, moody_expo
from tests.functions.server import NOWHERE

AWAY = refused(503, "SERVICE_UNAVAILABLE", "Not now.")
BUSY = Answer(
    429, refused(429, "TOO_MANY_REQUESTS", "Slower.").body, headers={"Retry-After": "0.1"}
)


def service(url: str, **settings: object) -> PushService:
    """The door to a server."""
    values = {"supabase_url": NOWHERE, "supabase_secret_key": "x", "expo_api_base": url}
    connect_push.cache_clear()
    return connect_push(Settings.model_validate(values | settings))


@contextmanager
def opened(**settings: object) -> Iterator[tuple[MoodyExpo, PushService]]:
    """An Expo of one's own and the door to it."""
    with moody_expo() as (expo, url):
        push = service(url, **settings)
        yield expo, push
        push._client.session.close()


def messages(count: int, title: str = "Ada") -> list[PushMessage]:
    """Messages to so many devices."""
    return [
        PushMessage(
            notification_id=uuid.uuid4(),
            token=token(number),
            title=title,
            body="and 11 others liked your post",
            data={"kind": "like"},
        )
        for number in range(count)
    ]


def token(number: int) -> str:
    """The push token of a device; every other one has the shorter form."""
    return f"{'Exponent' if number % 2 else 'Expo'}PushToken[{number:022}]"


def errors(sent: Sent) -> list[str | None]:
    """The errors of the tickets, by device."""
    return [each.error for each in sorted(sent.tickets, key=lambda each: each.message.token[-23:])]


def test_each_message_gets_the_ticket_of_its_own() -> None:
    with opened() as (expo, push):
        sent = push.send(messages(3))
        assert errors(sent) == [None] * 3
        took = {each["id"]: each["to"] for each in expo.pushes}
        assert {each.ticket_id: each.message.token for each in sent.tickets} == took
        assert expo.requests[0][1][0] == {
            "to": token(0),
            "title": "Ada",
            "body": "and 11 others liked your post",
            "data": {"kind": "like"},
            "sound": "default",
        }


def test_no_request_has_more_than_100_messages() -> None:
    with opened() as (expo, push):
        sent = push.send(messages(205))
        assert expo.sizes == [100, 100, 5]
        assert len({each.ticket_id for each in sent.tickets}) == 205
        assert push.send([]).tickets == []


def test_access_token_is_sent_when_there_is_one_and_missed_when_not() -> None:
    with opened(expo_access_token="a-token-of-the-app") as (expo, push):
        expo.access_token = "a-token-of-the-app"
        assert errors(push.send(messages(1))) == [None]
        expo.access_token = "another"
        sent = push.send(messages(2))
        assert errors(sent) == ["push_unavailable"] * 2
        assert sent.failure is not None
        assert sent.failure.reason == "answered 401 UNAUTHORIZED"


def test_partial_failure_is_each_message_s_own() -> None:
    with opened() as (expo, push):
        expo.unregistered = {token(1)}
        names = ("MessageTooBig", "MessageRateExceeded", "InvalidCredentials", "NewerThanUs")
        expo.ticket_errors = {token(number): name for number, name in enumerate(names, 2)}
        sent = push.send(messages(7))
        assert errors(sent) == [None, "DeviceNotRegistered", *names, None]
        assert sent.failure is None
        assert len(expo.requests) == 1


def test_what_is_too_big_is_told_apart() -> None:
    with opened() as (_, push):
        long = messages(1, title="x" * 5000)
        assert errors(push.send([*long, *messages(2)[1:]])) == ["MessageTooBig", None]


def test_devices_of_two_apps_are_sent_to_app_by_app() -> None:
    with opened() as (expo, push):
        expo.experiences = {token(number): "@backbeat/beta" for number in (1, 4)}
        assert errors(push.send(messages(6))) == [None] * 6
        assert sorted(expo.sizes) == [2, 4, 6]
        assert len(expo.pushes) == 6


def test_a_message_that_spoils_its_request_is_found_and_the_others_go_out() -> None:
    with opened() as (expo, push):
        expo.poison = "poison"
        batch = messages(64)
        batch[37] = batch[37].model_copy(update={"title": "poison"})
        found = errors(push.send(batch))
        assert found[37] == "VALIDATION_ERROR"
        assert found.count(None) == 63
        assert len(expo.pushes) == 63
        assert len(expo.requests) <= 13


def test_too_many_requests_are_waited_out() -> None:
    with opened() as (expo, push):
        expo.script = [BUSY, BUSY]
        assert errors(push.send(messages(2))) == [None, None]
        assert len(expo.requests) == 3
        expo.script = [BUSY] * 3
        sent = push.send(messages(2))
        assert isinstance(sent.failure, PushBusyError)
        assert len(expo.pushes) == 2


def test_a_long_wait_is_left_to_the_outbox() -> None:
    with opened() as (expo, push):
        for wait in ("120", "Sat, 21 Nov 2026 07:00:00 GMT", "-5"):
            expo.script = [Answer(429, "slow down", headers={"Retry-After": wait})]
            sent = push.send(messages(1))
            assert (sent.failure is None) == (wait != "120")


@pytest.mark.parametrize(
    "answer",
    [
        AWAY,
        refused(500, "INTERNAL_SERVER_ERROR", "Oh."),
        refused(403, "FORBIDDEN", "Not yours."),
        Answer(502, "<html>bad gateway</html>"),
        Answer(404, "nothing here"),
        Answer(200, "{ not json"),
        Answer(200, ""),
        Answer(200, "null"),
        Answer(200, "[]"),
        Answer(200, "7"),
        Answer(200, {}),
        Answer(200, {"data": None}),
        Answer(200, {"data": []}),
        Answer(200, {"data": [{"status": "ok", "id": "x"}]}),
        Answer(200, {"data": [7, 8]}),
        Answer(200, {"errors": "no"}),
        Answer(200, {"errors": []}),
        Answer(200, {"errors": [{"message": "no code"}]}),
    ],
    ids=lambda answer: f"{answer.status} {answer.body}"[:40],
)
def test_whatever_else_is_answered_the_messages_wait_and_are_not_sent_again_at_once(
    answer: Answer,
) -> None:
    with opened() as (expo, push):
        expo.script = [answer]
        sent = push.send(messages(2))
        assert errors(sent) == ["push_unavailable"] * 2
        assert isinstance(sent.failure, PushUnavailableError)
        assert "PushToken" not in (sent.failure.reason or "")
        assert len(expo.requests) == 1


def test_a_failure_in_between_keeps_the_tickets_there_are_and_asks_no_further() -> None:
    with opened() as (expo, push):
        expo.script = [None, AWAY]
        sent = push.send(messages(350))
        assert errors(sent) == [None] * 100 + ["push_unavailable"] * 250
        assert len(expo.requests) == 2


def test_ticket_without_an_id_or_a_status_is_not_taken_for_a_success() -> None:
    with opened() as (expo, push):
        expo.script = [Answer(200, {"data": [{"status": "ok"}, {"id": "x"}]})]
        assert errors(push.send(messages(2))) == ["no ticket", "unknown"]


def test_silence_is_an_outage() -> None:
    with opened(expo_timeout_seconds=0.2) as (expo, push):
        expo.seconds = 0.6
        sent = push.send(messages(1))
        assert sent.failure is not None
        assert sent.failure.reason == "ReadTimeout"
    assert service(NOWHERE).send(messages(1)).failure is not None


def test_receipts_are_told_by_their_tickets_and_missing_ones_left_out() -> None:
    with opened() as (expo, push):
        expo.receipt_errors = {token(1): "DeviceNotRegistered", token(2): "InvalidCredentials"}
        expo.late = {token(3)}
        tickets = {
            each.message.token: each.ticket_id or "" for each in push.send(messages(4)).tickets
        }
        receipts = push.receipts([*tickets.values(), "never-heard-of"])
        assert receipts == {
            tickets[token(0)]: None,
            tickets[token(1)]: "DeviceNotRegistered",
            tickets[token(2)]: "InvalidCredentials",
        }


def test_no_request_asks_for_more_than_300_receipts() -> None:
    with opened() as (expo, push):
        assert push.receipts([str(number) for number in range(700)]) == {}
        asked = [len(body["ids"]) for path, body in expo.requests if path == RECEIPTS]
        assert asked == [300, 300, 100]


def test_receipts_are_asked_for_again_when_expo_was_away() -> None:
    with opened() as (expo, push), stamina.set_testing(True, attempts=3):
        (ticket,) = push.send(messages(1)).tickets
        expo.script = [AWAY, Answer(200, "{ not json")]
        assert push.receipts([ticket.ticket_id or ""]) == {ticket.ticket_id: None}
        expo.script = [AWAY] * 3
        with pytest.raises(PushUnavailableError):
            push.receipts(["x"])


@pytest.mark.parametrize("body", ["[]", {"data": []}, {"data": {"x": 7}}, {}, "null"])
def test_receipts_of_another_shape_are_an_outage(body: object) -> None:
    with opened() as (expo, push), stamina.set_testing(True, attempts=1):
        expo.script = [Answer(200, body)]  # type: ignore[arg-type]
        if body == {"data": []}:
            expo.script = [Answer(200, {"data": [failed("x", "y")]})]
        with pytest.raises(PushUnavailableError):
            push.receipts(["x"])


def test_only_the_two_addresses_of_the_documentation_are_used() -> None:
    with opened() as (expo, push):
        push.send(messages(1))
        push.receipts(["x"])
        assert [path for path, _ in expo.requests] == [SEND, RECEIPTS]
