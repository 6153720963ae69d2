"""A private room as two people with apps live it: official clients, through the whole stack."""

from __future__ import annotations

from pathlib import Path

from tests.apps import told_by
from tests.plugins.stack import RunningStack


def test_two_people_meet_in_a_private_room(seeded_stack: RunningStack) -> None:
    seen = told_by(
        Path(__file__).with_name("rooms.mjs"), seeded_stack.url, seeded_stack.publishable_key
    )
    assert seen == {
        "made": ["owner", 1],
        "offered": [True, "ada"],
        "closed": "CHANNEL_ERROR",
        "joined": ["member", 2, 1],
        "came": [True, "member", True],
        "usedUp": "invite_not_found",
        "topics": ["SUBSCRIBED", "SUBSCRIBED", "SUBSCRIBED"],
        "present": [True, True],
        "typing": True,
        "beat": [30, "number"],
        "members": [["ada", "owner"], ["ben", "member"]],
        "mine": [True],
        "changed": ["avatar_path", "name"],
        "picture": [8, None],
        "outside": ["CHANNEL_ERROR", "room_not_found", "room_not_found", [], [], []],
        "told": [True, True, "string"],
        "gone": [True, None],
        "after": ["room_not_found", "room_not_found", None, []],
        "log": [["member_banned", "noise"]],
    }
