"""accrue-royalties: posts what the plays of each month that is over have earned."""

from pydantic import TypeAdapter

from backbeat.database import Database

MONTHS = TypeAdapter(list[str])
COUNT = TypeAdapter(int)


def accrue_royalties(database: Database) -> dict[str, object]:
    """Return `{months, rows}`: what was still to be paid, and how many tracks were; else nothing.

    A month that was missed is paid the next time, each in a transaction of its own.
    """
    months = database.call("months_to_accrue", {}, MONTHS, is_idempotent=True)
    rows = [
        database.call("accrue_royalties", {"month": month}, COUNT, is_idempotent=True)
        for month in months
    ]
    return {"months": months, "rows": sum(rows)}
