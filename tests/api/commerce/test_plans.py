"""What a plan gives: the best one counts, a month's use is exact, and staff may give more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, refused
from tests.plans import give_plan
from tests.races import race, refusals
from tests.rooms import make_room

LIMITS = {
    "free": (3, 5, 1, 1, 3),
    "pro": (60, 100, 30, 5, 10),
    "studio": (500, None, 300, 25, 50),
}
RESOURCES = ("ai_generations", "mashups", "stem_separations", "collaborators", "rooms")


def tier(somebody: Actor) -> str:
    """The plan they are told they have."""
    return str(somebody.call("my_entitlements")["tier"])


def left(somebody: Actor, resource: str) -> int | None:
    """What they are told is left of something."""
    found = somebody.call("my_entitlements")["limits"][resource]["left"]
    assert found is None or isinstance(found, int)
    return found


def grant(db: Connection, somebody: Actor, plan: str, starts: str, ends: str) -> None:
    """An entitlement from and until so long from now."""
    db.execute(
        "insert into public.entitlement_grants (user_id, plan, source, starts_at, ends_at)"
        " values (%s, %s, 'staff', now() + %s::interval, now() + %s::interval)",
        [somebody.id, plan, starts, ends],
    )


@pytest.mark.parametrize("plan", LIMITS)
def test_plans_ship_as_they_are_specified(plan: str, db: Connection, ada: Actor) -> None:
    if plan != "free":
        give_plan(db, "ada", plan)
    told = ada.call("my_entitlements")
    assert told["tier"] == plan
    assert tuple(told["limits"][resource]["most"] for resource in RESOURCES) == LIMITS[plan]
    prices = {"free": 0, "pro": 999, "studio": 2999}
    rows = ada.run("select price_minor, currency from public.plans where code = %s", plan)
    assert rows == [{"price_minor": prices[plan], "currency": "USD"}]


def test_who_has_nothing_has_what_is_free(ada: Actor) -> None:
    told = ada.call("my_entitlements")
    assert (told["tier"], told["source"], told["ends_at"]) == ("free", None, None)
    assert told["limits"]["ai_generations"] == {
        "most": 3, "used": 0, "left": 3, "resets_at": told["limits"]["mashups"]["resets_at"],
    }  # fmt: skip
    resets = datetime.fromisoformat(told["limits"]["mashups"]["resets_at"])
    assert resets > datetime.now(UTC)
    assert resets.astimezone(UTC).strftime("%d %H:%M:%S") == "01 00:00:00"
    nothing = {"used": 0, "left": 3, "most": 3, "resets_at": None}
    assert told["limits"]["rooms"] == nothing
    # Of a crate, and of what is exported, there is no count.
    for resource, most in (("collaborators", 1), ("export_quality", 128)):
        uncounted = {"used": None, "left": None, "most": most, "resets_at": None}
        assert told["limits"][resource] == uncounted


def test_rooms_are_counted_as_they_are_owned(db: Connection, ada: Actor) -> None:
    make_room(db, "ada")
    make_room(db, "ben")
    ada.call("delete_room", room_id=make_room(db, "ada"))
    assert ada.call("my_entitlements")["limits"]["rooms"]["used"] == 1
    assert left(ada, "rooms") == 2


def test_the_best_of_what_one_has_now_counts(db: Connection, ada: Actor) -> None:
    grant(db, ada, "studio", "-2 days", "-1 second")
    assert tier(ada) == "free"
    grant(db, ada, "studio", "1 second", "2 days")
    assert tier(ada) == "free"
    grant(db, ada, "pro", "0 seconds", "9 days")
    assert tier(ada) == "pro"
    grant(db, ada, "studio", "-1 day", "1 second")
    assert tier(ada) == "studio"


def test_what_follows_without_a_gap_is_one(db: Connection, ada: Actor) -> None:
    for starts, ends in ((-1, 10), (10, 20), (15, 30), (40, 50)):
        grant(db, ada, "pro", f"{starts} days", f"{ends} days")
    grant(db, ada, "studio", "30 days", "40 days")
    row = db.execute("select now() + interval '30 days' as until").fetchone()
    assert row is not None
    assert datetime.fromisoformat(ada.call("my_entitlements")["ends_at"]) == row["until"]


def test_what_is_used_is_counted_until_the_plan_ends(db: Connection, ada: Actor) -> None:
    service = actor(db, "service")
    for used in (1, 2, 3):
        told = service.call("backend.consume", user_id=ada.id, resource="ai_generations")
        assert told == {"used": used, "left": 3 - used}
    with refused(402, "plan_limit_reached") as caught:
        service.call("backend.consume", user_id=ada.id, resource="ai_generations")
    assert caught.value.diag.message_hint == "3"
    assert left(ada, "ai_generations") == 0
    assert left(ada, "mashups") == 5
    give_plan(db, "ada", "pro")
    assert left(ada, "ai_generations") == 57
    service.call("backend.consume", user_id=ada.id, resource="ai_generations")
    db.execute("delete from public.entitlement_grants")
    assert left(ada, "ai_generations") == 0


def test_use_begins_anew_each_month(db: Connection, ada: Actor) -> None:
    service = actor(db, "service")
    service.call("backend.consume", user_id=ada.id, resource="stem_separations")
    with refused(402, "plan_limit_reached"):
        service.call("backend.consume", user_id=ada.id, resource="stem_separations")
    db.execute("update private.usage_counts set month = month - interval '1 month'")
    told = service.call("backend.consume", user_id=ada.id, resource="stem_separations")
    assert told == {"used": 1, "left": 0}


def test_what_has_no_end_is_counted_and_never_refused(db: Connection, ada: Actor) -> None:
    give_plan(db, "ada", "studio")
    service = actor(db, "service")
    for used in range(1, 8):
        told = service.call("backend.consume", user_id=ada.id, resource="mashups")
        assert told == {"used": used, "left": None}


def test_what_a_plan_does_not_give_is_refused_at_once(
    db: Connection, ada: Actor, admiral: Actor
) -> None:
    admiral.call("set_plan_limit", plan="free", resource="mashups", value=0)
    with refused(402, "plan_limit_reached"):
        actor(db, "service").call("backend.consume", user_id=ada.id, resource="mashups")
    assert db.execute("select from private.usage_counts").rowcount == 0


def test_what_is_not_counted_by_the_month_cannot_be_consumed(db: Connection, ada: Actor) -> None:
    service = actor(db, "service")
    for resource in ("rooms", "nonsense", None):
        with refused(404, "resource_not_found"):
            service.call("backend.consume", user_id=ada.id, resource=resource)


def test_nobody_who_is_gone_consumes(db: Connection) -> None:
    service = actor(db, "service")
    for nobody in ("00000000-0000-0000-0000-000000000000", None):
        with refused(404, "profile_not_found"):
            service.call("backend.consume", user_id=nobody, resource="mashups")


def test_twenty_at_once_with_a_limit_of_three_are_three(database: Database) -> None:
    def consume(connection: Connection) -> Any:
        ada = actor(connection, "ada").id
        return actor(connection, "service").call(
            "backend.consume", user_id=ada, resource="ai_generations"
        )

    outcomes = race(database, [consume] * 20)
    assert refusals(outcomes) == [("PT402", "plan_limit_reached")] * 17
    assert sorted(told["used"] for told in outcomes if isinstance(told, dict)) == [1, 2, 3]
    with database.connect() as connection:
        assert left(actor(connection, "ada"), "ai_generations") == 0


def test_staff_give_months_of_a_plan_which_follow_each_other(
    db: Connection, ada: Actor, admiral: Actor
) -> None:
    first = admiral.call("grant_plan", username="ada", plan="studio", months=2, note="for the talk")
    again = admiral.call("grant_plan", username="ada", plan="studio", months=1)
    assert first["ends_at"] == again["starts_at"]
    told = ada.call("my_entitlements")
    assert (told["tier"], told["source"], told["ends_at"]) == ("studio", "staff", again["ends_at"])
    rows = db.execute(
        "select actor_id, target_id, details from private.audit_events"
        " where action = 'plan_granted' order by id"
    ).fetchall()
    assert [(row["actor_id"], row["target_id"]) for row in rows] == [(admiral.id, str(ada.id))] * 2
    assert rows[0]["details"] == {**first, "note": "for the talk"}


@pytest.mark.parametrize(
    ("given", "status", "token"),
    [
        ({"plan": "free"}, 404, "plan_not_found"),
        ({"plan": None}, 404, "plan_not_found"),
        ({"months": 0}, 422, "months_invalid"),
        ({"months": None}, 422, "months_invalid"),
        ({"months": 25}, 422, "months_invalid"),
        ({"note": "x" * 301}, 422, "note_too_long"),
        ({"username": "nobody"}, 404, "profile_not_found"),
    ],
    ids=str,
)
def test_staff_give_only_what_there_is(
    given: dict[str, Any], status: int, token: str, admiral: Actor
) -> None:
    with refused(status, token):
        admiral.call("grant_plan", **{"username": "ada", "plan": "pro", "months": 1, **given})


def test_who_is_leaving_is_given_nothing(db: Connection, ada: Actor, admiral: Actor) -> None:
    ada.call("delete_my_account", confirm_username="ada")
    with refused(404, "profile_not_found"):
        admiral.call("grant_plan", username="ada", plan="pro", months=1)


def test_only_admins_give_plans_and_change_what_they_give(modesty: Actor, ada: Actor) -> None:
    for person in (modesty, ada):
        with refused(403, "not_allowed"):
            person.call("grant_plan", username="ada", plan="pro", months=1)
        with refused(403, "not_allowed"):
            person.call("set_plan_limit", plan="free", resource="rooms", value=100)


def test_what_a_plan_gives_is_changed_on_record(db: Connection, ada: Actor, admiral: Actor) -> None:
    for _ in range(2):
        changed = admiral.call("set_plan_limit", plan="free", resource="mashups", value=None)
        assert changed == {"plan": "free", "resource": "mashups", "most": None}
    assert ada.call("my_entitlements")["limits"]["mashups"]["left"] is None
    rows = db.execute("select action, target_id, details from private.audit_events").fetchall()
    assert rows == [
        {
            "action": "plan_limit_changed",
            "target_id": "free",
            "details": {"resource": "mashups", "before": 5, "after": None},
        }
    ]
    with refused(422, "value_out_of_range"):
        admiral.call("set_plan_limit", plan="free", resource="mashups", value=-1)
    for plan, resource in (("free", "nonsense"), ("gold", "rooms"), (None, None)):
        with refused(404, "plan_limit_not_found"):
            admiral.call("set_plan_limit", plan=plan, resource=resource, value=1)


def test_every_plan_says_what_it_gives_of_everything(db: Connection) -> None:
    missing = db.execute(
        "select plan.code, kind.code from public.plans as plan, public.plan_resources as kind"
        " where not exists (select from public.plan_limits as row"
        "  where row.plan = plan.code and row.resource = kind.code)"
    ).fetchall()
    assert missing == []
