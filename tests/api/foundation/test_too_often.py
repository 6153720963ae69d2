"""Whoever does the same thing too often is slowed, whatever it is, and nothing comes of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.social.talking import opens, start
from tests.catalogue import make_crate, make_song, make_upload, put
from tests.database import Actor, Connection, refused

# What somebody does, by which rule it is slowed, and of what they do it.
DEEDS: list[tuple[str, str, dict[str, Any]]] = [
    ("add_to_conversation", "start_conversation",
     {"conversation_id": "group", "usernames": ["cleo"]}),
    ("add_to_crate", "fill_crate", {"crate_id": "crate", "track_id": "song"}),
    ("create_crate", "create_crate", {"title": "Rain"}),
    ("create_track", "create_track",
     {"title": "Rain", "genre": "jazz", "duration_ms": 60_000, "file_format": "mp3"}),
    ("edit_comment", "edit_comment", {"comment_id": "comment", "body": "better"}),
    ("move_crate_item", "fill_crate", {"item_id": "item", "after_item_id": None}),
    ("note_crate_item", "fill_crate", {"item_id": "item", "note": "late"}),
    ("record_crate_play", "record_crate_play", {"crate_id": "crate"}),
    ("register_push_token", "register_push_token",
     {"token": "ExponentPushToken[ben]", "platform": "ios"}),
    ("repost", "repost", {"post_id": "post"}),
    ("set_activity_reaction", "react_to_activity",
     {"event_id": "event", "kind": "fire", "present": True}),
    ("share_crate", "create_post", {"crate_id": "crate"}),
    ("update_crate", "update_crate", {"crate_id": "crate", "title": "Sun"}),
    ("update_track", "update_track", {"track_id": "upload", "title": "Sun"}),
]  # fmt: skip


@pytest.fixture
def things(ada: Actor, ben: Actor, cleo: Actor, db: Connection) -> dict[str, Any]:
    """A thing of each kind that ben may do something to."""
    opens(ada, ben, cleo)
    ben.call("become_artist")
    crate = make_crate(db, "ben")
    put(db, crate, make_song(db), 1)
    item = put(db, crate, make_song(db), 2)
    post = ben.post()
    about = {"target_kind": "post", "target_id": post, "body": "so"}
    event = db.execute(
        "select id from public.activity_events where kind = 'crate_created'"
    ).fetchone()
    assert event is not None
    return {
        "crate": crate,
        "item": item,
        "song": make_song(db),
        "upload": make_upload(db, "ben"),
        "post": post,
        "comment": ben.call("create_comment", **about)["id"],
        "event": event["id"],
        "group": start(ben, "ada", title="Band"),
    }


EXHAUST = """
  insert into private.rate_limit_buckets as bucket
    (user_id, action, tokens, refilled_at, last_times)
  select %s, rule.action, 0, clock_timestamp(), '{}'
  from private.rate_limit_rules as rule
  where rule.action = %s
  on conflict (user_id, action, about_id) do update
    set tokens = 0, refilled_at = excluded.refilled_at
"""


def waits(somebody: Actor, action: str, function: str, arguments: dict[str, Any]) -> None:
    """Somebody who has no token of an action left is refused, and only for that."""
    db = somebody.connection
    assert db.execute(EXHAUST, [somebody.id, action]).rowcount == 1
    with refused(429, "rate_limited") as caught:
        somebody.call(function, **arguments)
    assert int(caught.value.diag.message_hint or 0) >= 1
    # With tokens it is done: nothing else was in the way.
    db.execute("delete from private.rate_limit_buckets where user_id = %s", [somebody.id])
    somebody.call(function, **arguments)


@pytest.mark.parametrize(("function", "action", "given"), DEEDS, ids=[deed[0] for deed in DEEDS])
def test_who_has_no_token_left_waits(
    function: str, action: str, given: dict[str, Any], ben: Actor, db: Connection,
    things: dict[str, Any],
) -> None:  # fmt: skip
    arguments = {
        name: things.get(value, value) if isinstance(value, str) else value
        for name, value in given.items()
    }
    waits(ben, action, function, arguments)
