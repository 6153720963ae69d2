"""verify-artists, against a whole stack and a web of our own: who is found, and how often."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from backbeat.database import Database, open_database
from backbeat.errors import DatabaseUnavailableError
from backbeat.settings import Settings
from backbeat.verify_artists import verify_artists
from tests.functions.live import LiveStack
from tests.functions.server import NOWHERE, SECRET_KEY, FunctionsServer
from tests.functions.web import Web, moved, running_web, text

FIRST, SECOND = "https://ada.example.com/", "https://www.example.net/about"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Web]:
    """Pages of artists."""
    with running_web(tmp_path_factory.mktemp("web")) as web:
        yield web


@pytest.fixture(scope="module")
def database(live: LiveStack) -> Iterator[Database]:
    """The door to the stack's database."""
    with live.door() as database:
        yield database


@pytest.fixture
def artist(live: LiveStack) -> uuid.UUID:
    """Somebody who makes music, and nobody else who waits to be verified."""
    live.sql("delete from public.verification_requests")
    live.sql("delete from private.rate_limit_buckets")
    user_id = live.person(f"verify_{uuid.uuid4().hex[:12]}")
    live.sends(user_id, "POST", "/rpc/become_artist", {})
    return user_id


def ask(live: LiveStack, artist: uuid.UUID, *urls: str) -> dict[str, Any]:
    """Ask to be verified; the pages are looked at from now on."""
    asked: dict[str, Any] = live.sends(
        artist, "POST", "/rpc/request_verification", {"urls": list(urls)}
    )
    due(live)
    return asked


def due(live: LiveStack) -> None:
    """Let the time come to look again."""
    live.sql("update public.verification_requests set next_crawl_at = now()")


def seen(live: LiveStack, artist: uuid.UUID) -> dict[str, Any]:
    """The request, as who asked sees it."""
    (row,) = live.sends(artist, "POST", "/rpc/my_verification", {})
    assert isinstance(row, dict)
    return row


def test_a_code_on_one_of_the_pages_is_found_and_the_staff_decides(
    live: LiveStack, database: Database, web: Web, artist: uuid.UUID
) -> None:
    asked = ask(live, artist, FIRST, SECOND)
    assert asked["status"] == "pending"
    web.page(FIRST, text(b"welcome"))
    web.page(SECOND, text(f"<p>{asked['code']}</p>".encode()))
    assert verify_artists(database, web.reader()) == {"requests": 1, "found": 1}
    row = seen(live, artist)
    assert row["status"] == "awaiting_review"
    assert row["findings"] == [
        {"url": FIRST, "final_url": FIRST, "outcome": "not_found", "is_found": False},
        {"url": SECOND, "final_url": SECOND, "outcome": "found", "is_found": True},
    ]
    due(live)
    assert verify_artists(database, web.reader()) == {"requests": 0, "found": 0}


def test_who_has_not_placed_the_code_yet_is_looked_at_again_and_then_by_the_staff(
    live: LiveStack, database: Database, web: Web, artist: uuid.UUID
) -> None:
    asked = ask(live, artist, FIRST)
    web.page(FIRST, text(b"welcome"))
    ((times,),) = live.sql("select value from private.settings where name = 'verification_crawls'")
    for number in range(1, times + 1):
        assert verify_artists(database, web.reader()) == {"requests": 1, "found": 0}
        expected = "pending" if number < times else "awaiting_review"
        assert seen(live, artist)["status"] == expected
        # Not at once.
        assert verify_artists(database, web.reader())["requests"] == 0
        due(live)
    assert seen(live, artist)["code"] == asked["code"]


def test_a_page_that_is_not_read_is_a_finding_like_another(
    live: LiveStack, database: Database, web: Web, artist: uuid.UUID
) -> None:
    inside = "https://inside.example.com/"
    web.name("inside.example.com", ["169.254.169.254"])
    asked = ask(live, artist, inside, FIRST, "https://127.0.0.1/")
    web.page(FIRST, text(asked["code"].encode()))
    web.dialed.clear()
    assert verify_artists(database, web.reader()) == {"requests": 1, "found": 1}
    findings = seen(live, artist)["findings"]
    assert [finding["outcome"] for finding in findings] == [
        "address_not_public", "found", "host_invalid",
    ]  # fmt: skip
    assert findings[0]["final_url"] is None
    assert len(web.dialed) == 1


