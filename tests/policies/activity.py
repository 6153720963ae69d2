"""Checks of the access matrix of activity: everybody reads their own rows alone."""

from __future__ import annotations

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check

EVENT = (
    "insert into public.activity_events (actor_id, kind, collapse_key, bucket)"
    " values (%s, 'badge_earned', 'x', 1) returning id"
)


def _only_for_ben(stage: Stage, table: str, column: str) -> None:
    assert stage.ben.run(f"select {column} from {table}") == [{column: person_id("ben")}]
    for name in ("ada", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run(f"select {column} from {table}") == [], name
    with forbidden():
        stage.visitor.run(f"select {column} from {table}")


@check("public.activity_events")
def people_read_their_own_activity_alone(stage: Stage) -> None:
    stage.owner("delete from public.activity_events")
    stage.value(EVENT, person_id("ben"))
    _only_for_ben(stage, "public.activity_events", "actor_id")


@check("public.activity_reactions")
def people_read_their_own_reactions_to_activity_alone(stage: Stage) -> None:
    event = stage.value(EVENT, person_id("cleo"))
    stage.owner(
        "insert into public.activity_reactions (event_id, user_id, reaction)"
        " values (%s, %s, 'clap')",
        event,
        person_id("ben"),
    )
    _only_for_ben(stage, "public.activity_reactions", "user_id")
