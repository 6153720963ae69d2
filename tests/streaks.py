"""Streaks, as tests keep and look at them."""

from __future__ import annotations

import uuid
from datetime import datetime

from tests.database import Actor, Connection

LOOK = """
  select current, longest, freezes, last_period::text as last_period
  from public.streaks where user_id = %s and kind = %s
"""


def live_in(db: Connection, somebody: Actor, zone: str) -> None:
    """Set their time zone."""
    db.execute("update public.profiles set time_zone = %s where id = %s", [zone, somebody.id])


def live_at_noon(db: Connection, somebody: Actor) -> None:
    """Set a time zone in which it is about noon, so that no day ends while a test runs."""
    db.execute(
        "update public.profiles set time_zone = 'Etc/GMT'"
        " || to_char(extract(hour from now() at time zone 'UTC') - 12, 'FMSG90') where id = %s",
        [somebody.id],
    )


def keep(db: Connection, somebody: Actor, at: str | datetime, kind: str = "login") -> bool:
    """Do something at a moment: by the clock of their own zone, unless it names one."""
    row = db.execute(
        "select private.keep_streak(profile.id, %s, case when %s then %s::timestamptz"
        " else %s::timestamp at time zone profile.time_zone end) as counts"
        " from public.profiles as profile where profile.id = %s",
        [kind, isinstance(at, datetime) or at[-3] in "+-", str(at), str(at)[:26], somebody.id],
    ).fetchone()
    assert row is not None
    return bool(row["counts"])


def look(db: Connection, person: uuid.UUID | None, kind: str = "login") -> tuple[int, int, int]:
    """What is written of a streak: current, longest, freezes."""
    row = db.execute(LOOK, [person, kind]).fetchone()
    return (row["current"], row["longest"], row["freezes"]) if row else (0, 0, 0)
