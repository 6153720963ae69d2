"""What counts as a play, once, however often it is reported."""

from __future__ import annotations

import random
import uuid
from functools import partial
from typing import Any

import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, actor, person_id, refused, sign_up
from tests.races import race, refusals
from tests.schema.counters import counter_laws


def play(listener: Actor, track: uuid.UUID, ms: int, **values: Any) -> bool:
    """Report a play; whether it counts."""
    given = {"track_id": track, "ms_played": ms, "client_event_id": uuid.uuid4(), **values}
    counted = listener.call("record_play", **given)["is_counted"]
    assert isinstance(counted, bool)
    return counted


def wait(db: Connection, listener: Actor, seconds: float) -> None:
    """Let time pass for a listener: what they have reported so far lies further back."""
    db.execute(
        "create table if not exists private.plays_before_this_month partition of public.plays"
        " for values from (minvalue) to (date_trunc('month', now(), 'UTC'))"
    )
    db.execute(
        "update private.listeners set last_played_at = last_played_at - make_interval(secs => %s)"
        " where listener_id = %s",
        [seconds, listener.id],
    )
    db.execute("alter table public.plays disable trigger user")
    db.execute(
        "update public.plays set played_at = played_at - make_interval(secs => %s)"
        " where listener_id = %s",
        [seconds, listener.id],
    )
    db.execute("alter table public.plays enable trigger user")


def play_count(db: Connection, track: uuid.UUID) -> int:
    row = db.execute("select play_count from public.tracks where id = %s", [track]).fetchone()
    assert row is not None
    return int(row["play_count"])


@pytest.mark.parametrize(
    ("duration", "ms", "is_counted"),
    [
        (200_000, 30_000, True),
        (200_000, 29_999, False),
        (60_000, 30_000, True),
        (60_000, 29_999, False),
        (59_999, 30_000, True),
        (59_999, 29_999, False),
        (40_000, 20_000, True),
        (40_000, 19_999, False),
        (1_001, 501, True),
        (1_001, 500, False),
        (200_000, 0, False),
        (200_000, 86_400_000, True),
    ],
)
def test_a_play_counts_from_thirty_seconds_or_half_of_a_shorter_track(
    duration: int, ms: int, is_counted: bool, ben: Actor, db: Connection
) -> None:
    song = make_song(db, duration_ms=duration)
    assert play(ben, song, ms) is is_counted
    assert play_count(db, song) == is_counted
    (row,) = ben.run("select ms_played, source, is_counted from public.plays")
    assert row == {"ms_played": min(ms, duration), "source": "app", "is_counted": is_counted}
    assert counter_laws(db) == []


def test_a_play_counts_once_in_ten_minutes(ben: Actor, cleo: Actor, db: Connection) -> None:
    song, other = make_song(db), make_song(db)
    assert play(ben, song, 60_000)
    wait(db, ben, 599)
    assert not play(ben, song, 60_000)
    assert play(cleo, song, 60_000)
    wait(db, ben, 60)
    assert play(ben, other, 40_000)
    wait(db, ben, 60)
    assert play(ben, song, 40_000)
    assert play_count(db, song) == 3


def test_a_play_counts_again_in_another_month(ben: Actor, db: Connection) -> None:
    song = make_song(db)
    assert play(ben, song, 60_000)
    wait(db, ben, 40 * 86_400)
    assert play(ben, song, 60_000)
    assert play_count(db, song) == 2
    assert len(ben.run("select distinct tableoid from public.plays")) == 2


@pytest.mark.parametrize("seconds", [900, 40 * 86_400, 3 * 366 * 86_400])
def test_a_clock_that_was_wrong_keeps_nobody_from_being_heard(
    seconds: int, ben: Actor, db: Connection
) -> None:
    """The server's clock was ahead when they played last, and was put right since."""
    song, other = make_song(db), make_song(db)
    wait(db, ben, 0)
    assert play(ben, song, 60_000)
    db.execute(
        "create table private.plays_far_ahead partition of public.plays"
        " for values from (date_trunc('month', now(), 'UTC') + interval '1 year') to (maxvalue)"
    )
    wait(db, ben, -seconds)
    assert play(ben, song, 60_000)
    (row,) = db.execute(
        "select last_played_at - now() < interval '1 minute' as is_now from private.listeners"
    ).fetchall()
    assert row == {"is_now": True}
    # From here on it is as ever.
    assert not play(ben, other, 60_000)
    assert counter_laws(db) == []


