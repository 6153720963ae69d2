"""The third chapter: a room, a session where votes decide, a skip, and what the room remembers."""

from __future__ import annotations

from typing import Any

from devstack.demo.community import Cast
from devstack.demo.story import Person, Story, hear
from devstack.stack import Stack

SONGS = (("Night Drive", "900501"), ("Slow Burn", "900502"), ("First Light", "900503"))


def rooms(stack: Stack, story: Story, cast: Cast) -> None:
    """Tell the chapter."""
    ada, ben, cleo = cast.ada, cast.ben, cast.cleo
    room = story.call(ada, "create_room", name="Late shift", description="Bring what you love.")
    here = {"room_id": room["id"]}
    for guest in (ben, cleo):
        story.call(guest, "join_room", **here)
    for listener in (ada, ben, cleo):
        story.call(listener, "heartbeat", **here)
    session = story.call(ada, "start_session", **here, mode="public")["id"]

    night, slow, first = (
        story.call(
            ben,
            "resolve_track",
            provider="deezer",
            provider_track_id=number,
            title=title,
            artist_name="The Examples",
            duration_ms=180_000,
        )["id"]
        for title, number in SONGS
    )

    def queue(person: Person, track: str) -> dict[str, Any]:
        added: dict[str, Any] = story.call(
            person, "enqueue_track", session_id=session, track_id=track
        )
        return added

    playing, waiting = queue(ben, night), queue(ben, slow)
    wanted = queue(cleo, first)
    story.check("the first track plays at once", playing["status"], "playing")
    story.refused(ben, "already_queued", "enqueue_track", session_id=session, track_id=slow)

    story.refused(ben, "own_item", "vote_track", item_id=playing["id"], value=1)
    story.call(ben, "vote_track", item_id=wanted["id"], value=1)
    counts = story.call(ada, "vote_track", item_id=wanted["id"], value=1)
    story.check("two votes are two", counts, {"up_count": 2, "down_count": 0, "my_vote": 1})
    story.call(cleo, "vote_track", item_id=playing["id"], value=-1)
    story.refused(cleo, "too_early_to_skip", "vote_skip", item_id=playing["id"])
    state = story.call(cleo, "session_state", session_id=session)
    story.check(
        "what has the most votes is next",
        [item["id"] for item in state["queue"]],
        [wanted["id"], waiting["id"]],
    )
    story.refused(
        cleo, "not_allowed_to_skip", "skip_track", session_id=session, expected_sequence=1
    )

    started = story.tell(
        "ben",
        "channel('room:<id>', private).subscribe()  while ada skips",
        lambda: hear(
            stack,
            ben,
            f"room:{room['id']}",
            "track_started",
            lambda: ada.rpc(
                "skip_track", session_id=session, expected_sequence=1, reason="a little calmer"
            ),
        ),
    )
    story.check(
        "everybody hears what plays now",
        (started["item_id"], started["sequence"]),
        (wanted["id"], 2),
    )
    late = story.call(
        ada, "skip_track", session_id=session, expected_sequence=1, reason="clicked twice"
    )
    story.check("who skips what is over skips nothing", late["sequence"], 2)

    paused = story.call(ada, "pause_session", session_id=session)
    again = story.call(cleo, "session_state", session_id=session)
    story.check(
        "a pause stands still",
        again["now_playing"]["position_ms"],
        paused["now_playing"]["position_ms"],
    )
    story.call(ada, "resume_session", session_id=session)
    story.call(ada, "end_session", session_id=session)
    story.check(
        "the room remembers what played",
        [
            (row["title"], row["dj"]["username"], row["up_count"], row["down_count"])
            for row in story.call(cleo, "session_history", **here)
        ],
        [("First Light", cleo.username, 2, 0), ("Night Drive", ben.username, 0, 1)],
    )
