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
# In these Ben finds himself, Cleo or songs of nobody's: what test_lists.py prepares is not of Ada.
NOT_OF_HER = {
    "crates_containing", "followers", "following", "messages", "my_crates", "my_follow_requests",
    "my_tracks", "mutuals", "replies_to", "room_bans", "room_mutes", "search_tracks",
}  # fmt: skip
# One takes a block back where one finds it; who keeps order in a room reads what was done there.
NAMED_ANYWAY = {
    "my_blocks": {"she blocks him", "he blocks her"},
    "room_moderation": set(HIDES),
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
    assert tells_of_her(scene, function, arguments) == (function not in NOT_OF_HER)
    telling = set()
    for name, hide in HIDES.items():
        with db.transaction(force_rollback=True):
            hide(scene)
            if tells_of_her(scene, function, arguments):
                telling.add(name)
    assert telling == NAMED_ANYWAY.get(function, set())
