"""Credits come in lots that live for a year."""

from __future__ import annotations

from tests.database import Actor, Connection, actor


def grant(db: Connection, somebody: Actor, amount: int, cause: str, ends_in: str) -> None:
    db.execute(
        "insert into public.credit_entries (user_id, kind, amount, cause, expires_at)"
        " values (%s, 'earned_quest', %s, %s, now() + %s::interval)",
        [somebody.id, amount, cause, ends_in],
    )


def test_who_has_earned_nothing_has_nothing(ada: Actor) -> None:
    assert ada.call("my_credits") == {"balance": 0, "expiring_next": None}
    assert ada.rows("credit_history") == []


def test_credits_are_granted_once_a_cause_and_live_for_a_year(db: Connection, ada: Actor) -> None:
    for _ in range(3):
        db.execute("select private.grant_credits(%s, 'earned_quest', 7, 'quest:1')", [ada.id])
    (row,) = ada.rows("credit_history")
    assert (row["kind"], row["amount"], row["cause"]) == ("earned_quest", 7, "quest:1")
    assert (row["expires_at"] - row["created_at"]).days == 365
    told = ada.call("my_credits")
    assert (told["balance"], told["expiring_next"]["amount"]) == (7, 7)


def test_what_ends_next_is_told_and_what_is_over_counts_no_more(db: Connection, ada: Actor) -> None:
    for amount, cause, ends_in in (
        (5, "a", "2 days"), (3, "b", "1 day"), (4, "c", "1 day"), (9, "d", "-1 second"),
    ):  # fmt: skip
        grant(db, ada, amount, cause, ends_in)
    told = ada.call("my_credits")
    assert (told["balance"], told["expiring_next"]["amount"]) == (12, 7)


def test_what_is_over_is_written_off_once(db: Connection, ada: Actor) -> None:
    grant(db, ada, 9, "old", "-1 second")
    grant(db, ada, 8, "older", "-1 day")
    grant(db, ada, 5, "new", "1 day")
    service = actor(db, "service")
    assert [service.call("backend.expire_credits", size=1) for _ in range(3)] == [1, 1, 0]
    assert sorted(row["amount"] for row in ada.rows("credit_history")) == [-9, -8, 5, 8, 9]
    assert ada.call("my_credits")["balance"] == 5


def test_credits_page_newest_first(db: Connection, ada: Actor) -> None:
    for number in range(5):
        grant(db, ada, number + 1, str(number), "1 day")
    found: list[int] = []
    after = None
    while page := ada.rows("credit_history", after=after, page_size=2):
        found += [row["amount"] for row in page]
        after = page[-1]["cursor"]
    assert found == [5, 4, 3, 2, 1]
