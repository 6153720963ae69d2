"""health, against a whole stack."""

from backbeat import __version__
from backbeat.health import expected_migration
from devstack.migrate import MIGRATIONS
from tests.functions.live import LiveStack
from tests.functions.server import running_functions


def test_functions_expect_the_newest_migration() -> None:
    newest = max(path.name.partition("_")[0] for path in MIGRATIONS.glob("*.sql"))
    assert expected_migration() == newest, "run `make baseline`"


def test_all_is_well_and_anybody_may_ask(live: LiveStack) -> None:
    answer = live.api.get("/functions/v1/health", headers={"apikey": "", "authorization": ""})
    assert answer.status_code == 200
    assert answer.json() == {
        "version": __version__,
        "database": "reachable",
        "migrations": {
            "applied": expected_migration(),
            "expected": expected_migration(),
            "current": True,
        },
    }


def test_database_behind_the_functions_is_unwell_and_one_ahead_is_not(live: LiveStack) -> None:
    table = "supabase_migrations.schema_migrations"
    with running_functions(None, **live.settings, BACKBEAT_VERSION="abc123") as server:
        live.sql(f"insert into {table} (version) values ('29991231000000')")
        ahead = server.client.get("/health")
        live.sql(f"delete from {table} where version = '29991231000000'")
        assert (ahead.status_code, ahead.json()["migrations"]["current"]) == (200, True)
        assert ahead.json()["version"] == "abc123"
        live.sql(f"update {table} set version = '2000' || version")
        behind = server.client.get("/health")
        live.sql(f"update {table} set version = substr(version, 5)")
        assert (behind.status_code, behind.json()["migrations"]["current"]) == (503, False)
        assert behind.json()["database"] == "reachable"


def test_missing_rest_is_an_unreachable_database(live: LiveStack) -> None:
    with running_functions(None, **live.settings) as server:
        with live.without("postgrest"):
            answer = server.client.get("/health")
            assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")
        assert server.client.get("/health").status_code == 200
