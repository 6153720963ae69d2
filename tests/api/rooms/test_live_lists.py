"""live_now: the streams of public rooms, those with the most listeners first."""

from __future__ import annotations

import uuid

import pytest

from tests.database import Actor, Connection, actor, person_id, refused
from tests.live import join, start_live
from tests.rooms import make_room


@pytest.fixture
def streams(db: Connection, service: Actor) -> list[uuid.UUID]:
    """Five streams in rooms of ada's and cleo's, with 0, 1, 1, 2 and 2 listeners."""
    made = []
    for number, host in enumerate(("ada", "cleo", "ada", "cleo", "ada")):
        db.execute("delete from private.rate_limit_buckets")
        stream = start_live(db, make_room(db, host), host, title=f"stream {number}")
        for name in ("ben", "dan")[: (number + 1) // 2]:
            join(service, stream, name)
        made.append(stream)
    return made


def test_streams_are_listed_by_listeners_page_by_page(
    db: Connection, streams: list[uuid.UUID]
) -> None:
    for visibility in ("unlisted", "private"):
        start_live(db, make_room(db, "finn", visibility), "finn")
    visitor = actor(db, "visitor")
    found: list[uuid.UUID] = []
    after = None
    while page := visitor.rows("live_now", after=after, page_size=2):
        found += [row["id"] for row in page]
        after = page[-1]["cursor"]
    assert found == list(reversed(streams))
    first = visitor.rows("live_now")[0]
    assert (first["title"], first["listener_count"], first["peak_listeners"]) == ("stream 4", 2, 2)
    assert (first["host"]["username"], first["room"]["visibility"]) == ("ada", "public")


def test_streams_that_are_over_or_whose_room_is_gone_are_not_listed(
    db: Connection, service: Actor, streams: list[uuid.UUID]
) -> None:
    service.call("backend.end_live", user_id=person_id("ada"), stream_id=streams[4])
    for row in db.execute("select room_id from public.live_streams where id = %s", [streams[2]]):
        actor(db, "ada").call("delete_room", room_id=row["room_id"])
    rows = actor(db, "ben").rows("live_now")
    assert [row["id"] for row in rows] == [streams[3], streams[1], streams[0]]


def test_nobody_is_shown_streams_across_a_block_or_of_whom_they_have_muted(
    db: Connection, streams: list[uuid.UUID]
) -> None:
    actor(db, "ada").call("block", username="ben")
    actor(db, "eve").call("mute", username="cleo")
    hosts = {
        name: {row["host"]["username"] for row in actor(db, name).rows("live_now")}
        for name in ("ben", "ada", "eve", "stranger")
    }
    assert hosts == {
        "ben": {"cleo"}, "ada": {"ada", "cleo"}, "eve": {"ada"}, "stranger": {"ada", "cleo"},
    }  # fmt: skip
    # A moderator who is muted or blocked hosts in somebody else's room.
    actor(db, "stranger").call("block", username="ada")
    db.execute("update public.rooms set owner_id = %s", [person_id("finn")])
    rows = actor(db, "stranger").rows("live_now")
    assert {row["host"]["username"] for row in rows} == {"cleo"}


def test_a_cursor_of_another_list_is_refused(db: Connection, streams: list[uuid.UUID]) -> None:
    ben = actor(db, "ben")
    with refused(422, "bad_cursor"):
        ben.rows("live_now", after=ben.rows("discover_rooms")[0]["cursor"])
