"""Accounts that are erased while somebody reports, or decides about what they are tied to."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest

from tests.api.profiles.deeds import rows_left
from tests.catalogue import make_upload
from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import refusals, wait_until_blocked_or_done
from tests.trust import case_of, grow_up, impose, loosen, report

ERASE = "delete from auth.users where id = %s"
Ids = dict[str, Any]


def set_stage(db: Connection) -> Ids:
    """Eve has reported ben's posts, ben himself and ada's track; ben appeals against a ban."""
    loosen(db)
    grow_up(db, "ada", "ben", "eve")
    ben, eve = actor(db, "ben"), actor(db, "eve")
    post, decided = ben.post(), ben.post()
    for target in (post, decided):
        report(eve, "post", target)
    actor(db, "admiral").call("decide_case", case_id=case_of(db, decided)["id"], action="hide")
    report(eve, "profile", ben.id)
    track = make_upload(db, artist="ada")
    report(eve, "track", track, "ai_generated")
    sanction = impose(db, "ben", by="admiral")
    ben.call("appeal", sanction_id=sanction, text="no")
    return {
        "post": post, "ben": ben.id, "track": track, "sanction": sanction,
        "case of post": case_of(db, post)["id"], "case of decided": case_of(db, decided)["id"],
        "case of ben": case_of(db, ben.id)["id"],
        "case of track": case_of(db, track, "ai_generated")["id"],
    }  # fmt: skip


def decide(about: str, action: str) -> Callable[[Actor, Ids], Any]:
    """Let a moderator decide the case about something."""
    return lambda who, ids: who.call("decide_case", case_id=ids[f"case of {about}"], action=action)


ACTS: dict[str, tuple[Callable[[Actor, Ids], Any], str]] = {
    "dismiss a post": (decide("post", "dismiss"), "ben eve"),
    "hide a post": (decide("post", "hide"), "ben eve"),
    "delete a post": (decide("post", "delete"), "ben eve"),
    "ban an author": (decide("post", "ban"), "ben eve"),
    "hide a profile": (decide("ben", "hide"), "ben eve"),
    "dismiss a machine": (decide("track", "dismiss"), "ada eve"),
    "claim": (
        lambda who, ids: who.call("claim_case", case_id=ids["case of post"]), "ben eve"
    ),
    "reopen": (
        lambda who, ids: who.call("reopen_case", case_id=ids["case of decided"]),
        "ben eve admiral",
    ),
    "uphold": (
        lambda who, ids: who.call("decide_appeal", sanction_id=ids["sanction"], uphold=True),
        "ben admiral",
    ),
    "lift": (
        lambda who, ids: who.call("lift_sanction", sanction_id=ids["sanction"]), "ben admiral"
    ),
    "report a post": (lambda who, ids: report(who, "post", ids["post"]), "ben eve"),
    "report a profile": (lambda who, ids: report(who, "profile", ids["ben"]), "ben"),
    "report a track": (lambda who, ids: report(who, "track", ids["track"], "ai_generated"), "ada"),
}  # fmt: skip
PAIRS = [(act, gone) for act, (_, names) in ACTS.items() for gone in names.split()]


@pytest.fixture(scope="module")
def staged(clone: Callable[[str], Database], template: str) -> tuple[str, Ids]:
    """A database where there is something to decide, and what is there by name."""
    made = clone(template)
    with made.connect() as connection:
        return made.name, set_stage(connection)


def both(
    database: Database,
    first: Callable[[Connection], Any],
    second: Callable[[Connection], Any],
    rest: Callable[[Connection], Any],
) -> list[Any]:
    """Do a second thing while a first is not committed, then the rest of the first; the errors."""
    errors: list[Any] = []

    def run(own: Connection) -> None:
        try:
            second(own)
        except psycopg.Error as error:
            errors.append(error)

    with (
        database.connect(autocommit=False) as begun,
        database.connect() as own,
        database.connect() as watcher,
    ):
        first(begun)
        thread = threading.Thread(target=run, args=(own,))
        thread.start()
        try:
            wait_until_blocked_or_done(watcher, own, thread)
            rest(begun)
            begun.commit()
        finally:
            with suppress(psycopg.Error):
                begun.rollback()
            thread.join(60)
    return errors


@pytest.mark.parametrize("moment", ["erased first", "half erased", "erased after"])
@pytest.mark.parametrize(("name", "gone"), PAIRS)
def test_who_is_erased_meanwhile_leaves_nothing_and_nobody_meets_a_fault(
    name: str,
    gone: str,
    moment: str,
    clone: Callable[[str], Database],
    staged: tuple[str, Ids],
) -> None:
    template, ids = staged
    database = clone(template)
    identity = person_id(gone)

    def act(connection: Connection) -> None:
        ACTS[name][0](actor(connection, "modesty"), ids)

    def erase(connection: Connection) -> None:
        connection.execute(ERASE, [identity])

    def lock(connection: Connection) -> None:
        connection.execute("select private.lock_ties(%s)", [[identity]])

    def nothing(connection: Connection) -> None:
        pass

    first, second, rest = {
        "erased first": (erase, act, nothing),
        "half erased": (lock, act, erase),
        "erased after": (act, erase, nothing),
    }[moment]
    refused = refusals(both(database, first, second, rest))
    # Whoever decides is refused as for what or who is gone; the erasure never is.
    assert [why for why in refused if why[0] != "PT404" and why[1] != "nobody_to_sanction"] == []
    assert moment != "erased after" or refused == []
    with database.connect() as db:
        assert rows_left(db, gone) == {}
        copies = db.execute(
            "select from public.reports where copy::text like %s", [f"%{identity}%"]
        ).fetchall()
        assert copies == []
    database.drop()
