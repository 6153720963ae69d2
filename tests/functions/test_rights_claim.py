"""rights-claim: anybody claims, nobody learns what there is, and nobody does it without end."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from backbeat.rights_claim import network_of
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer
from tests.functions.test_stream_url import draft

ANSWER = {"received": True}


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions, and no claims yet."""
    live.sql("delete from private.claims")
    live.sql("delete from private.rate_limit_buckets")
    return serve(**live.settings)


@pytest.fixture(scope="module")
def track(live: LiveStack) -> uuid.UUID:
    """An upload that only its artist sees."""
    artist = live.person("claimed_ada")
    live.sends(artist, "POST", "/rpc/become_artist", {})
    return draft(live, artist)


def claim(track: object, **changes: Any) -> dict[str, Any]:
    """A claim that fits."""
    given = {
        "track_id": str(track),
        "claimant": "Carol Composer",
        "kind": "composition",
        "contact": "carol@example.com",
        "statement": "I wrote this in 1998.",
        **changes,
    }
    return {name: value for name, value in given.items() if value is not ...}


def send(
    functions: FunctionsServer, body: Any, address: str = "198.51.100.7", **headers: str
) -> httpx.Response:
    """Send a claim from somewhere, as Google's front end passes it on."""
    return functions.client.post(
        "/rights-claim", json=body, headers={"x-forwarded-for": address, **headers}
    )


def test_a_claim_is_kept_for_the_staff_and_the_answer_tells_nothing(
    live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    answers = [send(functions, claim(about)) for about in (track, uuid.uuid4(), uuid.UUID(int=0))]
    for answer in answers:
        assert (answer.status_code, answer.json()) == (202, ANSWER)
        assert set(answer.headers) == set(answers[0].headers)
    rows = live.sql(
        "select track_id, claimant, kind, contact, statement, status from private.claims"
    )
    assert rows == [
        (track, "Carol Composer", "composition", "carol@example.com", "I wrote this in 1998.",
         "pending"),
    ]  # fmt: skip


def test_a_claim_that_waits_is_not_taken_twice(
    live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    for contact in ("carol@example.com", "Carol@Example.com", "dave@example.com"):
        assert send(functions, claim(track, contact=contact)).status_code == 202
    assert live.sql("select count(*) from private.claims") == [(2,)]
    # Other words in the same name are another claim.
    assert send(functions, claim(track, statement="It is ours.")).status_code == 202
    assert live.sql("select count(*) from private.claims") == [(3,)]


def test_nobody_claims_without_end_by_address_or_by_e_mail(
    live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    def exhaust(**by: Callable[[int], str]) -> list[int]:
        live.sql("delete from private.rate_limit_buckets")
        contact: Callable[[int], str] = by.get("contact") or (lambda _: "carol@example.com")
        address: Callable[[int], str] = by.get("address") or (lambda _: "198.51.100.7")
        return [
            # Whether the track is there makes no difference.
            send(
                functions,
                claim(track if number % 2 else uuid.uuid4(), contact=contact(number)),
                address(number),
            ).status_code
            for number in range(7)
        ]

    limited = [202] * 5 + [429] * 2
    assert exhaust(contact=lambda number: f"carol{number}@example.com") == limited
    # Whoever names somebody's e-mail elsewhere takes nothing from them.
    assert exhaust(address=lambda number: f"198.51.100.{number}") == [202] * 7
    # The same network of IPv6, and an address that its caller invents.
    different = {"contact": lambda number: f"carol{number}@example.com"}
    assert exhaust(**different, address=lambda number: f"2001:db8:1:1::{number}") == limited
    assert exhaust(**different, address=lambda number: f"10.0.0.{number}, 198.51.100.7") == limited
    apart = exhaust(**different, address=lambda number: f"2001:db8:1:{number}::1")
    assert apart == [202] * 7
    refused = exhaust(contact=lambda number: f"carol{number}@example.com")
    assert refused == limited


def test_a_refusal_says_when_to_come_again(functions: FunctionsServer, track: uuid.UUID) -> None:
    for _ in range(5):
        send(functions, claim(track))
    answer = send(functions, claim(track))
    assert (answer.status_code, answer.json()["error"]) == (429, "rate_limited")
    assert 0 < int(answer.json()["hint"]) <= 3600


@pytest.mark.parametrize(
    "changes",
    [
        {"track_id": ...},
        {"track_id": "night-bus"},
        {"claimant": ""},
        {"claimant": "x" * 201},
        {"kind": "envy"},
        {"contact": "carol"},
        {"contact": "carol@"},
        {"contact": "carol@example"},
        {"contact": "carol @example.com"},
        {"contact": "x" * 250 + "@example.com"},
        {"statement": ""},
        {"statement": "x" * 5001},
        {"statement": "a\0b"},
        {"statement": None},
        {"nickname": "carol"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_refused_and_costs_nothing(
    changes: dict[str, Any], live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    answer = send(functions, claim(track, **changes))
    assert (answer.status_code, answer.json()["error"]) == (422, "invalid_request")
    assert live.sql("select count(*) from private.claims") == [(0,)]
    assert live.sql("select count(*) from private.rate_limit_buckets") == [(0,)]


@pytest.mark.parametrize(
    ("changes", "token"),
    [({"claimant": " \u200b "}, "claimant_invalid"), ({"statement": "  \n "}, "statement_invalid")],
    ids=str,
)
def test_words_that_are_blank_are_refused(
    changes: dict[str, str], token: str, functions: FunctionsServer, track: uuid.UUID
) -> None:
    answer = send(functions, claim(track, **changes))
    assert (answer.status_code, answer.json()["error"]) == (422, token)


def test_it_is_open_to_all_and_to_post_alone(
    live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    for headers in ({}, bearer("nonsense"), bearer(live.stack.publishable_key)):
        answer = send(functions, claim(track, contact=f"{len(headers)}@example.com"), **headers)
        assert answer.status_code == 202
    for method in ("GET", "PUT", "DELETE"):
        answer = functions.client.request(method, "/rights-claim")
        assert (answer.status_code, answer.json()["error"]) == (405, "method_not_allowed")


def test_the_log_names_nobody(functions: FunctionsServer, track: uuid.UUID) -> None:
    answer = send(functions, claim(track))
    text = str(functions.lines_of(answer.headers["x-request-id"]))
    for secret in ("carol", "Carol", "198.51.100", "1998"):
        assert secret not in text


def test_while_trust_is_switched_off_nothing_is_taken(
    live: LiveStack, functions: FunctionsServer, track: uuid.UUID
) -> None:
    flag = "update public.feature_flags set is_enabled = %s where name = 'trust'"
    live.sql(flag, False)
    try:
        answer = send(functions, claim(track))
    finally:
        live.sql(flag, True)
    assert (answer.status_code, answer.json()["error"]) == (403, "feature_disabled")


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("somewhere", "unknown"),
    ],
)
def test_an_address_is_told_by_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
