"""Small behavioural checks of who may do what, by table, on one stage.

A check is a function that takes the stage and raises when somebody sees or does too much or too
little. test_access.py runs each; test_mutants.py breaks each policy in turn and expects the checks
of its table to notice.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests.catalogue import (
    CRATE_VISIBILITIES,
    TRACK_STATUSES,
    join_crate,
    make_crate,
    make_song,
    make_upload,
)
from tests.database import CAST, Actor, Connection, actor, forbidden, person_id, refused

Check = Callable[["Stage"], None]
CHECKS: dict[str, list[Check]] = {}


def check(table: str) -> Callable[[Check], Check]:
    """Register a check for the policies of a table."""

    def register(function: Check) -> Check:
        CHECKS.setdefault(table, []).append(function)
        return function

    return register


@dataclass
class Stage:
    """The cast with something to see, on one connection.

    ben follows ada; ada and cleo follow each other; ada has blocked dan and muted ben; stranger is
    tied to nobody; modesty moderates. finn may see ada's private crate, cleo fills her public one.
    """

    connection: Connection
    posts: dict[str, uuid.UUID] = field(default_factory=dict)
    comments: dict[str, uuid.UUID] = field(default_factory=dict)
    tracks: dict[str, uuid.UUID] = field(default_factory=dict)
    crates: dict[str, uuid.UUID] = field(default_factory=dict)

    def actor(self, name: str) -> Actor:
        """Somebody of the cast, visitor or service."""
        return actor(self.connection, name)

    def __getattr__(self, name: str) -> Actor:
        if name not in {*CAST, "visitor", "service"}:
            raise AttributeError(name)
        return self.actor(name)

    def seen_by(self, connection: Connection) -> Stage:
        """The same by another connection."""
        return Stage(
            connection, {**self.posts}, {**self.comments}, {**self.tracks}, {**self.crates}
        )

    def owner(self, statement: str, *parameters: Any) -> int:
        """Run a statement as the owner of the database; how many rows it touched."""
        return self.connection.execute(statement, list(parameters)).rowcount

    def value(self, statement: str, *parameters: Any) -> Any:
        """One value as the owner sees it."""
        row = self.connection.execute(statement, list(parameters)).fetchone()
        return next(iter(row.values())) if row else None

    @contextmanager
    def switched_off(self, feature: str, *, in_storage: bool = False) -> Iterator[None]:
        """Expect a refusal while a feature is off; the storage server knows no tokens of ours."""
        self.owner("update public.feature_flags set is_enabled = false where name = %s", feature)
        with forbidden() if in_storage else refused(403, "feature_disabled"):
            yield

    @contextmanager
    def leaving(self, name: str, *, in_storage: bool = False) -> Iterator[None]:
        """Expect a refusal for somebody whose account is going to be deleted."""
        self.hide(name)
        with forbidden() if in_storage else refused(403, "account_deactivated"):
            yield

    def hide(self, name: str) -> None:
        """Hide a profile, as delete_my_account does."""
        self.owner(
            "insert into private.hidden_profiles (profile_id, reason) values (%s, 'deletion')",
            person_id(name),
        )


def set_stage(connection: Connection) -> Stage:
    """Everybody's ties, posts, favours, requests and files."""
    stage = Stage(connection)
    follow = "insert into public.follows (followee_id) values (%s)"
    stage.ben.run(follow, person_id("ada"))
    stage.cleo.run(follow, person_id("ada"))
    stage.ada.run(follow, person_id("cleo"))
    stage.owner(
        "insert into public.blocks (blocker_id, blocked_id) values (%s, %s)",
        person_id("ada"),
        person_id("dan"),
    )
    stage.owner(
        "insert into public.mutes (muter_id, muted_id) values (%s, %s)",
        person_id("ada"),
        person_id("ben"),
    )
    stage.owner(
        "insert into public.follow_requests (target_id, requester_id) values (%s, %s)",
        person_id("dan"),
        person_id("ben"),
    )
    for audience in ("public", "followers", "mutuals", "private"):
        stage.posts[audience] = stage.ada.post(audience, visibility=audience)
    stage.posts["deleted"] = stage.ada.post("deleted")
    stage.ada.call("delete_post", post_id=stage.posts["deleted"])
    stage.posts["dan's"] = stage.dan.post("dan's")
    for name in ("ben", "cleo"):
        stage.actor(name).call(
            "set_like", target_kind="post", target_id=stage.posts["public"], liked=True
        )
        stage.actor(name).call("repost", post_id=stage.posts["public"])
    set_catalogue(stage)
    # ben names cleo below ada's post, ada answers, cleo and ada react.
    said = stage.ben.call(
        "create_comment", target_kind="post", target_id=stage.posts["public"], body="so @cleo?"
    )
    stage.comments["ben's"] = said["id"]
    stage.comments["ada's"] = stage.ada.call(
        "create_comment",
        target_kind="post",
        target_id=stage.posts["public"],
        body="yes",
        parent_id=said["id"],
    )["id"]
    stage.comments["deleted"] = stage.ben.call(
        "create_comment", target_kind="post", target_id=stage.posts["public"], body="deleted"
    )["id"]
    stage.ben.call("delete_comment", comment_id=stage.comments["deleted"])
    for name in ("ada", "cleo"):
        stage.actor(name).call("set_reaction", comment_id=said["id"], emoji="🔥", present=True)
    for kind, target in (("track", stage.tracks["published"]), ("crate", stage.crates["public"])):
        stage.comments[f"ben's on a {kind}"] = stage.ben.call(
            "create_comment", target_kind=kind, target_id=target, body=kind
        )["id"]
        stage.cleo.call("set_like", target_kind=kind, target_id=target, liked=True)
    stage.cleo.call("set_like", target_kind="comment", target_id=said["id"], liked=True)
    stage.owner("insert into storage.buckets (id, name) values ('elsewhere', 'elsewhere')")
    for bucket in ("avatars", "post-media", "elsewhere"):
        for name in ("ada", "ben"):
            stage.owner(
                "insert into storage.objects (bucket_id, name) values (%s, %s)",
                bucket,
                f"{person_id(name)}/a-name-nobody-guesses-first.png",
            )
    for name in ("ada", "ben"):
        stage.owner(
            "insert into realtime.messages (topic, extension, event, payload, private)"
            " values (%s, 'broadcast', 'note', '{}', true)",
            f"user:{person_id(name)}",
        )
    return stage


