"""Thousands of generated requests through the whole stack, and no server error."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok

from tests.http.api import Api

# Generating a case costs as much as two requests, so each is sent as a person, staff and nobody.
SENDERS = ("cleo", "boss", "visitor")
FEWEST_CASES = 3_000
FEWEST_OF_AN_OPERATION = 4
# The workers share the operations.
GROUPS = 8


def operations(api: Api, name: str, profile: str) -> list[Any]:
    """Every operation that PostgREST describes to somebody."""
    headers = {**api.headers(name), "Accept-Profile": profile}
    description = api.client.get("/rest/v1/", headers=headers).json()
    found = schemathesis.openapi.from_dict(description).get_all_operations()
    return [result.ok() for result in found if isinstance(result, Ok)]


def send(api: Api, case: Any, headers: dict[str, str]) -> Any:
    """One generated request through the gateway."""
    wanted = case.as_transport_kwargs(base_url=f"{api.stack.url}/rest/v1")
    body = {"json": wanted["json"]} if "json" in wanted else {"content": wanted.get("data")}
    if not isinstance(body.get("content", b""), str | bytes | None):
        body = {"data": wanted["data"]}
    sent = {key: value for key, value in wanted["headers"].items() if key.lower() != "user-agent"}
    return api.client.request(
        wanted["method"],
        wanted["url"],
        params=wanted.get("params"),
        headers={**sent, **headers},
        **body,
    )


def fuzz(api: Api, operation: Any, senders: dict[str, dict[str, str]], cases: int) -> Counter[int]:
    """Send generated requests of one operation; how many of each status came back."""
    statuses: Counter[int] = Counter()

    @settings(
        max_examples=cases,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy())
    def run(case: Any) -> None:
        for name, headers in senders.items():
            response = send(api, case, headers)
            statuses[response.status_code] += 1
            assert response.status_code < 500, (
                f"{operation.label} as {name}: {response.text[:500]}\n{case.as_curl_command()}"
            )

    run()
    return statuses


def cases_of_each(operations: int) -> int:
    """How many cases to generate of each operation; some have few different ones."""
    return max(FEWEST_OF_AN_OPERATION, math.ceil(1.05 * FEWEST_CASES / operations))


def add_up(run_folder: Path, group: int, statuses: Counter[int]) -> Counter[int] | None:
    """Leave the answers of a group where the others leave theirs; all of them to who comes last."""
    whole, unfinished = run_folder / f"fuzz-{group}.json", run_folder / f"fuzz-{group}.unfinished"
    unfinished.write_text(json.dumps(statuses))
    unfinished.rename(whole)
    found = sorted(run_folder.glob("fuzz-*.json"))
    if len(found) < GROUPS:
        return None
    total: Counter[int] = Counter()
    for path in found:
        total.update({int(status): count for status, count in json.loads(path.read_text()).items()})
    return total


@pytest.fixture(scope="module")
def known(api: Api) -> list[Any]:
    """Every operation that is described to a person: reading that takes seconds."""
    return operations(api, "cleo", "public")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("group", range(GROUPS))
def test_no_request_of_people_or_visitors_is_a_server_error(
    group: int,
    api: Api,
    known: list[Any],
    run_folder: Path,
    record_property: Callable[[str, object], None],
) -> None:
    senders = {name: api.headers(name) for name in SENDERS}
    assert len(known) > 100
    statuses: Counter[int] = Counter()
    for operation in known[group::GROUPS]:
        statuses += fuzz(api, operation, senders, cases_of_each(len(known)))
    if total := add_up(run_folder, group, statuses):
        told = ", ".join(f"{count} of {status}" for status, count in sorted(total.items()))
        cases = total.total() // len(SENDERS)
        record_property(
            "remark",
            f"{cases} generated cases of {len(known)} operations, each as {len(SENDERS)} senders:"
            f" {told}",
        )
        assert cases >= FEWEST_CASES
        # Not vacuous: some are taken, and some are refused for each kind of reason.
        for status in (200, 400, 401, 403, 404, 422):
            assert total[status] > 20, total


def test_no_request_of_a_function_is_a_server_error(api: Api) -> None:
    headers = {**api.headers("service"), "Content-Profile": "backend", "Accept-Profile": "backend"}
    known = operations(api, "service", "backend")
    statuses: Counter[int] = Counter()
    for operation in known:
        statuses += fuzz(api, operation, {"service": headers}, 9)
    assert len(known) > 5
    assert statuses[200] > 5, statuses
