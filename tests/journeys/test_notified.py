"""Somebody who has the app open hears at once what happens, through the official client."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from devstack import nodejs
from tests.plugins.stack import RunningStack


def test_an_open_app_hears_of_what_happens(seeded_stack: RunningStack) -> None:
    done = subprocess.run(
        [nodejs.node(), Path(__file__).with_name("notified.mjs")],
        env={
            **os.environ,
            "NODE_MODULES": str(nodejs.MODULES),
            "SUPABASE_URL": seeded_stack.url,
            "SUPABASE_KEY": seeded_stack.publishable_key,
        },
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
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
