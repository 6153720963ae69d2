"""Points, streaks, quests and boards as an app on supabase-js meets them."""

from __future__ import annotations

from pathlib import Path

from tests.apps import told_by
from tests.plugins.stack import RunningStack


def test_somebody_comes_back_and_earns(seeded_stack: RunningStack) -> None:
    seen = told_by(
        Path(__file__).with_name("earning.mjs"),
        seeded_stack.url,
        seeded_stack.publishable_key,
        FUNCTIONS_URL=seeded_stack.functions_url,
        CRON_SECRET=seeded_stack.cron_secret,
    )
    assert seen == {
        "checkedIn": [True, 5, 1],
        "again": 0,
        "streaks": [["login", 1], ["listening", 0], ["creation", 0]],
        "quest": ["Show up", 1, 1],
        "claimed": [5, True],
        "tooEarly": [409, "quest_incomplete"],
        "featured": [],
        "rank": [10, True, True],
        "around": [10],
        "poor": [402, "not_enough_credits"],
        "points": [["quest_completed", 5], ["daily_login", 5]],
        "cheat": [403, "permission denied for table point_events"],
    }
