"""Pages of notifications: nothing lost or repeated, and one rule of what is still shown."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.social.talking import say, start
from tests.catalogue import make_crate, make_song, make_upload
from tests.database import Actor, Connection, person_id

ACTORS = st.lists(st.sampled_from(["ben", "cleo", "dan", "eve"]), max_size=30)


def _tell(db: Connection, actors: list[str]) -> None:
    for name in actors:
        db.execute(
            "insert into public.notifications (recipient_id, kind, actor_ids, actor_count)"
            " values (%s, 'room_invite', array[%s], 1)",
            [person_id("ada"), person_id(name)],
        )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=ACTORS, between=ACTORS, size=st.integers(1, 5), muted=st.sampled_from(["ben", "eve"]))
def test_whatever_comes_between_pages_nothing_is_lost_or_repeated(
    before: list[str], between: list[str], size: int, muted: str, db: Connection, ada: Actor
) -> None:
    with db.transaction(force_rollback=True):
        ada.call("mute", username=muted)
        _tell(db, before)
        there = [row["id"] for row in ada.rows("my_notifications", page_size=100)]
        assert len(there) == ada.call("unread_count") == len(before) - before.count(muted)
        seen: list[uuid.UUID] = []
        after = None
        while page := ada.rows("my_notifications", page_size=size, after=after):
            assert len(page) <= size
            seen += [row["id"] for row in page]
            after = page[-1]["cursor"]
            _tell(db, between)
        assert seen == there


def test_what_stands_behind_much_that_is_hidden_is_found(db: Connection, ada: Actor) -> None:
    _tell(db, ["ben"] * 3 + ["eve"] * 300 + ["cleo"] * 2)
    ada.call("mute", username="eve")
    rows = ada.rows("my_notifications", page_size=4)
    names = [row["actors"][0]["username"] for row in rows]
    assert names == ["cleo", "cleo", "ben", "ben"]
    assert ada.call("unread_count") == 5


def _things(db: Connection) -> dict[str, list[uuid.UUID]]:
    """Of every kind, some that ben sees and some that he does not."""
    ada, ben, cleo = (
        Actor(db, name, person_id(name), "authenticated") for name in ("ada", "ben", "cleo")
    )
    ada.call("follow", username="ben")
    posts = [ada.post(visibility=v) for v in ("public", "followers", "private")]
    posts += [cleo.post(), ben.post(visibility="private")]
    crates = [make_crate(db, "ada", v) for v in ("public", "unlisted", "followers", "private")]
    comments = []
    for post in (posts[0], posts[3]):
        root = cleo.call("create_comment", target_kind="post", target_id=post, body="a")["id"]
        answer = ada.call(
            "create_comment", target_kind="post", target_id=post, body="b", parent_id=root
        )
        comments += [root, answer["id"]]
    gone = ada.call("create_comment", target_kind="crate", target_id=crates[0], body="c")["id"]
    ada.call("delete_comment", comment_id=gone)
    private = ada.call("create_comment", target_kind="post", target_id=posts[2], body="d")["id"]
    mine, theirs = start(ben, "ada"), start(cleo, "ada")
    message = say(ben, mine)
    return {
        "post": posts,
        "track": [make_song(db), make_upload(db, "ada"), make_upload(db, "ada", status="draft")],
        "crate": crates,
        "comment": [*comments, gone, private],
        "conversation": [mine, theirs],
        "message": [message, say(cleo, theirs)],
        "profile": [person_id(name) for name in ("ada", "ben", "cleo")],
        "gossip": [person_id("ada")],
    }


@pytest.mark.parametrize("block", [None, "ada", "cleo"])
def test_people_are_shown_what_is_about_things_they_may_see(
    block: str | None, db: Connection, ben: Actor, admiral: Actor
) -> None:
    things = _things(db)
    if block is not None:
        ben.call("block", username=block)
    for reader in (ben, admiral):
        db.execute("select set_config('request.jwt.claim.sub', %s, true)", [str(reader.id)])
        for kind, ids in things.items():
            asked = [*ids, uuid.uuid4()]
            db.execute(
                "insert into public.notifications (recipient_id, kind, target_kind, target_id)"
                " select %s, 'milestone', %s, id from unnest(%s::uuid[]) as id",
                [reader.id, kind, asked],
            )
            rows = db.execute(
                "select told.is_shown, private.can_see_told(told.target_kind, told.target_id)"
                " as is_seen from private.reader as reader cross join lateral"
                " private.notifications_for(reader.id, reader.blocked_ids, reader.muted_ids)"
                " as told where told.recipient_id = reader.id and told.target_kind = %s"
                " and told.kind = 'milestone' and told.target_id = any (%s)",
                [kind, asked],
            ).fetchall()
            assert len(rows) == len(asked)
            for row in rows:
                assert row["is_shown"] == row["is_seen"], (reader.name, kind)
        db.execute("select set_config('request.jwt.claim.sub', '', true)")
