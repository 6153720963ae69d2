"""change_username: once in seven days, and the old name stays its holder's for thirty."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.database import CAST, Actor, Connection, Database, actor, person_id, refused, sign_up
from tests.races import race, refusals, wait_until_blocked

DAY = 86_400


def let_pass(db: Connection, days: float) -> None:
    """As if so much time had gone by."""
    db.execute(
        "update private.username_claims set"
        " changed_at = changed_at - make_interval(secs => %(s)s),"
        " reserved_until = reserved_until - make_interval(secs => %(s)s)",
        {"s": days * DAY},
    )


def username(db: Connection, name: str) -> str:
    row = db.execute("select username from public.profiles where id = %s", [person_id(name)])
    return str((row.fetchone() or {})["username"])


def rename(somebody: Actor, wanted: str | None) -> str:
    return str(somebody.call("change_username", username=wanted)["username"])


def test_a_person_takes_another_username(ben: Actor, cleo: Actor) -> None:
    assert rename(ben, "  Benjamin_7 ") == "benjamin_7"
    assert cleo.call("profile_page", username="benjamin_7")["profile"]["id"] == str(ben.id)
    with refused(404, "profile_not_found"):
        cleo.call("profile_page", username="ben")


@pytest.mark.parametrize("wanted", ["b_7", "_" * 3, "b" * 30])
def test_three_to_thirty_characters_make_a_username(ben: Actor, wanted: str) -> None:
    assert rename(ben, wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        " ",
        "ab",
        "a" * 31,
        "a b",
        "bén",
        "ben!",
        "benny\n",
        "ben-1",
        "😀😀😀",
        "x" * 10_000,
    ],
)
def test_an_unfit_username_is_refused(ben: Actor, db: Connection, wanted: str | None) -> None:
    with refused(422, "username_invalid"):
        rename(ben, wanted)
    assert username(db, "ben") == "ben"


@pytest.mark.parametrize("wanted", ["ada", "ADA", "admin", "deleted", "support"])
def test_a_username_that_is_taken_or_reserved_is_refused(
    ben: Actor, db: Connection, wanted: str
) -> None:
    with refused(409, "username_taken"):
        rename(ben, wanted)
    assert username(db, "ben") == "ben"
    assert rename(ben, "benjamin") == "benjamin"


def test_the_same_username_again_changes_nothing(ben: Actor) -> None:
    assert rename(ben, "ben") == "ben"
    rename(ben, "benjamin")
    assert rename(ben, "Benjamin") == "benjamin"


def test_a_second_change_waits_for_seven_days(ben: Actor, db: Connection) -> None:
    rename(ben, "benjamin")
    with refused(429, "username_changed_recently") as caught:
        rename(ben, "benny")
    assert caught.value.diag.message_hint == str(7 * DAY)
    let_pass(db, 6)
    with refused(429, "username_changed_recently") as caught:
        rename(ben, "benny")
    assert caught.value.diag.message_hint == str(DAY)
    let_pass(db, 1)
    assert rename(ben, "benny") == "benny"


def test_a_refused_change_does_not_start_the_seven_days(ben: Actor) -> None:
    with refused(409, "username_taken"):
        rename(ben, "ada")
    assert rename(ben, "benjamin") == "benjamin"


def test_the_old_username_is_nobody_elses_for_thirty_days(
    ben: Actor, cleo: Actor, db: Connection
) -> None:
    rename(ben, "benjamin")
    let_pass(db, 29.9)
    with refused(409, "username_taken"):
        rename(cleo, "ben")
    newcomer = uuid.uuid4()
    sign_up(db, newcomer, "newcomer@backbeat.test", {"username": "ben"})
    row = db.execute("select username from public.profiles where id = %s", [newcomer]).fetchone()
    assert row is not None
    assert row["username"].startswith("user_")
    let_pass(db, 0.2)
    assert rename(cleo, "ben") == "ben"


def test_a_newcomer_may_have_it_after_thirty_days(ben: Actor, db: Connection) -> None:
    rename(ben, "benjamin")
    let_pass(db, 30)
    newcomer = uuid.uuid4()
    sign_up(db, newcomer, "newcomer@backbeat.test", {"username": "ben"})
    row = db.execute("select username from public.profiles where id = %s", [newcomer]).fetchone()
    assert row == {"username": "ben"}
    let_pass(db, 100)
    with refused(409, "username_taken"):
        rename(ben, "ben")


def test_a_person_takes_their_own_old_username_back(ben: Actor, db: Connection) -> None:
    rename(ben, "benjamin")
    let_pass(db, 7)
    assert rename(ben, "ben") == "ben"
    let_pass(db, 7)
    assert rename(ben, "benjamin") == "benjamin"
    rows = db.execute(
        "select username from private.username_claims where profile_id = %s and is_current",
        [ben.id],
    ).fetchall()
    assert rows == [{"username": "benjamin"}]


def test_admins_tune_both_windows(ben: Actor, cleo: Actor, admiral: Actor) -> None:
    admiral.call("set_setting", name="username_change_days", value=0)
    admiral.call("set_setting", name="username_reserved_days", value=0)
    rename(ben, "benjamin")
    assert rename(ben, "benny") == "benny"
    assert rename(cleo, "ben") == "ben"


def test_it_takes_a_sign_in(visitor: Actor, service: Actor) -> None:
    for nobody in (visitor, service):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rename(nobody, "nobody")


def test_sixteen_who_want_one_username_have_one_winner(database: Database) -> None:
    names = [name for name in CAST if name != "ada"]

    def job(name: str) -> Callable[[Connection], str]:
        return lambda connection: rename(actor(connection, name), "the_one")

    with database.connect() as connection:
        for number in range(16 - len(names)):
            name = f"fan{number}"
            sign_up(connection, person_id(name), f"{name}@backbeat.test", {"username": name})
            names.append(name)
    outcomes = race(database, [job(name) for name in names])
    assert outcomes.count("the_one") == 1
    assert refusals(outcomes) == [("PT409", "username_taken")] * 15
    with database.connect() as connection:
        row = connection.execute(
            "select count(*) filter (where claim.username <> profile.username) as wrong,"
            " count(*) filter (where profile.username = 'the_one') as bearers, count(*) as people"
            " from public.profiles as profile"
            " left join private.username_claims as claim"
            "   on claim.profile_id = profile.id and claim.is_current"
        ).fetchone()
    assert row == {"wrong": 0, "bearers": 1, "people": 17}


def test_who_wants_to_swap_usernames_is_refused_not_deadlocked(database: Database) -> None:
    outcomes = race(
        database,
        [
            lambda connection: rename(actor(connection, "ben"), "cleo"),
            lambda connection: rename(actor(connection, "cleo"), "dan"),
            lambda connection: rename(actor(connection, "dan"), "ben"),
        ]
        * 4,
    )
    assert set(refusals(outcomes)) == {("PT409", "username_taken")}
    assert len(refusals(outcomes)) == 12


def test_one_person_on_many_connections_changes_once(database: Database) -> None:
    def job(number: int) -> Callable[[Connection], str]:
        return lambda connection: rename(actor(connection, "ben"), f"benjamin{number}")

    outcomes = race(database, [job(number) for number in range(8)])
    assert refusals(outcomes) == [("PT429", "username_changed_recently")] * 7


def test_a_new_name_waits_for_nobody_who_refers_to_its_bearer(database: Database) -> None:
    """Who follows them has their profile in hand, and is about to count: neither waits in vain."""
    follower, renamed = sorted(("ben", "cleo"), key=person_id)
    with (
        database.connect(autocommit=False) as gate,
        database.connect() as following,
        database.connect() as renaming,
        database.connect() as watcher,
        ThreadPoolExecutor(1) as pool,
    ):
        gate.execute(
            "select from public.profiles where id = %s for no key update", [person_id(follower)]
        )
        followed = pool.submit(actor(following, follower).call, "follow", username=renamed)
        wait_until_blocked(watcher, following)
        renaming.execute("set lock_timeout = '10s'")
        try:
            assert rename(actor(renaming, renamed), "another") == "another"
        finally:
            gate.rollback()
        assert followed.result(timeout=120) == {"state": "following"}
