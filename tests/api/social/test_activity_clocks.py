"""Activity clocks: two acts of one person at once leave the clock at what really is the newest."""

from __future__ import annotations

import threading

from tests.database import Database, actor
from tests.races import wait_until_blocked_or_done
from tests.schema.counters import counter_laws


def test_two_reposts_taken_back_at_once_set_the_clock_back_to_neither(database: Database) -> None:
    with (
        database.connect() as watcher,
        database.connect() as first,
        database.connect() as second,
    ):
        posts = [actor(watcher, "ada").post(body) for body in ("one", "two")]
        for post_id in posts:
            actor(watcher, "ben").call("repost", post_id=post_id)

        # The second either waits for the first or is done by itself; both must come out right.
        job = threading.Thread(
            target=lambda: actor(second, "ben").call("unrepost", post_id=posts[1])
        )
        with first.transaction():
            actor(first, "ben").call("unrepost", post_id=posts[0])
            job.start()
            wait_until_blocked_or_done(watcher, second, job)
        job.join(timeout=120)
        assert counter_laws(watcher) == []
