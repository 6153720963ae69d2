"""advance-sessions, against a whole stack: a room whose listeners have all gone plays on."""

from backbeat.advance_sessions import Clock, advance_sessions
from backbeat.database import open_database
from backbeat.settings import Settings
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
    database = open_database(
        Settings.model_validate({name.lower(): value for name, value in live.settings.items()})
    )
    counts = advance_sessions(database, Clock(watch.now, watch.sleep))
    database.close()
    assert (counts["advanced"], counts["told"], counts["looks"]) == (1, 0, 57)
    assert watch.waits == [1.0] * 56
    state = live.sends(ada, "POST", "/rpc/session_state", {"session_id": session["id"]})
    assert (state["sequence"], state["now_playing"]["track"]["title"]) == (2, "72")


def test_people_cannot_call_it(live: LiveStack) -> None:
    answer = live.api.post("/functions/v1/advance-sessions")
    assert answer.status_code == 401
