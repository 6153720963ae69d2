"""The door to the database: what rules say is passed on, what breaks is told apart."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import TypeAdapter

from backbeat.database import ATTEMPTS, Database, open_database
from backbeat.errors import DatabaseFaultError, DatabaseRefusedError, DatabaseUnavailableError
from backbeat.settings import Settings
from tests.functions.live import LiveStack
from tests.functions.server import SECRET_KEY

ANYTHING: TypeAdapter[object] = TypeAdapter(object)


@contextmanager
def door(url: str, key: str = SECRET_KEY, timeout_seconds: float = 10) -> Iterator[Database]:
    """The door to the database behind a URL."""
    values = {
        "supabase_url": url,
        "supabase_secret_key": key,
        "database_timeout_seconds": timeout_seconds,
    }
    database = open_database(Settings.model_validate(values))
    yield database
    database.close()


@pytest.fixture
def database(live: LiveStack) -> Iterator[Database]:
    """The door to the database of the stack."""
    with door(live.stack.url, live.stack.secret_key) as database:
        yield database


@contextmanager
def listener(answer: bytes | None) -> Iterator[tuple[str, list[int]]]:
    """A port that gives every caller the same answer, or hears them and says nothing."""
    callers: list[int] = []
    kept: list[socket.socket] = []

    def listen() -> None:
        while True:
            connection, _ = server.accept()
            if not connection.recv(65536):
                connection.close()
                return
            callers.append(1)
            if answer is None:
                kept.append(connection)
                continue
            connection.sendall(answer)
            connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", callers
        finally:
            socket.create_connection(server.getsockname()).close()
            thread.join()
            for connection in kept:
                connection.close()


def test_rule_of_the_database_keeps_status_token_and_sentence(database: Database) -> None:
    with pytest.raises(DatabaseRefusedError) as caught:
        database.call("retry_dead_letter", {"id": 0}, ANYTHING)
    refusal = caught.value
    assert (refusal.status, refusal.token) == (404, "message_not_found")
    assert refusal.message.endswith(".")


@pytest.mark.parametrize(
    ("function", "arguments", "code"),
    [
        ("no_such_function", {}, "PGRST202"),
        ("retry_dead_letter", {"id": "seven"}, "22P02"),
        ("retry_dead_letter", {"id": 2**70}, "22003"),
        ("retry_dead_letter", {"identity": 7}, "PGRST202"),
    ],
)
def test_mistake_of_ours_is_a_fault(
    function: str, arguments: dict[str, object], code: str, database: Database
) -> None:
    with pytest.raises(DatabaseFaultError) as caught:
        database.call(function, arguments, ANYTHING)
    assert (caught.value.status, caught.value.token) == (500, "internal_error")
    assert caught.value.reason == f"backend.{function} failed with {code}"


def test_result_of_the_wrong_shape_is_a_fault(database: Database) -> None:
    with pytest.raises(DatabaseFaultError, match="wrong shape"):
        database.call("schema_version", {}, TypeAdapter(dict[str, int]))


@pytest.mark.parametrize("key", ["publishable", "sb_secret_guessed"])
def test_no_other_key_opens_the_door(key: str, live: LiveStack) -> None:
    key = live.stack.publishable_key if key == "publishable" else key
    with door(live.stack.url, key) as database, pytest.raises(DatabaseFaultError):
        database.call("schema_version", {}, ANYTHING)


@pytest.mark.parametrize(
    ("is_idempotent", "calls"), [(True, ATTEMPTS), (False, 1)], ids=["idempotent", "once only"]
)
@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 503 Unavailable\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>",
        b"nonsense",
        None,
    ],
    ids=["hangs up", "503", "502", "nonsense", "silent"],
)
def test_database_that_is_away_is_tried_again_only_where_that_is_safe(
    answer: bytes | None, is_idempotent: bool, calls: int
) -> None:
    with listener(answer) as (url, callers):
        with (
            door(url, timeout_seconds=0.3) as database,
            pytest.raises(DatabaseUnavailableError) as caught,
        ):
            database.call("schema_version", {}, ANYTHING, is_idempotent=is_idempotent)
        assert caught.value.status == 503
        assert len(callers) == calls
