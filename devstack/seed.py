"""The small community of `make up`: supabase/seed.sql, applied by the Supabase CLI."""

from __future__ import annotations

from typing import TYPE_CHECKING

from devstack import migrate

if TYPE_CHECKING:
    from devstack.stack import Stack

PASSWORD = "backbeat-demo-1"
# An artist, a fan, and the super admin.
NAMES = ("ada", "ben", "hana")


def seed(stack: Stack) -> list[tuple[str, str]]:
    """Apply the seed to a stack's empty database; return sign-ins as (e-mail, password)."""
    migrate.push(stack.database_url, include_seed=True)
    if stack.settings.needs_detector:
        # The seed itself counts on no functions.
        with stack.server.connect("postgres") as connection:
            connection.execute(
                "update private.settings set value = 0 where name = 'publish_without_detection'"
            )
    return [(f"{name}@example.com", PASSWORD) for name in NAMES]
