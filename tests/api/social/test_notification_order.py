"""Whoever changes what several people were told goes by the order of their ids.

Each deed below touches notifications of three people. While somebody holds what the first of them
was told, the deed waits, and has nothing yet of what the others were told: so a block of two of
them, which takes both, never waits for it in a circle.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.api.social.talking import opens, say, start
from tests.database import Actor, Connection, Database, actor, person_id
from tests.races import wait_until_blocked

FIRST, SECOND, THIRD = sorted(("ada", "ben", "cleo"), key=person_id)
Deed = Callable[[Connection], Any]


def likes_are_told(connection: Connection) -> None:
    """Run the job that tells of likes."""
    actor(connection, "service").call("backend.notify_likes")


def everybody_likes(connection: Connection) -> Deed:
    """Likes that join what each was told of one thing, of each of the three."""
    # The last one's is the oldest: the queue's order is not that of the people.
    posts = [actor(connection, name).post() for name in (THIRD, SECOND, FIRST)]
    for fan in ("dan", "eve"):
        likes_are_told(connection)
        for post in posts:
            actor(connection, fan).call("set_like", target_kind="post", target_id=post, liked=True)
    return likes_are_told


def group(connection: Connection) -> Any:
    """A group in which each of the three has an unread message of the others."""
    opens(*(actor(connection, name) for name in (FIRST, SECOND, THIRD)))
    made = start(actor(connection, THIRD), FIRST, SECOND, title="Band")
    for name in (THIRD, SECOND, FIRST, SECOND, THIRD):
        say(actor(connection, name), made)
    # What the sender wrote themselves marked as read: they are told of something again.
    say(actor(connection, FIRST), made)
    say(actor(connection, SECOND), made)
    return made


def somebody_sends(connection: Connection) -> Deed:
    made = group(connection)
    return lambda own: say(actor(own, THIRD), made, "again")


def somebody_takes_back(connection: Connection) -> Deed:
    made = group(connection)
    said = say(actor(connection, THIRD), made, "oh")
    return lambda own: actor(own, THIRD).call("delete_direct_message", message_id=said)


def comment(who: Actor, post: Any, body: str, parent: Any = None) -> Any:
    """Say something about a post; the comment."""
    row = who.call(
        "create_comment", target_kind="post", target_id=post, body=body, parent_id=parent
    )
    return row["id"]


def talked_about(connection: Connection) -> tuple[Any, Any]:
    """The first's post, and what the second said there; the third and dan have answered."""
    post = actor(connection, FIRST).post()
    asked = comment(actor(connection, SECOND), post, "so?")
    for person in (THIRD, "dan"):
        comment(actor(connection, person), post, "well", asked)
    return post, asked


def somebody_answers(connection: Connection) -> Deed:
    post, asked = talked_about(connection)
    return lambda own: comment(actor(own, THIRD), post, "again", asked)


def an_answer_is_deleted(connection: Connection) -> Deed:
    post, asked = talked_about(connection)
    said = comment(actor(connection, "dan"), post, f"ask @{THIRD}", asked)
    return lambda own: actor(own, "dan").call("delete_comment", comment_id=said)


def an_answer_names_nobody_any_more(connection: Connection) -> Deed:
    talked_about(connection)
    named = f"ask @{THIRD} or @{FIRST} @{SECOND}"
    # To those who were answered already, naming is told apart from the answer.
    other = comment(actor(connection, "eve"), actor(connection, "eve").post(), named)
    return lambda own: actor(own, "eve").call("edit_comment", comment_id=other, body="nobody")


def somebody_is_erased(connection: Connection) -> Deed:
    talked_about(connection)
    for name in (THIRD, SECOND, FIRST):
        actor(connection, "dan").call("follow", username=name)
    actor(connection, "dan").call("delete_my_account", confirm_username="dan")
    connection.execute("update private.account_deletions set erase_after = now()")
    return lambda own: own.execute("select from private.erase_due_accounts(1)")


def the_first_is_blocked(connection: Connection) -> Deed:
    for one, other in ((FIRST, THIRD), (THIRD, FIRST)):
        actor(connection, one).call("follow", username=other)
    group(connection)
    return lambda own: actor(own, THIRD).call("block", username=FIRST)


@pytest.mark.parametrize(
    "prepare",
    [
        everybody_likes, somebody_sends, somebody_takes_back, somebody_answers,
        an_answer_is_deleted, an_answer_names_nobody_any_more, somebody_is_erased,
        the_first_is_blocked,
    ],
)  # fmt: skip
def test_what_others_were_told_is_free_while_a_deed_waits_for_the_first(
    prepare: Callable[[Connection], Deed], database: Database
) -> None:
    failed: list[psycopg.Error] = []
    with (
        database.connect(autocommit=False) as holder,
        database.connect() as doer,
        database.connect(autocommit=False) as watcher,
    ):
        deed = prepare(doer)
        counted = (
            "select recipient_id, count(*) as n from public.notifications group by recipient_id"
        )
        told = {row["recipient_id"] for row in doer.execute(counted).fetchall()}
        assert person_id(FIRST) in told
        assert len(told) > 1
        holder.execute(
            "select from public.notifications where recipient_id = %s for update",
            [person_id(FIRST)],
        )

        def run() -> None:
            try:
                deed(doer)
            except psycopg.Error as error:
                failed.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            wait_until_blocked(watcher, doer)
            # Nothing is waited for here: what is locked is an error at once.
            watcher.execute(
                "select from public.notifications where recipient_id <> %s for update nowait",
                [person_id(FIRST)],
            )
        finally:
            watcher.rollback()
            holder.rollback()
            thread.join()
    assert failed == []