def test_nobody_hears_more_than_time_has_passed(ben: Actor, db: Connection) -> None:
    songs = [make_song(db) for _ in range(3)]
    assert play(ben, songs[0], 180_000)
    assert not play(ben, songs[1], 180_000)
    wait(db, ben, 31)
    assert play(ben, songs[2], 180_000)
    heard = sorted(row["ms_played"] for row in ben.run("select ms_played from public.plays"))
    assert heard[0] < 20_000
    assert 31_000 <= heard[1] < 51_000
    assert heard[2] == 180_000


def test_a_play_sent_again_changes_nothing_and_is_answered_alike(
    ben: Actor, cleo: Actor, db: Connection
) -> None:
    song, other = make_song(db), make_song(db)
    event = uuid.uuid4()
    assert play(ben, song, 60_000, client_event_id=event)
    wait(db, ben, 4000)
    assert play(ben, song, 60_000, client_event_id=event)
    assert play(ben, other, 0, client_event_id=event)
    assert len(ben.run("select id from public.plays")) == 1
    assert not play(cleo, song, 10, client_event_id=event)
    wait(db, cleo, 4000)
    assert not play(cleo, song, 60_000, client_event_id=event)
    assert play_count(db, song) == 1


def test_an_event_of_another_month_is_still_known(ben: Actor, db: Connection) -> None:
    song, event = make_song(db), uuid.uuid4()
    assert play(ben, song, 60_000, client_event_id=event)
    db.execute("alter table public.plays disable trigger user")
    db.execute("update public.plays set played_at = played_at + interval '1 month'")
    assert play(ben, song, 60_000, client_event_id=event)
    assert len(ben.run("select id from public.plays")) == 1


def test_a_play_in_a_month_without_a_place_makes_one(ben: Actor, db: Connection) -> None:
    song = make_song(db)
    places = db.execute(
        "select inhrelid::regclass::text as name from pg_inherits"
        " where inhparent = 'public.plays'::regclass"
    ).fetchall()
    for place in places:
        db.execute(f"drop table {place['name']}".encode())
    assert play(ben, song, 60_000)
    rows = db.execute(
        "select tableoid::regclass::text as place, to_char(played_at at time zone 'UTC', 'YYYY_MM')"
        " as month from public.plays"
    ).fetchall()
    assert [row["place"] for row in rows] == [f"private.plays_{rows[0]['month']}"]


@pytest.mark.parametrize(
    ("change", "status", "token"),
    [
        ({"client_event_id": None}, 422, "event_id_missing"),
        ({"ms_played": -1}, 422, "ms_played_invalid"),
        ({"ms_played": 86_400_001}, 422, "ms_played_invalid"),
        ({"ms_played": None}, 422, "ms_played_invalid"),
        ({"source": "radio"}, 422, "source_unknown"),
        ({"room_id": uuid.UUID(int=1)}, 422, "source_unknown"),
        ({"track_id": uuid.UUID(int=1)}, 404, "track_not_found"),
        ({"track_id": None}, 404, "track_not_found"),
    ],
)
def test_a_play_that_does_not_fit_is_refused(
    change: dict[str, Any], status: int, token: str, ben: Actor, db: Connection
) -> None:
    given = {"track_id": make_song(db), "ms_played": 60_000, "client_event_id": uuid.uuid4()}
    with refused(status, token):
        ben.call("record_play", **{**given, **change})
    for table in ("public.plays", "private.play_claims", "private.listening_days"):
        assert db.execute(f"select from {table}").fetchall() == []


def test_what_cannot_be_seen_cannot_be_played(
    ada: Actor, ben: Actor, dan: Actor, db: Connection
) -> None:
    ada.call("block", username="dan")
    published = make_upload(db, "ada")
    with refused(404, "track_not_found"):
        play(dan, published, 60_000)
    assert play(ben, published, 60_000, source="room")
    with refused(404, "room_not_found"):
        play(ben, published, 60_000, source="room", room_id=uuid.uuid4())
    for status in ("draft", "processing", "hidden", "removed"):
        track = make_upload(db, "ada", status)
        with refused(404, "track_not_found"):
            play(ben, track, 60_000)
        with refused(409, "track_not_published"):
            play(ada, track, 60_000)