def test_a_run_that_died_leaves_its_request_to_another_and_what_comes_late_changes_nothing(
    live: LiveStack, database: Database, web: Web, artist: uuid.UUID
) -> None:
    asked = ask(live, artist, FIRST)
    web.page(FIRST, text(asked["code"].encode()))
    ((claimed, _, _),) = live.sql("select * from private.claim_verifications(1)")
    assert seen(live, artist)["status"] == "crawling"
    assert verify_artists(database, web.reader())["requests"] == 0
    live.sql("update public.verification_requests set leased_until = now()")
    assert verify_artists(database, web.reader()) == {"requests": 1, "found": 1}
    late = '[{"url": "https://ada.example.com/", "outcome": "timeout", "is_found": false}]'
    ((status,),) = live.sql("select private.record_verification(%s, %s::jsonb)", str(claimed), late)
    assert status == "awaiting_review"
    assert seen(live, artist)["findings"][0]["outcome"] == "found"


def test_a_page_that_leads_to_a_long_address_is_a_finding_like_another(
    live: LiveStack, database: Database, web: Web, artist: uuid.UUID
) -> None:
    asked = ask(live, artist, FIRST)
    web.page(FIRST, moved(FIRST + "{" * 900))
    web.page(FIRST + "%7B" * 900, text(asked["code"].encode()))
    assert verify_artists(database, web.reader()) == {"requests": 1, "found": 0}
    (finding,) = seen(live, artist)["findings"]
    assert (finding["outcome"], finding["final_url"]) == ("url_invalid", None)


def test_findings_that_are_refused_end_nothing_for_the_others(
    live: LiveStack, database: Database, web: Web, artist: uuid.UUID
) -> None:
    other = live.person(f"verify_{uuid.uuid4().hex[:12]}")
    live.sends(other, "POST", "/rpc/become_artist", {})
    ask(live, artist, FIRST)
    asked = ask(live, other, SECOND)

    def turn(request: BaseHTTPRequestHandler) -> None:
        # What is found is of a page of another request then.
        live.sql(
            "update public.verification_requests set urls = %s where artist_id = %s",
            ["https://elsewhere.example.com/"],
            artist,
        )
        text(b"welcome")(request)

    web.page(FIRST, turn)
    web.page(SECOND, text(asked["code"].encode()))
    assert verify_artists(database, web.reader()) == {"requests": 2, "found": 1}
    assert seen(live, other)["status"] == "awaiting_review"
    # Its lease ends, and after eight times it is the staff's.
    assert seen(live, artist)["status"] == "crawling"


def test_an_account_that_goes_while_its_pages_are_read_is_no_fault(
    live: LiveStack, database: Database, web: Web, artist: uuid.UUID
) -> None:
    ask(live, artist, FIRST)

    def leave(_: Any) -> None:
        live.sql("delete from public.verification_requests")
        text(b"bye")(_)

    web.page(FIRST, leave)
    assert verify_artists(database, web.reader()) == {"requests": 1, "found": 0}


def test_the_function_as_served_calls_nobody_who_is_not_public(
    live: LiveStack, serve: Callable[..., FunctionsServer], artist: uuid.UUID
) -> None:
    ask(live, artist, "https://127.0.0.1/", "https://localhost/")
    functions = serve(**live.settings)
    answer = functions.client.post("/verify-artists", headers=live.scheduler)
    assert (answer.status_code, answer.json()) == (200, {"requests": 1, "found": 0})
    outcomes = [finding["outcome"] for finding in seen(live, artist)["findings"]]
    assert outcomes == ["host_invalid", "host_invalid"]


def test_without_the_database_nothing_is_asked_of_anybody(web: Web) -> None:
    nowhere = open_database(
        Settings.model_validate({"supabase_url": NOWHERE, "supabase_secret_key": SECRET_KEY})
    )
    web.dialed.clear()
    with pytest.raises(DatabaseUnavailableError):
        verify_artists(nowhere, web.reader())
    nowhere.close()
    assert web.dialed == []
