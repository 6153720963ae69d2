"""backend.erase_due_accounts: who cannot be erased yet comes again, after the others."""

from __future__ import annotations

import pytest

from tests.database import Actor, Connection


@pytest.fixture(autouse=True)
def _ben_and_then_cleo_are_due(db: Connection, ben: Actor, cleo: Actor) -> None:
    for person, days in ((ben, 2), (cleo, 1)):
        person.call("delete_my_account", confirm_username=person.name)
        db.execute(
            "update private.account_deletions set erase_after = now() - make_interval(days => %s)"
            " where user_id = %s",
            [days, person.id],
        )


def erase_one(service: Actor) -> tuple[object, bool]:
    """Ask for one account; who it was, and whether it is erased."""
    (row,) = service.rows("backend.erase_due_accounts", size=1)
    return row["user_id"], row["is_erased"]


def test_who_has_files_comes_again_after_the_others(
    db: Connection, service: Actor, ben: Actor, cleo: Actor
) -> None:
    db.execute(
        "insert into storage.objects (bucket_id, name) values ('avatars', %s)", [f"{ben.id}/a.png"]
    )
    assert erase_one(service) == (ben.id, False)
    assert erase_one(service) == (cleo.id, True)
    assert erase_one(service) == (ben.id, False)
    db.execute("delete from storage.objects where name = %s", [f"{ben.id}/a.png"])
    assert erase_one(service) == (ben.id, True)
    assert service.rows("backend.erase_due_accounts") == []


def test_whose_erasure_fails_comes_again_after_the_others(
    db: Connection, service: Actor, ben: Actor, cleo: Actor
) -> None:
    db.execute("create table public.debts (user_id uuid references public.profiles)")
    db.execute("insert into public.debts values (%s)", [ben.id])
    assert erase_one(service) == (ben.id, False)
    assert erase_one(service) == (cleo.id, True)
    db.execute("delete from public.debts")
    assert erase_one(service) == (ben.id, True)
