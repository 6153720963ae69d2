"""housekeeping, against a whole stack."""

from collections.abc import Callable

import pytest

from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer

DONE = {"partitions_made": 0, "claims_forgotten": 0, "pages_weighed": 0}


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions."""
    return serve(**live.settings)


def test_chores_are_done_and_done_again_change_nothing(
    live: LiveStack, functions: FunctionsServer
) -> None:
    (missing,) = live.sql("select private.play_partition(date_trunc('month', now())::date)::text")[
        0
    ]
    live.sql(f"drop table {missing}")
    answer = functions.client.post("/housekeeping", headers=live.scheduler)
    assert answer.status_code == 200, answer.text
    assert answer.json() == DONE | {"partitions_made": 1}
    assert live.sql("select private.play_partition(date_trunc('month', now())::date)::text") == [
        (missing,)
    ]
    assert functions.client.post("/housekeeping", headers=live.scheduler).json() == DONE


def test_chore_that_fails_does_not_stop_the_others(
    live: LiveStack, functions: FunctionsServer
) -> None:
    live.sql("revoke execute on function private.keep_play_partitions() from service_role")
    try:
        answer = functions.client.post("/housekeeping", headers=live.scheduler)
        assert (answer.status_code, answer.json()["error"]) == (500, "internal_error")
        assert answer.json()["pages_weighed"] == 0
        assert "partitions_made" not in answer.json()
        lines = functions.lines_of(answer.headers["x-request-id"])
        assert (lines[0]["message"], lines[0]["chore"]) == ("chore_failed", "plays")
    finally:
        live.sql("grant execute on function private.keep_play_partitions() to service_role")


def test_only_the_scheduler_may(live: LiveStack, functions: FunctionsServer) -> None:
    for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
        assert functions.client.post("/housekeeping", headers=headers).status_code == 401
