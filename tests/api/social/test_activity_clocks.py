"""Activity clocks: two acts of one person at once leave the clock at what really is the newest."""

from __future__ import annotations

import threading

from tests.database import Database, actor
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
        waits = "select pid from pg_locks where not granted and pid = %s"
        job = threading.Thread(
            target=lambda: actor(second, "ben").call("unrepost", post_id=posts[1])
        )
        with first.transaction():
            actor(first, "ben").call("unrepost", post_id=posts[0])
            job.start()
            pid = second.info.backend_pid
            while job.is_alive() and not watcher.execute(waits, [pid]).fetchone():
                pass
        job.join(timeout=120)
        assert counter_laws(watcher) == []