def set_catalogue(stage: Stage) -> None:
    """Ada's uploads in every state, her crates for every audience, one of each of dan's."""
    connection = stage.connection
    song = make_song(connection)
    for status in TRACK_STATUSES:
        stage.tracks[status] = make_upload(connection, "ada", status)
    stage.tracks["dan's"] = make_upload(connection, "dan")
    stage.tracks["song"] = song
    items = (song, stage.tracks["published"])
    for visibility in (*CRATE_VISIBILITIES, "deleted"):
        stage.crates[visibility] = make_crate(
            connection, "ada", "public" if visibility == "deleted" else visibility, items
        )
    join_crate(connection, stage.crates["private"], "finn", "viewer")
    join_crate(connection, stage.crates["public"], "cleo")
    stage.owner("delete from public.crate_items where crate_id = %s", stage.crates["deleted"])
    stage.owner(
        "update public.crates set deleted_at = now(), title = null where id = %s",
        stage.crates["deleted"],
    )
    stage.crates["dan's"] = make_crate(connection, "dan", "public", items)
    stage.owner(
        "insert into public.plays (track_id, listener_id, ms_played, is_counted, source)"
        " values (%s, %s, 1000, false, 'app')",
        song,
        person_id("ben"),
    )


@contextmanager
def unseen(connection: Connection) -> Iterator[None]:
    """A savepoint that is always rolled back."""
    with connection.transaction(force_rollback=True):
        yield


def passes(function: Check, stage: Stage) -> bool:
    """Whether a check holds; whatever it did is undone."""
    try:
        with unseen(stage.connection):
            function(stage)
    except (AssertionError, psycopg.Error, pytest.fail.Exception):
        return False
    return True
