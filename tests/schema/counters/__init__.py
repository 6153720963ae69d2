"""Totals follow facts: every counter and derived row, recomputed from the rows it stands for."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.schema.counters import (
    badges,
    boards,
    catalogue,
    commerce_earnings,
    commerce_orders,
    detections,
    profiles,
    progression,
    rooms,
    social,
    trust,
)

# Each query returns the rows that are wrong.
LAWS = {
    **profiles.LAWS,
    **catalogue.LAWS,
    **social.LAWS,
    **rooms.LAWS,
    **progression.LAWS,
    **boards.LAWS,
    **badges.LAWS,
    **commerce_orders.LAWS,
    **commerce_earnings.LAWS,
    **detections.LAWS,
    **trust.LAWS,
}


def counter_laws(connection: psycopg.Connection[Any]) -> list[str]:
    """What does not follow from the facts; empty when every total is right."""
    # What a transaction that is not over yet still has to pay is paid first.
    connection.execute("set constraints all immediate")
    connection.execute("set constraints all deferred")
    wrong = []
    for law, query in LAWS.items():
        rows = connection.execute(query.encode()).fetchmany(3)
        if rows:
            wrong.append(f"{law}: {rows}")
    return wrong
