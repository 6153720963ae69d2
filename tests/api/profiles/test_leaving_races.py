"""Nothing new lands on an account that is just leaving, nor comes from it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.api.social.talking import opens, start
from tests.api.social.test_told_of import comment
from tests.catalogue import make_crate
from tests.database import Actor, Connection, Database, actor
from tests.races import race, refusals, wait_until_blocked
from tests.schema.counters import counter_laws

GONE = ("PT404", "profile_not_found")
LEAVING = ("PT403", "account_deactivated")
FORMAT = {"genre": "ambient", "duration_ms": 60_000, "file_format": "mp3"}

# Who does what while ada is leaving, and how that is refused.
DEEDS: dict[str, tuple[str, Callable[[Actor, Any], Any], tuple[str, str]]] = {
    "follows her": ("ben", lambda ben, _: ben.call("follow", username="ada"), GONE),
    "inserts a follow": (
        "ben",
        lambda ben, ids: ben.run(
            "insert into public.follows (followee_id) values (%s)", ids["ada"]
        ),
        GONE,
    ),
    "asks to follow her": ("ben", lambda ben, _: ben.call("follow", username="ada"), GONE),
    "she follows": ("ada", lambda ada, _: ada.call("follow", username="ben"), LEAVING),
    "she posts": ("ada", lambda ada, _: ada.post(), LEAVING),
    "she reposts": ("ada", lambda ada, ids: ada.call("repost", post_id=ids["post"]), LEAVING),
    "she comments": (
        "ada",
        lambda ada, ids: ada.call(
            "create_comment", target_kind="post", target_id=ids["post"], body="x"
        ),
        LEAVING,
    ),
    "she makes a crate": ("ada", lambda ada, _: ada.call("create_crate", title="x"), LEAVING),
    "she changes a crate": (
        "ada",
        lambda ada, ids: ada.call("update_crate", crate_id=ids["crate"], title="x"),
        LEAVING,
    ),
    "she begins an upload": (
        "ada",
        lambda ada, _: ada.call("create_track", title="x", **FORMAT),
        LEAVING,
    ),
    "writes to her": (
        "ben",
        lambda ben, ids: ben.call("send_direct_message", conversation_id=ids["pair"], body="x"),
        ("PT409", "recipient_gone"),
    ),
    "she writes to him": (
        "ada",
        lambda ada, ids: ada.call("send_direct_message", conversation_id=ids["pair"], body="x"),
        LEAVING,
    ),
    "she writes to a group": (
        "ada",
        lambda ada, ids: ada.call("send_direct_message", conversation_id=ids["group"], body="x"),
        LEAVING,
    ),
    "begins to write to her": (
        "dan",
        lambda dan, _: dan.call("start_conversation", usernames=["ada"]),
        GONE,
    ),
    "gathers a group with her": (
        "dan",
        lambda dan, _: dan.call("start_conversation", usernames=["ben", "ada"], title="x"),
        GONE,
    ),
    "she begins to write": (
        "ada",
        lambda ada, _: ada.call("start_conversation", usernames=["dan"]),
        LEAVING,
    ),
    "takes her into a group": (
        "ben",
        lambda ben, ids: ben.call(
            "add_to_conversation", conversation_id=ids["others"], usernames=["ada"]
        ),
        GONE,
    ),
    "she takes somebody into a group": (
        "ada",
        lambda ada, ids: ada.call(
            "add_to_conversation", conversation_id=ids["group"], usernames=["dan"]
        ),
        LEAVING,
    ),
    "she renames a group": (
        "ada",
        lambda ada, ids: ada.call("rename_conversation", conversation_id=ids["group"], title="x"),
        LEAVING,
    ),
    "she reacts to a comment": (
        "ada",
        lambda ada, ids: ada.call(
            "set_reaction", comment_id=ids["comment"], emoji="🔥", present=True
        ),
        LEAVING,
    ),
    "she edits a comment": (
        "ada",
        lambda ada, ids: ada.call("edit_comment", comment_id=ids["hers"], body="@ben"),
        LEAVING,
    ),
}
LEFT = """
    select (select count(*) from public.follows) as follows,
      (select count(*) from public.follow_requests) as requests,
      (select count(*) from public.posts) as posts,
      (select count(*) from public.comments) as comments,
      (select count(*) from public.comment_mentions) as mentions,
      (select count(*) from public.comment_reactions) as reactions,
      (select count(*) from public.direct_messages) as messages,
      (select count(*) from public.conversations where title is distinct from 'x') as conversations,
      (select count(*) from public.conversation_members) as members,
      (select count(*) from public.reposts) as reposts,
      (select count(*) from public.crates where title <> 'Rain') as crates,
      (select count(*) from public.tracks) as tracks
"""


def stage(db: Connection) -> dict[str, Any]:
    """What ada and ben have before she leaves."""
    ada, ben, cleo = (actor(db, name) for name in ("ada", "ben", "cleo"))
    opens(ada, ben, cleo, actor(db, "dan"))
    post = ben.post()
    return {
        "ada": ada.id,
        "post": post,
        "crate": make_crate(db, "ada", title="Rain"),
        "comment": comment(ben, post),
        "hers": comment(ada, post),
        "pair": start(ben, "ada"),
        "group": start(ben, "ada", "cleo", title="with her"),
        "others": start(ben, "cleo", title="without her"),
    }


@pytest.mark.parametrize("deed", DEEDS)
def test_what_is_in_flight_waits_for_who_is_leaving_and_is_refused(
    deed: str, database: Database
) -> None:
    name, act, refusal = DEEDS[deed]
    outcome: list[object] = []
    with (
        database.connect() as own,
        database.connect(autocommit=False) as leaving,
        database.connect() as watcher,
    ):
        ada = actor(watcher, "ada")
        ids = stage(watcher)
        if deed == "asks to follow her":
            ada.run("update public.profiles set is_private = true where id = %s", ada.id)
        before = watcher.execute(LEFT.encode()).fetchone()
        leaving.execute("select")
        actor(leaving, "ada").call("delete_my_account", confirm_username="ada")

        def run() -> None:
            try:
                outcome.append(act(actor(own, name), ids))
            except psycopg.Error as error:
                outcome.append(error)

        thread = threading.Thread(target=run)
        thread.start()
        try:
            wait_until_blocked(watcher, own)
        finally:
            leaving.commit()
            thread.join()
        assert refusals(outcome) == [refusal], outcome
        assert watcher.execute(LEFT.encode()).fetchone() == before
        assert counter_laws(watcher) == []


@pytest.mark.parametrize("round_number", range(4))
def test_whoever_is_quicker_is_whole(database: Database, round_number: int) -> None:
    def deed(name: str, function: str, **arguments: Any) -> Callable[[Connection], Any]:
        return lambda connection: actor(connection, name).call(function, **arguments)

    def posts(connection: Connection) -> Any:
        return actor(connection, "ada").post()

    outcomes = race(
        database,
        [
            deed("ada", "delete_my_account", confirm_username="ada"),
            *(deed(name, "follow", username="ada") for name in ("ben", "cleo", "dan", "eve")),
            deed("ada", "follow", username="finn"),
            posts,
        ],
    )
    assert set(refusals(outcomes)) <= {GONE, LEAVING}, (round_number, outcomes)
    with database.connect() as connection:
        assert counter_laws(connection) == []
        row = connection.execute(LEFT.encode()).fetchone()
        assert row is not None
        done = [not isinstance(outcome, psycopg.Error) for outcome in outcomes]
        assert (row["follows"], row["posts"]) == (sum(done[1:6]), int(done[6]))