def test_my_account_tells_what_one_has_listened_to(ben: Actor, ada: Actor, db: Connection) -> None:
    songs = [make_song(db) for _ in range(22)]
    for song in songs:
        assert play(ben, song, 60_000)
        wait(db, ben, 100)
    assert not play(ben, songs[0], 5)
    upload = make_upload(db, "ada")
    wait(db, ben, 100)
    assert play(ben, upload, 60_000)
    ada.call("hide_track", track_id=upload)
    listening = ben.call("my_account")["listening"]
    assert listening["total_plays"] == 23
    assert [row["track_id"] for row in listening["recent"]] == [
        str(track) for track in [upload, *reversed(songs)][:20]
    ]
    assert listening["recent"][0]["track"] is None
    assert listening["recent"][1]["track"]["title"]
    assert ada.call("my_account")["listening"] == {"total_plays": 0, "recent": []}


def test_a_persons_day_is_that_of_their_time_zone(ben: Actor, cleo: Actor, db: Connection) -> None:
    for person, zone in ((ben, "Pacific/Kiritimati"), (cleo, "Pacific/Honolulu")):
        person.run("update public.profiles set time_zone = %s where id = %s", zone, person.id)
        assert play(person, make_song(db), 60_000)
    rows = db.execute("select day from private.listening_days order by day").fetchall()
    assert (rows[1]["day"] - rows[0]["day"]).days == 1
    assert counter_laws(db) == []


def test_recording_plays_is_slowed(ben: Actor, db: Connection) -> None:
    db.execute("update private.rate_limit_rules set capacity = 2 where action = 'record_play'")
    song = make_song(db)
    with refused(429, "rate_limited"):
        for _ in range(5):
            play(ben, song, 1)


@pytest.mark.parametrize("source", ["app", "room", "crate"])
def test_a_play_comes_from_the_app_a_room_or_a_crate(
    source: str, ben: Actor, db: Connection
) -> None:
    assert play(ben, make_song(db), 60_000, source=source)
    assert ben.run("select source from public.plays") == [{"source": source}]


def test_nobody_changes_a_play(db: Connection, ben: Actor) -> None:
    play(ben, make_song(db), 60_000)
    for statement in (
        "update public.plays set ms_played = 1",
        "update public.plays set listener_id = null, client_event_id = null, is_counted = false",
        "delete from public.plays",
        "truncate public.plays",
    ):
        with pytest.raises(Exception, match="append-only"), db.transaction():
            db.execute(statement.encode())
    db.execute("update public.plays set listener_id = null, client_event_id = null")


def test_a_thousand_plays_replayed_twice_from_eight_connections_count_once_each(
    database: Database,
) -> None:
    chance = random.Random(3)
    listeners = [person_id(f"listener-{number}") for number in range(250)]
    with database.connect() as connection:
        connection.execute("update private.rate_limit_rules set capacity = 100000")
        for number, identity in enumerate(listeners):
            sign_up(connection, identity, f"l{number}@x.test", {"username": f"listener_{number}"})
        songs = [make_song(connection) for _ in range(40)]
        # Everybody's last play lies long back, and each of theirs may follow the next at once.
        connection.execute(
            "update private.settings set value = 0 where name = 'play_counts_from_ms'"
        )
    plays = [
        (listener, song, uuid.uuid4()) for listener in listeners for song in chance.sample(songs, 4)
    ]
    assert len(plays) == 1_000
    sent = plays * 3
    chance.shuffle(sent)
    parts = [sent[number::8] for number in range(8)]

    def send(
        connection: Connection, part: list[tuple[uuid.UUID, uuid.UUID, uuid.UUID]]
    ) -> list[bool]:
        return [
            play(
                Actor(connection, "listener", listener, "authenticated"),
                song,
                60_000,
                client_event_id=event,
            )
            for listener, song, event in part
        ]

    answers = race(database, [partial(send, part=part) for part in parts])
    assert refusals(answers) == []
    assert all(all(each) for each in answers)
    with database.connect() as connection:
        row = connection.execute(
            "select (select count(*) from public.plays) as plays,"
            " (select count(*) from public.plays where is_counted) as counted,"
            " (select count(*) from private.play_claims) as claims,"
            " (select sum(play_count) from public.tracks) as of_tracks,"
            " (select sum(play_count) from private.listeners) as of_listeners,"
            " (select sum(play_count) from private.listening_days) as of_days"
        ).fetchone()
        assert row is not None
        assert set(row.values()) == {1_000}
        assert counter_laws(connection) == []


def test_one_event_from_eight_connections_at_once_is_one_play(database: Database) -> None:
    with database.connect() as connection:
        song, event = make_song(connection), uuid.uuid4()
    answers = race(
        database,
        [lambda connection: play(actor(connection, "ben"), song, 60_000, client_event_id=event)]
        * 8,
    )
    assert answers == [True] * 8
    with database.connect() as connection:
        assert play_count(connection, song) == 1
        assert counter_laws(connection) == []
