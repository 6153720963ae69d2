"""Entries of the ledger for tests, and what they come to."""

from __future__ import annotations

from typing import Any

from tests.database import Connection, person_id

_PURPOSES = {"provider": "stripe_clearing", "seller": "payable", "buyer": "held"}


def post(
    connection: Connection, kind: str, cause: str, amounts: dict[str, int], currency: str = "USD"
) -> int | None:
    """Write an entry: {"provider": 1000, "fees": -100, "seller ada": -900}; its id, or nothing."""
    postings = []
    for account, amount in amounts.items():
        owner, _, name = account.partition(" ")
        kept_by = owner if owner in _PURPOSES else "platform"
        purpose = _PURPOSES.get(owner, owner)
        postings.append((kept_by, person_id(name) if name else None, purpose, currency, amount))
    rows = ", ".join(["row(%s, %s, %s, %s, %s)::private.posting"] * len(postings))
    values: list[Any] = [value for posting in postings for value in posting]
    row = connection.execute(
        f"select private.post_entry(%s, %s, array[{rows}]::private.posting[]) as id",
        [kind, cause, *values],
    ).fetchone()
    assert row is not None
    return None if row["id"] is None else int(row["id"])


def balance(
    connection: Connection,
    purpose: str = "payable",
    name: str | None = None,
    *,
    currency: str = "USD",
) -> int:
    """What an account comes to: of the platform or the provider, or somebody's."""
    if purpose == "stripe_clearing":
        kind = "provider"
    elif name is None:
        kind = "platform"
    else:
        kind = "buyer" if purpose == "held" else "seller"
    row = connection.execute(
        "select private.balance(%s, %s, %s, %s) as minor",
        [kind, person_id(name) if name else None, purpose, currency],
    ).fetchone()
    assert row is not None
    return int(row["minor"])
