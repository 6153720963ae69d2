"""The months of plays: their partitions are made ahead, archived and dropped once that is sure."""

from __future__ import annotations

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.races import wait_until_blocked
from tests.schema.counters import counter_laws

SUM = "a" * 64
OLD = date(2025, 3, 1)


@pytest.fixture
def old_month(db: Connection) -> uuid.UUID:
    """A month of plays of one song that is to be archived: three of ben's, one of cleo's."""
    return make_old_month(db)


def make_old_month(db: Connection) -> uuid.UUID:
    """The same in any database."""
    db.execute(
        "create table private.plays_2025_03 partition of public.plays"
        " for values from ('2025-03-01 00:00+00') to ('2025-04-01 00:00+00')"
    )
    song = make_song(db)
    for day, name in enumerate(("ben", "ben", "ben", "cleo"), 1):
        db.execute(
            "insert into public.plays"
            " (track_id, listener_id, ms_played, is_counted, source, client_event_id, played_at)"
            " values (%s, %s, 60000, %s, 'app', gen_random_uuid(), %s)",
            [song, person_id(name), day != 2, datetime(2025, 3, day, tzinfo=UTC)],
        )
    db.execute("update public.tracks set play_count = 3 where id = %s", [song])
    return song


def partitions(db: Connection) -> set[str]:
    rows = db.execute(
        "select inhrelid::regclass::text as name from pg_inherits"
        " where inhparent = 'public.plays'::regclass"
    ).fetchall()
    return {row["name"] for row in rows}


def pages(service: Actor, size: int) -> list[dict[str, Any]]:
    """A month as the archive reads it."""
    found: list[dict[str, Any]] = []
    after = None
    while page := service.call("backend.plays_of_month", month=OLD, after=after, size=size):
        found += page
        after = page[-1]["id"]
    return found


