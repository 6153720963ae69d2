"""Checks of the access matrix of notifications: everybody reads their own alone."""

from __future__ import annotations

from tests.database import forbidden, person_id
from tests.policies.checks import Stage, check

# What ben has of each; nobody else has any.
OWN = {
    "public.notification_preferences": (
        "user_id",
        "insert into public.notification_preferences values (%s, 'like', 'push', true)",
    ),
    "public.quiet_hours": (
        "user_id",
        "insert into public.quiet_hours values (%s, '22:00', '07:00')",
    ),
    "public.push_tokens": (
        "user_id",
        "insert into public.push_tokens (user_id, token, platform)"
        " values (%s, 'ExponentPushToken[ben]', 'ios')",
    ),
    "public.notifications": (
        "recipient_id",
        "insert into public.notifications (recipient_id, kind) values (%s, 'badge')",
    ),
}


def _only_for_ben(stage: Stage, table: str) -> None:
    column, insert = OWN[table]
    stage.owner(f"delete from {table}")
    stage.owner(insert, person_id("ben"))
    rows = stage.ben.run(f"select {column} from {table}")
    assert rows == [{column: person_id("ben")}]
    for name in ("ada", "stranger", "modesty", "rooty"):
        assert stage.actor(name).run(f"select {column} from {table}") == [], name
    with forbidden():
        stage.visitor.run(f"select {column} from {table}")


@check("public.notifications")
def people_read_their_own_notifications_alone(stage: Stage) -> None:
    _only_for_ben(stage, "public.notifications")


@check("public.notification_preferences")
def people_read_their_own_preferences_alone(stage: Stage) -> None:
    _only_for_ben(stage, "public.notification_preferences")


@check("public.quiet_hours")
def people_read_their_own_quiet_hours_alone(stage: Stage) -> None:
    _only_for_ben(stage, "public.quiet_hours")


@check("public.push_tokens")
def people_read_their_own_devices_alone(stage: Stage) -> None:
    _only_for_ben(stage, "public.push_tokens")
