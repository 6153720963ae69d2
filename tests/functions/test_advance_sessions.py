"""advance-sessions, against a whole stack: a room whose listeners have all gone plays on."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from backbeat.advance_sessions import Clock, advance_sessions
from backbeat.database import Database
from tests.functions.live import LiveStack


class Watch:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.time = 0.0
        self.waits: list[float] = []

    def now(self) -> float:
        """What it shows."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Move on by so much."""
        self.waits.append(seconds)
        self.time += seconds


class Noted(Database):
    """A database, and when it was asked for what."""

    def __init__(self, database: Database, watch: Watch) -> None:
        self.database = database
        self.watch = watch
        self.asked: dict[str, list[float]] = {}

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        returns: TypeAdapter[Any],
        *,
        is_idempotent: bool = False,
    ) -> Any:
        """Note the time, and ask."""
        self.asked.setdefault(function, []).append(self.watch.now())
        return self.database.call(function, arguments, returns, is_idempotent=is_idempotent)


def test_it_looks_every_second_for_a_minute(live: LiveStack) -> None:
    ada = live.person("advance_ada")
    room = live.sql(
        "insert into public.rooms (slug, name, owner_id) values ('advance', 'Night', %s)"
        " returning id",
        ada,
    )[0][0]
    live.sql("insert into public.room_members values (%s, %s, 'owner')", room, ada)
    live.sql("insert into public.room_presence values (%s, %s, now())", room, ada)
    session = live.sends(ada, "POST", "/rpc/start_session", {"room_id": str(room), "mode": "fan"})
    live.sends(ada, "POST", "/rpc/join_rotation", {"session_id": session["id"]})
    for number in ("71", "72"):
        song = {"provider": "deezer", "provider_track_id": number, "title": number}
        track = live.sends(
            ada, "POST", "/rpc/resolve_track",
            {**song, "artist_name": "Somebody", "duration_ms": 180_000},
        )  # fmt: skip
        live.sends(
            ada, "POST", "/rpc/enqueue_track",
            {"session_id": session["id"], "track_id": track["id"]},
        )  # fmt: skip
    live.sql("update public.dj_sessions set due_at = now() where id = %s", session["id"])
    watch = Watch()
    with live.door() as database:
        noted = Noted(database, watch)
        counts = advance_sessions(noted, Clock(watch.now, watch.sleep))
    # What is over moves on every five seconds, and the next run begins a minute after this one.
    assert noted.asked["advance_due_sessions"] == [float(second) for second in range(0, 57, 5)]
    assert noted.asked["tell_votes"] == [float(second) for second in range(57)]
    assert (counts["advanced"], counts["told"], counts["looks"]) == (1, 0, 57)
    assert watch.waits == [1.0] * 56
    state = live.sends(ada, "POST", "/rpc/session_state", {"session_id": session["id"]})
    assert (state["sequence"], state["now_playing"]["track"]["title"]) == (2, "72")


def test_people_cannot_call_it(live: LiveStack) -> None:
    answer = live.api.post("/functions/v1/advance-sessions")
    assert answer.status_code == 401
