"""Plans that people of the tests have."""

from __future__ import annotations

from tests.database import Connection, person_id


def give_plan(connection: Connection, name: str, plan: str, months: int = 1) -> None:
    """Entitle somebody to a plan from now on."""
    connection.execute(
        "select private.grant_entitlement(%s, %s, 'staff', %s)", [person_id(name), plan, months]
    )
