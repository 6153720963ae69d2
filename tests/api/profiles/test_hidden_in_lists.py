"""Whom a block or a leave hides is in no list of the API, whatever it is a list of."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.api.foundation.test_lists import LISTS, Scene
from tests.database import Actor, Connection

HIDES: dict[str, Callable[[Scene], Any]] = {
    "she blocks him": lambda scene: scene.ada.call("block", username="ben"),
    "he blocks her": lambda scene: scene.ben.call("block", username="ada"),
    "she leaves": lambda scene: scene.ada.call("delete_my_account", confirm_username="ada"),
}
# In these Ben finds Ada as long as she is there; in others himself, Cleo, or what is nobody's.
OF_HER = {
    "activity_feed", "artist_tracks", "audit_log", "comments_on", "crate_items", "crate_posts",
    "crates_by_genre", "discover_rooms", "featured_crates", "global_feed", "home_feed", "live_now",
    "leaderboard", "leaderboard_following",
    "my_blocks", "my_conversations", "my_likes", "my_mutes", "my_notifications", "my_rooms",
    "moderation_queue", "my_orders", "my_sales", "products_by_artist",
    "new_crates", "pinned_messages", "profile_crates", "profile_feed", "room_members",
    "room_messages", "room_moderation", "search_profiles", "session_history", "session_queue",
    "tag_feed", "trending_crates", "trending_rooms", "claims_queue", "verification_queue",
}  # fmt: skip
# One takes a block back where one finds it; who keeps order in a room reads what was done there.
NAMED_ANYWAY = {
    "my_blocks": {"she blocks him", "he blocks her"},
    "room_moderation": set(HIDES),
    # Staff decide about whoever it is.
    "audit_log": set(HIDES),
    "moderation_queue": set(HIDES),
    "claims_queue": set(HIDES),
    "verification_queue": set(HIDES),
    # What was bought names who sold it, and what was sold who gets it.
    "my_orders": set(HIDES),
    "my_sales": set(HIDES),
}


def tells_of_her(scene: Scene, function: str, arguments: dict[str, Any]) -> bool:
    """Whether a list that Ben reads has Ada's id or username anywhere in it."""
    try:
        rows = scene.ben.rows(function, **arguments, page_size=100)
    except psycopg.Error as error:
        # With her has gone what it was a list of.
        assert error.sqlstate == "PT404", error
        return False
    text = json.dumps(rows, default=str)
    return str(scene.ada.id) in text or '"ada"' in text


@pytest.mark.parametrize("function", sorted(LISTS))
def test_nobody_who_is_hidden_is_in_a_list(
    ada: Actor, ben: Actor, cleo: Actor, db: Connection, function: str
) -> None:
    scene = Scene(ada, ben, cleo)
    arguments = LISTS[function](scene)
    assert tells_of_her(scene, function, arguments) or function not in OF_HER
    telling = set()
    for name, hide in HIDES.items():
        with db.transaction(force_rollback=True):
            hide(scene)
            if tells_of_her(scene, function, arguments):
                telling.add(name)
    assert telling == NAMED_ANYWAY.get(function, set())
