"""roll-up-leaderboards, against a whole stack."""

from collections.abc import Callable

import pytest

from backbeat.roll_up_leaderboards import BATCH
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions, and nothing left to count."""
    live.sql("delete from private.score_changes")
    return serve(**live.settings)


def test_what_has_happened_is_counted_to_its_end(
    live: LiveStack, functions: FunctionsServer
) -> None:
    ada = live.person("boards_ada")
    live.sql("update public.feature_flags set is_enabled = true where name = 'social'")
    live.sends(ada, "POST", "/rpc/create_post", {"kind": "text", "body": "hello"})
    live.sql(
        "insert into private.score_changes (user_id, metric, amount, counts_at, moved_at)"
        " select %s, 'points', 1, now(), now() from generate_series(1, %s)",
        ada,
        BATCH,
    )
    queued = live.sql("select count(*) from private.score_changes")[0][0]
    assert queued > BATCH
    answer = functions.client.post("/roll-up-leaderboards", headers=live.scheduler, timeout=120)
    assert (answer.status_code, answer.json()) == (200, {"changes": queued, "batches": 2})
    mine = live.sends(ada, "POST", "/rpc/my_rank", {"board": "points"})
    assert (mine["rank"], mine["score"]) == (1, BATCH + 10)
    rows = live.sends(ada, "POST", "/rpc/leaderboard", {"board": "points"})
    assert rows[0]["profile"]["username"] == "boards_ada"
    answer = functions.client.post("/roll-up-leaderboards", headers=live.scheduler)
    assert (answer.status_code, answer.json()) == (200, {"changes": 0, "batches": 0})


def test_only_the_scheduler_may(live: LiveStack, functions: FunctionsServer) -> None:
    for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
        assert functions.client.post("/roll-up-leaderboards", headers=headers).status_code == 401
