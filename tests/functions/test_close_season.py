"""close-season, against a whole stack: seasons long over are closed one after the other."""

from collections.abc import Callable, Iterator

import pytest

from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> Iterator[FunctionsServer]:
    """The functions, in a year long ago; afterwards it is today again."""
    live.sql("delete from private.deeds")
    live.sql("delete from public.season_results")
    live.sql("delete from private.standings where period ~ 'Q'")
    kept = live.sql("select code, starts_at, ends_at, status from public.seasons")
    live.sql("delete from public.seasons")
    live.sql(
        "insert into public.seasons (code, starts_at, ends_at, status)"
        " values ('2020-Q4', '2020-10-01+00', '2021-01-01+00', 'active')"
    )
    yield serve(**live.settings)
    live.sql("delete from public.season_results")
    live.sql("delete from public.seasons")
    for row in kept:
        live.sql("insert into public.seasons (code, starts_at, ends_at, status)"
                 " values (%s, %s, %s, %s)", *row)  # fmt: skip


def test_what_is_over_is_paid_counted_closed_and_told(
    live: LiveStack, functions: FunctionsServer
) -> None:
    ada, ben = live.person("season_ada"), live.person("season_ben")
    for who, units in ((ada, 3), (ben, 2)):
        live.sql(
            "insert into private.deeds (user_id, rule, cause, is_done, done_at, units)"
            " values (%s, 'crate_item_received', 'season', true, '2020-11-11+00', %s)",
            who,
            units,
        )
    # All quarters since are over too, but for the last one or two.
    answer = functions.client.post("/close-season", headers=live.scheduler, timeout=240)
    assert answer.status_code == 200, functions.lines_of(answer.headers["x-request-id"])
    counts = answer.json()
    assert counts["closed"] > 20
    assert (counts["waiting"], counts["told"]) == (0, 2)
    seasons = live.sql("select code, status, people from public.seasons order by starts_at")
    assert seasons[0] == ("2020-Q4", "closed", 2)
    assert [row[1] for row in seasons[-2:]] == ["active", "upcoming"]
    assert {row[1:] for row in seasons[1:-2]} == {("closed", 0)}
    results = live.sends(ada, "GET", "/season_results?select=season,rank,score,tier,credits", None)
    assert results == [{"season": "2020-Q4", "rank": 1, "score": 9, "tier": "gold", "credits": 500}]
    again = functions.client.post("/close-season", headers=live.scheduler)
    assert (again.status_code, again.json()) == (200, {"closed": 0, "waiting": 0, "told": 0})


def test_a_season_waits_while_somebody_is_paying_what_was_done_in_it(
    live: LiveStack, functions: FunctionsServer
) -> None:
    ada = live.person("season_cleo")
    live.sql(
        "insert into private.deeds (user_id, rule, cause, is_done, done_at)"
        " values (%s, 'crate_item_received', 'season', true, '2020-11-11+00')",
        ada,
    )
    with live.stack.server.connect() as paying, paying.transaction():
        paying.execute("select pg_advisory_xact_lock(hashtextextended('settle_deeds', 0))")
        answer = functions.client.post("/close-season", headers=live.scheduler)
        assert (answer.status_code, answer.json()) == (
            200, {"closed": 0, "waiting": 1, "told": 0},
        )  # fmt: skip
    counts = functions.client.post("/close-season", headers=live.scheduler, timeout=240).json()
    assert counts["closed"] > 20
    assert counts["told"] == 1


def test_only_the_scheduler_may(live: LiveStack, functions: FunctionsServer) -> None:
    for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
        assert functions.client.post("/close-season", headers=headers).status_code == 401
