"""Listening and playing in rooms earn points: paid by the clock, each play and each set once."""

from __future__ import annotations

import uuid

import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, actor, person_id
from tests.progression import earned, pay
from tests.sessions import advance, make_party, queue


def listen(listener: Actor, track: uuid.UUID, ms: int = 60_000) -> bool:
    """Report a play; whether it counts."""
    given = {"track_id": track, "ms_played": ms, "client_event_id": uuid.uuid4()}
    counted = listener.call("record_play", **given)["is_counted"]
    assert isinstance(counted, bool)
    return counted


def listen_to_end(db: Connection, listener: Actor, track: uuid.UUID) -> None:
    """A play that counts: their last one lies an hour back."""
    db.execute(
        "update private.listeners set last_played_at = last_played_at - interval '1 hour'"
        " where listener_id = %s",
        [listener.id],
    )
    assert listen(listener, track)


def test_a_play_that_counts_earns_a_point_once(db: Connection, ben: Actor) -> None:
    track = make_song(db)
    event = uuid.uuid4()
    for _ in range(3):
        ben.call("record_play", track_id=track, ms_played=60_000, client_event_id=event)
    assert not listen(ben, track)
    pay(db)
    pay(db)
    assert earned(ben) == [("play_counted", 1, None)]
    told = ben.call("my_progression")
    assert (told["total_points"], told["tracks_played"], told["artists_discovered"]) == (1, 1, 1)
    assert told["listening_ms"] == 60_000
    assert [row["current"] for row in ben.rows("my_streaks") if row["kind"] == "listening"] == [1]


def test_plays_pay_no_more_than_their_cap(db: Connection, ben: Actor) -> None:
    db.execute("update public.point_rules set daily_cap = 2 where name = 'play_counted'")
    for _ in range(4):
        listen_to_end(db, ben, make_song(db))
    pay(db)
    assert [points for _, points, _ in earned(ben)] == [1, 1, 0, 0]
    assert ben.call("my_progression")["tracks_played"] == 4


def test_an_artist_is_discovered_once(db: Connection, ben: Actor) -> None:
    upload, other = make_upload(db, "cleo"), make_upload(db, "cleo")
    for track in (
        make_song(db, artist_name="Nina"),
        make_song(db, artist_name="NINA"),
        make_song(db, artist_name="Miles"),
        upload,
        other,
    ):
        listen_to_end(db, ben, track)
        pay(db)
    assert ben.call("my_progression")["artists_discovered"] == 3


def test_a_play_of_a_track_that_is_gone_discovers_nobody(db: Connection, ben: Actor) -> None:
    track = make_song(db)
    listen_to_end(db, ben, track)
    db.execute("delete from public.tracks where id = %s", [track])
    pay(db)
    assert earned(ben) == [("play_counted", 1, None)]
    assert ben.call("my_progression")["artists_discovered"] == 0


def test_a_dj_earns_what_their_track_and_its_votes_bring(db: Connection) -> None:
    _, session = make_party(db, mode="public")
    ben = actor(db, "ben")
    item, _ = queue(ben, session, 2)
    for name, value in (("cleo", 1), ("dan", 1), ("eve", -1), ("finn", 1)):
        actor(db, name).call("vote_track", item_id=item, value=value)
    actor(db, "finn").call("vote_track", item_id=item, value=0)
    pay(db)
    assert earned(ben) == []
    advance(db, session)
    pay(db)
    pay(db)
    assert earned(ben) == [
        ("dj_track_played", 5, None),
        ("upvote_received", 4, None),
        ("downvote_received", -1, None),
    ]
    rows = ben.rows("my_points")
    assert {row["rule"]: row["units"] for row in rows} == {
        "dj_track_played": 1,
        "upvote_received": 2,
        "downvote_received": 1,
    }
    told = ben.call("my_progression")
    assert (told["dj_tracks_played"], told["upvotes_received"], told["total_points"]) == (1, 2, 8)


def test_a_track_that_is_skipped_pays_its_votes_alone(db: Connection, ada: Actor) -> None:
    _, session = make_party(db, mode="public")
    ben = actor(db, "ben")
    item, _ = queue(ben, session, 2)
    actor(db, "cleo").call("vote_track", item_id=item, value=1)
    ada.call("skip_track", session_id=session, expected_sequence=1)
    pay(db)
    assert earned(ben) == [("upvote_received", 2, None)]
    assert ben.call("my_progression")["dj_tracks_played"] == 0


@pytest.mark.parametrize(
    ("votes", "paid"), [(99, 198), (100, 200), (101, 200), (2_000_000_000, 200)]
)
def test_votes_of_a_crowd_are_paid_at_once_within_the_cap(
    db: Connection, votes: int, paid: int
) -> None:
    ben = actor(db, "ben")
    db.execute(
        "select private.award(%s, 'upvote_received', 'dj:x', now(), %s)",
        [person_id("ben"), votes],
    )
    assert earned(ben) == [("upvote_received", paid, None if paid == 2 * votes else "cap")]
    told = ben.call("my_progression")
    assert (told["total_points"], told["upvotes_received"]) == (paid, votes)
    db.execute("select private.take_back(%s, 'upvote_received', 'dj:x')", [person_id("ben")])
    told = ben.call("my_progression")
    assert (told["total_points"], told["upvotes_received"]) == (0, 0)


def test_a_rule_without_a_cap_pays_a_crowd_whole(db: Connection) -> None:
    db.execute("update public.point_rules set daily_cap = null where name = 'upvote_received'")
    ben = actor(db, "ben")
    for cause, votes in (("dj:x", 5000), ("dj:y", 2_000_000_000)):
        db.execute(
            "select private.award(%s, 'upvote_received', %s, now(), %s)",
            [person_id("ben"), cause, votes],
        )
    assert [points for _, points, _ in earned(ben)] == [10_000, 1_000_000_000]


def test_a_level_brings_a_bonus_where_there_is_one(db: Connection, ben: Actor) -> None:
    def rise(cause: str) -> list[str]:
        db.execute(
            "select private.award(%s, 'post_created', %s, now(), 10)", [person_id("ben"), cause]
        )
        return [rule for rule, _, _ in earned(ben)]

    db.execute("update public.point_rules set daily_cap = null where name = 'post_created'")
    assert rise("x") == ["post_created"]
    db.execute("update public.point_rules set points = 150 where name = 'level_up'")
    # 100 more reach level 3, its bonus level 4, and that one's level 6, and so on.
    assert rise("y")[:3] == ["post_created", "post_created", "level_up"]
    rows = db.execute(
        "select cause from public.point_events where rule = 'level_up' order by id"
    ).fetchall()
    causes = [row["cause"] for row in rows]
    assert causes == sorted(set(causes), key=causes.index)
    assert "level:3" in causes
    assert "level:4" in causes


def test_a_preview_counts_each_vote(db: Connection, admiral: Actor) -> None:
    db.execute("select private.award(%s, 'upvote_received', 'dj:x', now(), 30)", [person_id("ben")])
    told = admiral.call(
        "preview_point_rule", rule_name="upvote_received", changes='{"points": 3, "daily_cap": 80}'
    )
    assert (told["deeds"], told["paid"], told["would_pay"]) == (1, 60, 80)