def checksum(rows: list[dict[str, Any]]) -> str:
    """The archive's checksum, by its recipe."""
    value = 0
    for row in rows:
        played_at = datetime.fromisoformat(row["played_at"]) - datetime(1970, 1, 1, tzinfo=UTC)
        line = "|".join(
            [
                row["id"], row["track_id"], row["listener_key"] or "", row["room_id"] or "",
                str(row["ms_played"]), "t" if row["is_counted"] else "f", row["source"],
                str(played_at // timedelta(microseconds=1)),
            ]
        )  # fmt: skip
        value ^= int.from_bytes(hashlib.sha256(line.encode()).digest())
    return f"{value:064x}"


def test_the_months_to_come_have_a_place(service: Actor, db: Connection) -> None:
    before = partitions(db)
    assert len(before) == 4
    assert service.call("backend.keep_play_partitions")["partitions_made"] == 0
    db.execute("update private.settings set value = 6 where name = 'play_partitions_ahead'")
    assert service.call("backend.keep_play_partitions")["partitions_made"] == 3
    assert service.call("backend.keep_play_partitions")["partitions_made"] == 0
    made = partitions(db)
    assert before < made
    for name in made:
        row = db.execute(
            "select relrowsecurity and relforcerowsecurity as forced, relowner::regrole::text as"
            " owner, relacl from pg_class where oid = %s::regclass",
            [name],
        ).fetchone()
        assert row == {"forced": True, "owner": "postgres", "relacl": None}


def test_claims_are_forgotten_with_the_plays(service: Actor, db: Connection) -> None:
    for age in ("14 months", "12 months"):
        db.execute(
            "insert into private.play_claims"
            " values (%s, gen_random_uuid(), true, now() - %s::interval)",
            [person_id("ben"), age],
        )
    assert service.call("backend.keep_play_partitions")["claims_forgotten"] == 1
    assert service.call("backend.keep_play_partitions")["claims_forgotten"] == 0


def test_a_month_is_archived_when_it_ended_thirteen_months_ago(
    service: Actor, db: Connection
) -> None:
    row = db.execute(
        "select (date_trunc('month', now() at time zone 'UTC' - interval '13 months')"
        " - interval '1 month')::date as over,"
        " date_trunc('month', now() at time zone 'UTC' - interval '13 months')::date as kept,"
        " date_trunc('month', now() at time zone 'UTC' - interval '12 months')::date as next"
    ).fetchone()
    assert row is not None
    for first, end in (("over", "kept"), ("kept", "next")):
        db.execute(
            f"create table private.plays_{row[first]:%Y_%m} partition of public.plays"
            f" for values from ('{row[first]} 00:00+00') to ('{row[end]} 00:00+00')".encode()
        )
    months = service.rows("backend.months_to_archive")
    assert [month["month"] for month in months] == [row["over"]]


def test_a_month_is_read_whole_and_names_nobody(
    service: Actor, old_month: uuid.UUID, db: Connection
) -> None:
    (month,) = service.rows("backend.months_to_archive")
    assert month == {"month": OLD, "object_key": None, "row_count": None, "checksum": None}
    assert pages(service, 10) == pages(service, 1) == pages(service, 3)
    rows = pages(service, 3)
    assert [row["id"] for row in rows] == sorted(row["id"] for row in rows)
    assert len(rows) == 4
    keys = [row["listener_key"] for row in rows]
    assert len(set(keys)) == 2
    assert not {str(person_id("ben")), str(person_id("cleo"))} & set(keys)
    db.execute("update public.plays set listener_id = null, client_event_id = null")
    assert [row["listener_key"] for row in pages(service, 10)] == [None] * 4


def test_a_month_goes_only_when_what_was_read_back_is_all_of_it(
    service: Actor, old_month: uuid.UUID, db: Connection
) -> None:
    with refused(404, "month_not_found"):
        service.call("backend.plays_of_month", month=OLD)
    service.rows("backend.months_to_archive")
    rows = pages(service, 10)
    whole = {"row_count": 4, "checksum": checksum(rows)}
    with refused(409, "archive_not_verified"):
        service.call("backend.drop_archived_plays", month=OLD, **whole)
    register = {"month": OLD, "object_key": "plays/2025-03.parquet"}
    for wrong in (
        {"row_count": 4, "checksum": SUM},
        {"row_count": 3, "checksum": whole["checksum"]},
        {"row_count": 3, "checksum": checksum(rows[:3])},
        {"row_count": 4, "checksum": checksum([*rows[:3], {**rows[3], "listener_key": None}])},
        {"row_count": 4, "checksum": checksum([*rows[:3], {**rows[3], "is_counted": False}])},
    ):
        with refused(409, "archive_not_verified"):
            service.call("backend.register_play_archive", **register, **wrong)
    service.call("backend.register_play_archive", **register, **whole)
    for wrong in ({**whole, "row_count": 3}, {**whole, "checksum": SUM}):
        with refused(409, "archive_not_verified"):
            service.call("backend.drop_archived_plays", month=OLD, **wrong)
    assert "private.plays_2025_03" in partitions(db)
    (month,) = service.rows("backend.months_to_archive")
    assert (month["object_key"], month["row_count"]) == ("plays/2025-03.parquet", 4)

    assert service.call("backend.drop_archived_plays", month=OLD, **whole)
    assert "private.plays_2025_03" not in partitions(db)
    assert db.execute("select from public.plays").fetchall() == []
    row = db.execute("select salt, row_count from private.play_archives").fetchone()
    assert row == {"salt": None, "row_count": 4}
    assert counter_laws(db) == []


def test_a_month_with_a_play_more_than_was_registered_stays(
    service: Actor, old_month: uuid.UUID, db: Connection
) -> None:
    service.rows("backend.months_to_archive")
    whole = {"row_count": 4, "checksum": checksum(pages(service, 10))}
    service.call("backend.register_play_archive", month=OLD, object_key="x", **whole)
    db.execute(
        "insert into public.plays (track_id, ms_played, is_counted, source, played_at)"
        " values (%s, 1, false, 'app', '2025-03-09')",
        [old_month],
    )
    with refused(409, "archive_not_verified"):
        service.call("backend.drop_archived_plays", month=OLD, **whole)
    assert "private.plays_2025_03" in partitions(db)


def test_an_empty_month_can_be_archived(
    service: Actor, old_month: uuid.UUID, db: Connection
) -> None:
    db.execute("drop table private.plays_2025_03")
    db.execute(
        "create table private.plays_2025_03 partition of public.plays"
        " for values from ('2025-03-01 00:00+00') to ('2025-04-01 00:00+00')"
    )
    service.rows("backend.months_to_archive")
    assert service.call("backend.plays_of_month", month=OLD) == []
    nothing = {"row_count": 0, "checksum": "0" * 64}
    service.call("backend.register_play_archive", month=OLD, object_key="x", **nothing)
    assert service.call("backend.drop_archived_plays", month=OLD, **nothing)


def test_whatever_is_repeated_after_a_month_is_dropped_changes_nothing(
    service: Actor, old_month: uuid.UUID, db: Connection
) -> None:
    service.rows("backend.months_to_archive")
    whole = {"row_count": 4, "checksum": checksum(pages(service, 10))}
    register = {"month": OLD, "object_key": "x", **whole}
    for _ in range(2):
        service.call("backend.register_play_archive", **register)
    assert service.call("backend.drop_archived_plays", month=OLD, **whole)
    assert not service.call("backend.drop_archived_plays", month=OLD, **whole)
    service.call("backend.register_play_archive", **{**register, "row_count": 9})
    assert service.call("backend.plays_of_month", month=OLD) == []
    assert service.rows("backend.months_to_archive") == []
    (row,) = db.execute("select row_count from private.play_archives").fetchall()
    assert row["row_count"] == 4
    assert counter_laws(db) == []


@pytest.mark.parametrize(
    "change",
    [
        {"object_key": None},
        {"row_count": -1},
        {"row_count": None},
        {"checksum": "x"},
        {"checksum": None},
    ],
)
def test_an_archive_that_cannot_be_is_refused(
    change: dict[str, Any], service: Actor, old_month: uuid.UUID
) -> None:
    service.rows("backend.months_to_archive")
    fit = {"month": OLD, "object_key": "x", "row_count": 4, "checksum": SUM}
    with refused(422, "archive_invalid"):
        service.call("backend.register_play_archive", **{**fit, **change})


def test_a_month_goes_while_somebody_reads_their_plays(database: Database) -> None:
    with database.connect() as connection, database.connect() as reader:
        make_old_month(connection)
        service = actor(connection, "service")
        service.rows("backend.months_to_archive")
        whole = {"row_count": 4, "checksum": checksum(pages(service, 10))}
        service.call("backend.register_play_archive", month=OLD, object_key="x", **whole)
        with ThreadPoolExecutor(1) as pool:
            reader.execute("begin")
            # What every query of plays does first; the partitions are locked next.
            reader.execute("lock table only public.plays in access share mode")
            dropped = pool.submit(service.call, "backend.drop_archived_plays", month=OLD, **whole)
            wait_until_blocked(reader, connection)
            rows = reader.execute("select from public.plays").fetchall()
            assert len(rows) == 4
            reader.execute("commit")
            assert dropped.result(timeout=120)
        assert reader.execute("select from public.plays").fetchall() == []


def test_a_month_that_is_kept_is_not_archived(service: Actor, db: Connection) -> None:
    assert service.rows("backend.months_to_archive") == []
    for deed in ("backend.register_play_archive", "backend.drop_archived_plays"):
        extra = {"object_key": "x"} if deed.endswith("register_play_archive") else {}
        with refused(404, "month_not_found"):
            service.call(deed, month=date(2026, 11, 1), row_count=0, checksum=SUM, **extra)


def test_the_service_learns_where_a_file_lies_that_the_listener_may_hear(
    service: Actor, ada: Actor, cleo: Actor, db: Connection
) -> None:
    track = make_upload(db, "ada")
    ada.call("block", username="dan")
    source = service.call("backend.stream_source", track_id=track, listener=person_id("ben"))
    assert source == {
        "bucket": "track-files",
        "path": f"{ada.id}/{track}.mp3",
        "is_preview": False,
        "file_format": "mp3",
        "seconds": 300,
    }
    assert service.call("backend.stream_source", track_id=track, listener=None) == source
    with refused(404, "track_not_found"):
        service.call("backend.stream_source", track_id=track, listener=person_id("dan"))
    hidden = make_upload(db, "ada", "hidden")
    for listener in (person_id("ben"), None):
        with refused(404, "track_not_found"):
            service.call("backend.stream_source", track_id=hidden, listener=listener)
    for name in ("ada", "modesty"):
        service.call("backend.stream_source", track_id=hidden, listener=person_id(name))
    cleo.call("delete_my_account", confirm_username="cleo")
    for listener, status, token in (
        (uuid.uuid4(), 401, "account_gone"),
        (person_id("cleo"), 403, "account_deactivated"),
    ):
        with refused(status, token):
            service.call("backend.stream_source", track_id=track, listener=listener)
    draft = make_upload(db, "ada", "draft")
    for silent in (make_song(db), draft):
        with refused(409, "track_has_no_file"):
            service.call("backend.stream_source", track_id=silent, listener=person_id("ada"))
    # Once its file is there, she may listen to her draft, and nobody else.
    db.execute(
        "insert into storage.objects (bucket_id, name) values ('track-files', %s)",
        [f"{ada.id}/{draft}.mp3"],
    )
    ours = service.call("backend.stream_source", track_id=draft, listener=person_id("ada"))
    assert ours["path"] == f"{ada.id}/{draft}.mp3"
    with refused(404, "track_not_found"):
        service.call("backend.stream_source", track_id=draft, listener=person_id("ben"))
