"""Somebody who has the app open hears at once what happens, through the official client."""

from __future__ import annotations

from pathlib import Path

from tests.apps import told_by
from tests.plugins.stack import RunningStack


def test_an_open_app_hears_of_what_happens(seeded_stack: RunningStack) -> None:
    seen = told_by(
        Path(__file__).with_name("notified.mjs"), seeded_stack.url, seeded_stack.publishable_key
    )
    assert seen == {
        "joined": "SUBSCRIBED",
        "benOnAdas": "CHANNEL_ERROR",
        "first": ["follow", "ben", "profile", True],
        "second": ["repost", True],
        "kinds": ["repost", "badge", "follow"],
        "sameAsListed": True,
        "unread": 3,
        "marked": 1,
        "left": 2,
    }
