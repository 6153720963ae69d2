"""deliver: whatever happens to one message, the others go on and the outbox knows."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from pydantic import BaseModel

from backbeat.database import Database
from backbeat.errors import DatabaseRefusedError, DatabaseUnavailableError, StorageUnavailableError
from backbeat.outbox import deliver
from tests.functions.live import LiveStack


class Letter(BaseModel):
    """What the messages of these tests say."""

    text: str


@pytest.fixture
def database(live: LiveStack) -> Iterator[Database]:
    """The door to the database of the stack, its outbox empty."""
    live.sql("delete from private.outbox")
    with live.door() as database:
        yield database


def write(live: LiveStack, *texts: str) -> None:
    """Put letters into the outbox."""
    for text in texts:
        live.sql("select private.enqueue('letters', jsonb_build_object('text', %s::text))", text)


def outbox(live: LiveStack) -> list[tuple[str, bool, str | None]]:
    """Each letter: its text, whether it was delivered, why not."""
    return live.sql(
        "select payload ->> 'text', delivered_at is not null, last_error"
        " from private.outbox order by id"
    )


def fail(error: Exception) -> Callable[[Letter], None]:
    """A handler for which the letter `bad` is one too many."""

    def handle(letter: Letter) -> None:
        if letter.text == "bad":
            raise error

    return handle


def test_letters_go_oldest_first_and_other_topics_stay(live: LiveStack, database: Database) -> None:
    write(live, "first", "second")
    live.sql("select private.enqueue('parcels', '{}')")
    seen: list[str] = []
    deliveries = deliver(database, "letters", Letter, lambda letter: seen.append(letter.text))
    assert (deliveries.claimed, deliveries.delivered, deliveries.failures) == (2, 2, [])
    assert seen == ["first", "second"]
    assert outbox(live) == [("first", True, None), ("second", True, None), (None, False, None)]


@pytest.mark.parametrize(
    ("error", "token"),
    [
        (StorageUnavailableError(), "storage_unavailable"),
        (DatabaseRefusedError(409, "already_sent", None, None), "already_sent"),
        (ZeroDivisionError("secret"), "internal_error"),
    ],
)
def test_failure_is_kept_by_its_token_and_the_others_go_on(
    error: Exception, token: str, live: LiveStack, database: Database
) -> None:
    write(live, "bad", "good")
    deliveries = deliver(database, "letters", Letter, fail(error))
    assert (deliveries.claimed, deliveries.delivered) == (2, 1)
    assert [failure.token for failure in deliveries.failures] == [token]
    assert outbox(live) == [("bad", False, token), ("good", True, None)]


def test_letter_that_goes_with_its_person_meanwhile_is_no_error(
    live: LiveStack, database: Database
) -> None:
    def erase(_: Letter) -> None:
        live.sql("delete from private.outbox")

    write(live, "hello")
    deliveries = deliver(database, "letters", Letter, erase)
    assert (deliveries.claimed, deliveries.failures) == (1, [])


def test_letter_is_left_to_its_lease_when_the_database_goes_away(
    live: LiveStack, database: Database
) -> None:
    write(live, "hello")
    with ExitStack() as stack, pytest.raises(DatabaseUnavailableError):
        deliver(
            database,
            "letters",
            Letter,
            lambda _: stack.enter_context(live.without("postgrest")),
        )
    ((is_leased, attempts),) = live.sql(
        "select leased_until > now() and delivered_at is null, attempts from private.outbox"
    )
    assert (is_leased, attempts) == (True, 1)
