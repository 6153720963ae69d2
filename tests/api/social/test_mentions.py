"""Whoever names the same person again and again is heard so often alone."""

from __future__ import annotations

import uuid
from typing import Any

import psycopg
import pytest

from tests.api.social.test_told_of import comment
from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import race

LIMIT = 3


def limit(connection: Connection) -> None:
    """Three mentions, and none back for a day."""
    connection.execute("update private.rate_limit_rules set capacity = 1000")
    connection.execute(
        "update private.rate_limit_rules set capacity = %s, refill_seconds = 86400"
        " where action = 'mention'",
        [LIMIT],
    )


@pytest.fixture(autouse=True)
def limited(request: pytest.FixtureRequest) -> None:
    if "db" in request.fixturenames:
        limit(request.getfixturevalue("db"))


def kinds(who: Actor) -> dict[str, int]:
    """Of what somebody is told how often, things told together by how many they are."""
    found: dict[str, int] = {}
    for row in who.rows("my_notifications"):
        found[row["kind"]] = found.get(row["kind"], 0) + 1
    return found


def said(row: Any) -> list[str]:
    return [mention["username"] for mention in row["mentions"]]


def test_as_it_ships_five_mentions_of_a_person_are_told_and_then_five_an_hour(
    database: Database,
) -> None:
    with database.connect() as connection:
        row = connection.execute(
            "select capacity, refill_seconds from private.rate_limit_rules where action = 'mention'"
        ).fetchone()
    assert row == {"capacity": 5, "refill_seconds": 720}


def test_mentions_beyond_the_limit_are_said_and_not_told(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    for _ in range(LIMIT + 2):
        row = ben.call("create_comment", target_kind="post", target_id=post, body="hey @cleo")
        assert said(row) == ["cleo"]
    assert kinds(cleo) == {"mention": LIMIT}
    # Whom ben has named less, and whom somebody else names, are told.
    comment(ben, post, "@cleo @dan")
    comment(ada, post, "@cleo")
    assert kinds(actor(db, "dan")) == {"mention": 1}
    assert kinds(cleo) == {"mention": LIMIT + 1}


def test_a_mention_comes_through_again_when_the_time_has_passed(
    db: Connection, ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    for _ in range(LIMIT + 1):
        comment(ben, post, "hey @cleo")
    db.execute("update private.rate_limit_buckets set refilled_at = refilled_at - interval '1 day'")
    for _ in range(2):
        comment(ben, post, "hey @cleo")
    assert kinds(cleo) == {"mention": LIMIT + 1}


def test_who_is_named_too_often_still_hears_what_is_about_theirs(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    post = ada.post()
    root = comment(cleo, post)
    ada.call("mark_read")
    for _ in range(LIMIT):
        comment(ben, post, "hello @ada and @cleo")
    before = kinds(ada), kinds(cleo)
    assert before == ({"mention": LIMIT, "comment": 1}, {"mention": LIMIT})
    last = comment(ben, post, "hello @ada and @cleo", parent_id=root)
    assert (kinds(ada), kinds(cleo)) == (
        {"mention": LIMIT, "comment": 2},
        {"mention": LIMIT, "reply": 1},
    )
    assert ada.rows("my_notifications")[0]["comment"]["id"] == str(last)
    # Whose thing it is and whom it answers are one person: they hear of the reply alone.
    mine = comment(ada, post)
    comment(ben, post, "@ada", parent_id=mine)
    assert kinds(ada) == {"mention": LIMIT, "comment": 2, "reply": 1}


def test_who_wants_no_mentions_hears_of_each_comment_once(ada: Actor, ben: Actor) -> None:
    ada.call("set_notification_preference", kind="mention", channel="in_app", is_enabled=False)
    post = ada.post()
    for number in range(LIMIT + 1):
        comment(ben, post, f"{number} @ada")
    (row,) = ada.rows("my_notifications")
    assert (row["kind"], row["actor_count"], row["comment"]["body"]) == (
        "comment", 1, f"{LIMIT} @ada",
    )  # fmt: skip


def test_who_is_named_last_of_too_many_still_hears_that_it_is_theirs(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    db.execute("update private.settings set value = 1 where name = 'comment_mention_limit'")
    row = ben.call(
        "create_comment", target_kind="post", target_id=ada.post(), body="@cleo and @ada"
    )
    assert said(row) == ["cleo"]
    assert kinds(ada) == {"comment": 1}


def test_editing_people_in_and_out_is_no_way_around_the_limit(
    ada: Actor, ben: Actor, cleo: Actor
) -> None:
    mine = comment(ben, ada.post(), "nobody")
    for _ in range(LIMIT + 1):
        ben.call("edit_comment", comment_id=mine, body="@cleo, @ada")
        cleo.call("mark_read")
        ben.call("edit_comment", comment_id=mine, body="nobody")
    ben.call("edit_comment", comment_id=mine, body="@cleo, @ada")
    assert kinds(cleo)["mention"] <= LIMIT
    # Of a comment that is only edited nobody is told twice.
    assert kinds(ada) == {"comment": 1}


def test_sixteen_connections_tell_no_more_than_the_limit(database: Database) -> None:
    with database.connect() as connection:
        limit(connection)
        posts = [actor(connection, "ada").post() for _ in range(4)]
        mine = comment(actor(connection, "ben"), posts[0], "nobody")

    def name_them(number: int) -> Any:
        names = "@cleo @dan" if number % 2 else "@dan @cleo"

        def say(connection: Connection) -> uuid.UUID:
            return comment(actor(connection, "ben"), posts[number % 4], names)

        def edit(connection: Connection) -> Any:
            ben = actor(connection, "ben")
            return ben.call("edit_comment", comment_id=mine, body=f"{names} {number}")

        return edit if number % 4 == 3 else say

    outcomes = race(database, [name_them(number) for number in range(16)])
    assert [outcome for outcome in outcomes if isinstance(outcome, psycopg.Error)] == []
    with database.connect() as connection:
        for name in ("cleo", "dan"):
            row = connection.execute(
                "select count(*) filter (where kind = 'mention') as told, count(*) as all_told"
                " from public.notifications where recipient_id = %s",
                [person_id(name)],
            ).fetchone()
            assert row == {"told": LIMIT, "all_told": LIMIT}
        row = connection.execute("select count(*) from public.comment_mentions").fetchone()
        assert row == {"count": 2 * 13}


def test_who_is_named_by_their_new_name_in_an_edit_goes_with_it(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    identity = comment(ben, ben.post(), "@ada, are you there?")
    ada.call("change_username", username="countess")
    edited = ben.call("edit_comment", comment_id=identity, body="@countess, are you there?")
    assert said(edited) == ["countess"]
    db.execute("delete from auth.users where id = %s", [ada.id])
    assert ben.call("comment", comment_id=identity)["body"] == "@…, are you there?"
