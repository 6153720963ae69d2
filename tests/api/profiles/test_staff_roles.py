"""Staff: super admins give and take roles, and one of them always stays."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.database import Actor, Connection, Database, actor, forbidden, person_id, refused
from tests.races import race, refusals

ROLES = ("moderator", "admin", "super_admin")


def roles(db: Connection) -> dict[str, str]:
    rows = db.execute(
        "select username, role from private.staff join public.profiles on id = user_id"
    ).fetchall()
    return {row["username"]: row["role"] for row in rows}


def trail(db: Connection) -> list[tuple[Any, str, str, Any]]:
    rows = db.execute("select * from private.audit_events order by id").fetchall()
    return [(row["actor_id"], row["action"], row["target_id"], row["details"]) for row in rows]


@pytest.mark.parametrize("name", ["stranger", "ada", "modesty", "admiral"])
def test_only_super_admins_give_and_take_roles(cast: Any, db: Connection, name: str) -> None:
    before = roles(db)
    somebody = cast(name)
    for username in ("stranger", "modesty", "rooty", name):
        for role in ROLES:
            with refused(403, "not_allowed"):
                somebody.call("grant_staff_role", username=username, role=role)
        with refused(403, "not_allowed"):
            somebody.call("revoke_staff_role", username=username)
    assert (roles(db), trail(db)) == (before, [])


def test_nobody_without_a_sign_in_does(visitor: Actor, service: Actor) -> None:
    for nobody in (visitor, service):
        with forbidden():
            nobody.call("grant_staff_role", username="ada", role="admin")
        with forbidden():
            nobody.call("revoke_staff_role", username="rooty")


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_given_changed_and_taken_on_record(
    rooty: Actor, ben: Actor, db: Connection, role: str
) -> None:
    assert rooty.call("grant_staff_role", username=" BEN ", role=role) == {
        "username": "ben",
        "role": role,
    }
    assert ben.call("my_account")["staff_role"] == roles(db)["ben"] == role
    assert rooty.call("revoke_staff_role", username="ben") == {"username": "ben", "role": None}
    assert "ben" not in roles(db)
    assert trail(db) == [
        (rooty.id, "staff_role_changed", str(ben.id), {"before": None, "after": role}),
        (rooty.id, "staff_role_changed", str(ben.id), {"before": role, "after": None}),
    ]


def test_repeating_changes_nothing(rooty: Actor, db: Connection) -> None:
    before = db.execute("select * from private.staff order by user_id").fetchall()
    rooty.call("grant_staff_role", username="modesty", role="moderator")
    rooty.call("grant_staff_role", username="rooty", role="super_admin")
    rooty.call("revoke_staff_role", username="ben")
    assert db.execute("select * from private.staff order by user_id").fetchall() == before
    assert trail(db) == []


def test_a_role_is_what_it_says_and_no_more(
    rooty: Actor, ben: Actor, ada: Actor, cleo: Actor
) -> None:
    ada.call("block", username="ben")
    with refused(404, "profile_not_found"):
        ben.call("profile_page", username="ada")
    rooty.call("grant_staff_role", username="ben", role="moderator")
    assert ben.call("profile_page", username="ada")["profile"]["username"] == "ada"
    with refused(403, "not_allowed"):
        ben.call("set_feature", name="social", is_enabled=False)
    rooty.call("grant_staff_role", username="ben", role="admin")
    ben.call("set_feature", name="social", is_enabled=False)
    with refused(403, "not_allowed"):
        ben.call("grant_staff_role", username="cleo", role="moderator")
    rooty.call("revoke_staff_role", username="ben")
    with refused(404, "profile_not_found"):
        ben.call("profile_page", username="ada")


def test_who_is_leaving_is_no_staff_until_they_are_back(modesty: Actor, ada: Actor) -> None:
    ada.call("block", username="modesty")
    assert modesty.call("profile_page", username="ada")["profile"]["username"] == "ada"
    modesty.call("delete_my_account", confirm_username="modesty")
    with refused(404, "profile_not_found"):
        modesty.call("profile_page", username="ada")
    modesty.call("restore_my_account")
    assert modesty.call("profile_page", username="ada")["profile"]["username"] == "ada"


@pytest.mark.parametrize("role", [None, "", "owner", "Admin", "super admin", "x" * 10_000])
def test_an_unknown_role_is_refused(rooty: Actor, db: Connection, role: str | None) -> None:
    before = roles(db)
    with refused(422, "role_unknown"):
        rooty.call("grant_staff_role", username="ben", role=role)
    assert roles(db) == before


@pytest.mark.parametrize("username", [None, "", "nobody", "x" * 10_000])
def test_nobody_gets_no_role(rooty: Actor, username: str | None) -> None:
    with refused(404, "profile_not_found"):
        rooty.call("grant_staff_role", username=username, role="admin")
    with refused(404, "profile_not_found"):
        rooty.call("revoke_staff_role", username=username)


def test_the_last_super_admin_keeps_the_role(rooty: Actor, ben: Actor, db: Connection) -> None:
    with refused(409, "last_super_admin"):
        rooty.call("revoke_staff_role", username="rooty")
    for role in ("moderator", "admin"):
        with refused(409, "last_super_admin"):
            rooty.call("grant_staff_role", username="rooty", role=role)
    with refused(409, "last_super_admin"):
        rooty.call("delete_my_account", confirm_username="rooty")
    assert roles(db)["rooty"] == "super_admin"
    rooty.call("grant_staff_role", username="ben", role="super_admin")
    rooty.call("revoke_staff_role", username="rooty")
    with refused(409, "last_super_admin"):
        ben.call("revoke_staff_role", username="ben")


def test_a_super_admin_who_is_leaving_does_not_count(rooty: Actor, ben: Actor) -> None:
    rooty.call("grant_staff_role", username="ben", role="super_admin")
    ben.call("delete_my_account", confirm_username="ben")
    with refused(409, "last_super_admin"):
        rooty.call("revoke_staff_role", username="rooty")
    with refused(403, "account_deactivated"):
        ben.call("revoke_staff_role", username="rooty")
    ben.call("restore_my_account")
    ben.call("revoke_staff_role", username="rooty")


def test_the_first_super_admin_is_made_by_the_owner_once(db: Connection) -> None:
    with refused(409, "super_admin_exists"), db.transaction():
        db.execute("select private.make_first_super_admin('ben')")
    db.execute("delete from private.staff where role = 'super_admin'")
    with refused(404, "profile_not_found"), db.transaction():
        db.execute("select private.make_first_super_admin('nobody')")
    db.execute("select private.make_first_super_admin(' Ben ')")
    assert roles(db)["ben"] == "super_admin"
    assert trail(db) == [
        (
            None,
            "staff_role_changed",
            str(person_id("ben")),
            {"before": None, "after": "super_admin"},
        )
    ]
    actor(db, "ben").call("grant_staff_role", username="ada", role="admin")


def test_staff_can_be_promoted_to_the_first_super_admin(db: Connection) -> None:
    db.execute("delete from private.staff where role = 'super_admin'")
    db.execute("select private.make_first_super_admin('admiral')")
    assert roles(db) == {"modesty": "moderator", "admiral": "super_admin"}


@pytest.mark.parametrize("name", ["rooty", "stranger", "visitor", "service"])
def test_nobody_else_makes_the_first_super_admin_or_sets_roles(cast: Any, name: str) -> None:
    for statement in (
        "select private.make_first_super_admin('stranger')",
        f"select private.set_staff_role('{person_id('stranger')}', 'super_admin', null)",
        f"insert into private.staff values ('{person_id('stranger')}', 'super_admin')",
        "update private.staff set role = 'super_admin'",
        "delete from private.staff",
        "select * from private.staff",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cast(name).run(statement)


def test_two_super_admins_who_revoke_each_other_leave_one(database: Database) -> None:
    with database.connect() as connection:
        for _ in range(6):
            actor(connection, "rooty").call("grant_staff_role", username="ben", role="super_admin")
            outcomes = race(
                database,
                [
                    lambda each: actor(each, "rooty").call("revoke_staff_role", username="ben"),
                    lambda each: actor(each, "ben").call("revoke_staff_role", username="rooty"),
                ],
            )
            assert refusals(outcomes) == [("PT403", "not_allowed")]
            left = [name for name, role in roles(connection).items() if role == "super_admin"]
            assert len(left) == 1
            connection.execute("delete from private.staff where role = 'super_admin'")
            connection.execute("select private.make_first_super_admin('rooty')")


def test_super_admins_who_all_leave_at_once_leave_one(database: Database) -> None:
    names = ("rooty", "ada", "ben", "cleo")
    with database.connect() as connection:
        for name in names[1:]:
            actor(connection, "rooty").call("grant_staff_role", username=name, role="super_admin")

        def leave(each: Connection, name: str) -> str:
            actor(each, name).call("delete_my_account", confirm_username=name)
            return "left"

        def resign(each: Connection, name: str) -> str:
            actor(each, name).call("revoke_staff_role", username=name)
            return "left"

        outcomes = race(
            database,
            [
                lambda each: leave(each, "rooty"),
                lambda each: resign(each, "ada"),
                lambda each: leave(each, "ben"),
                lambda each: resign(each, "cleo"),
            ],
        )
        assert outcomes.count("left") == 3
        assert refusals(outcomes) == [("PT409", "last_super_admin")]
        row = connection.execute(
            "select count(*) as n from private.staff where role = 'super_admin' and not exists"
            " (select from private.hidden_profiles where profile_id = user_id)"
        ).fetchone()
        assert row == {"n": 1}


def test_two_owners_at_once_make_one_first_super_admin(database: Database) -> None:
    with database.connect() as connection:
        connection.execute("delete from private.staff")

    def make(each: Connection, name: str) -> str:
        each.execute("select private.make_first_super_admin(%s)", [name])
        return name

    outcomes = race(database, [lambda each: make(each, "ada"), lambda each: make(each, "ben")] * 2)
    assert refusals(outcomes) == [("PT409", "super_admin_exists")] * 3
