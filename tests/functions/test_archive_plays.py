"""archive-plays, against a whole stack: real plays in real partitions, a real S3 server."""

import io
import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from pyarrow import parquet

from backbeat.archive_plays import Archive, archive_old_plays
from backbeat.database import Database, open_database
from backbeat.errors import ArchiveDiffersError
from backbeat.play_file import Play, write_plays
from backbeat.s3 import ObjectStore, connect_s3
from backbeat.s3_files import PART_BYTES, ObjectReader
from backbeat.settings import Settings
from devstack.stack import ARCHIVE_BUCKET
from tests.functions.live import LiveStack
from tests.functions.server import FunctionsServer, bearer, running_functions

NOTHING = {"months": 0, "rows": 0, "failed": 0}


@pytest.fixture
def functions(live: LiveStack, serve: Callable[..., FunctionsServer]) -> FunctionsServer:
    """The functions, with all they need."""
    return serve(**settings(live))


@pytest.fixture
def s3(live: LiveStack) -> Iterator[Any]:
    """The store, emptied."""
    values = live.stack.values()
    client = boto3.client(
        "s3",
        endpoint_url=values["S3_ENDPOINT_URL"],
        aws_access_key_id=values["S3_ACCESS_KEY"],
        aws_secret_access_key=values["S3_SECRET_KEY"],
        region_name="us-east-1",
        config=Config(s3={"addressing_style": "path"}),
    )
    for name in names(client):
        client.delete_object(Bucket=ARCHIVE_BUCKET, Key=name)
    yield client
    client.close()


def settings(live: LiveStack) -> dict[str, str]:
    """What the functions need to archive."""
    wanted = ("S3_ENDPOINT_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY")
    return live.settings | {name: live.stack.values()[name] for name in wanted}


def archive(live: LiveStack, server: FunctionsServer) -> httpx.Response:
    """Call as the scheduler does."""
    return server.client.post("/archive-plays", headers=live.scheduler, timeout=300)


def names(s3: Any) -> list[str]:
    """The objects in the archive."""
    found = s3.list_objects_v2(Bucket=ARCHIVE_BUCKET).get("Contents", [])
    return [each["Key"] for each in found]


def key(month: str) -> str:
    """Where a month such as 2025_01 goes."""
    return f"plays/year={month[:4]}/month={month[5:]}/plays.parquet"


def content(s3: Any, month: str) -> list[dict[str, Any]]:
    """What the archive has of a month, read by pyarrow alone."""
    body = s3.get_object(Bucket=ARCHIVE_BUCKET, Key=key(month))["Body"].read()
    return list(parquet.read_table(io.BytesIO(body)).to_pylist())


def listen(live: LiveStack, month: str, plays: int) -> uuid.UUID:
    """Let people listen to a track so many times in a month long ago; return the track."""
    first, end = f"{month.replace('_', '-')}-01", _next(month)
    live.sql(
        f"create table private.plays_{month} partition of public.plays"
        f" for values from ('{first} 00:00:00+00') to ('{end} 00:00:00+00')"
    )
    ((track_id,),) = live.sql(
        "insert into public.tracks (provider, provider_track_id, title, artist_name, duration_ms,"
        " published_at, play_count) values ('deezer', %s, 'Old', 'Somebody', 200000, now(), %s)"
        " returning id",
        str(uuid.uuid4().int)[:18],
        (plays + 1) // 2,
    )
    live.sql(
        "insert into public.plays"
        " (track_id, listener_id, ms_played, is_counted, source, played_at)"
        " select %s, case when number %% 7 > 0 then md5((number %% 7)::text)::uuid end,"
        "  number %% 200000, number %% 2 = 0, 'app',"
        "  %s::timestamptz + number * interval '10 seconds 123457 microseconds'"
        " from generate_series(0, %s - 1) as number",
        track_id,
        f"{first} 00:00:00+00",
        plays,
    )
    return uuid.UUID(str(track_id))


def _next(month: str) -> str:
    year, number = int(month[:4]), int(month[5:])
    return f"{year + number // 12}-{number % 12 + 1:02}-01"


def is_there(live: LiveStack, month: str) -> bool:
    """Whether the database still has the month."""
    return live.sql("select to_regclass(%s)", f"private.plays_{month}") != [(None,)]


def registered(live: LiveStack, month: str) -> dict[str, Any]:
    """What the database knows of the month's archive."""
    ((row,),) = live.sql(
        "select to_jsonb(archive) from private.play_archives as archive where month = %s::date",
        f"{month.replace('_', '-')}-01",
    )
    return dict(row)


def test_old_months_go_and_the_young_stay(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    track_id = listen(live, "2024_11", 2500)
    listen(live, "2024_12", 0)
    plays = live.sql("select id, ms_played, is_counted, played_at from private.plays_2024_11")
    answer = archive(live, functions)
    assert answer.json() == {"months": 2, "rows": 2500, "failed": 0}, functions.lines_of(
        answer.headers["x-request-id"]
    )
    assert names(s3) == [key("2024_11"), key("2024_12")]
    assert not is_there(live, "2024_11")
    assert live.sql("select private.play_partition(date_trunc('month', now())::date)") != [(None,)]
    rows = content(s3, "2024_11")
    kept = [
        (uuid.UUID(row["id"]), row["ms_played"], row["is_counted"], row["played_at"])
        for row in rows
    ]
    assert sorted(kept) == sorted(plays)
    assert {row["track_id"] for row in rows} == {str(track_id)}
    assert content(s3, "2024_12") == []
    # Who listened is a key that leads to nobody, the same within the month.
    listeners = {row["listener_key"] for row in rows}
    assert len(listeners) == 7
    assert None in listeners
    known = registered(live, "2024_11")
    assert (known["object_key"], known["row_count"]) == (key("2024_11"), 2500)
    assert known["salt"] is None
    assert known["dropped_at"] is not None
    # The count of the track can still be recomputed.
    assert live.sql(
        "select track.play_count, archived.play_count from public.tracks as track"
        " join private.archived_plays as archived on archived.track_id = track.id"
        " where track.id = %s",
        track_id,
    ) == [(1250, 1250)]
    assert archive(live, functions).json() == NOTHING
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert [line["message"] for line in lines] == ["month_archived", "month_archived", "request"]


@pytest.mark.timeout(400)
def test_a_month_of_200_000_plays_goes_in_parts_and_little_memory(live: LiveStack, s3: Any) -> None:
    listen(live, "2024_01", 200_000)
    with running_functions(None, **settings(live)) as server:
        # What the other functions need is there already.
        assert server.client.get("/health").is_success
        before = _memory(server)
        answer = archive(live, server)
        grown = _memory(server) - before
    assert answer.json() == {"months": 1, "rows": 200_000, "failed": 0}
    lines = server.lines_of(answer.headers["x-request-id"])
    assert [line["rows"] for line in lines if line["message"] == "archive_progress"] == [
        100_000,
        200_000,
    ]
    head = s3.head_object(Bucket=ARCHIVE_BUCKET, Key=key("2024_01"))
    assert head["ContentLength"] > PART_BYTES
    # An object that came in parts says so in its tag.
    assert head["ETag"].strip('"').endswith("-2")
    # pyarrow and boto3 themselves are most of it; the rows as text would be 60 MB and more.
    assert grown < 260 * 1024 * 1024
    assert not is_there(live, "2024_01")


@contextmanager
def doors(live: LiveStack) -> Iterator[tuple[Database, Any]]:
    """The functions' own doors to the database and to S3, closed in the end."""
    known = Settings.model_validate({k.lower(): v for k, v in settings(live).items()})
    database = open_database(known)
    connect_s3.cache_clear()
    client = connect_s3(known)._client
    try:
        yield database, client
    finally:
        client.close()
        database.close()
        connect_s3.cache_clear()


class Lost(BaseException):
    """The power is cut."""


Cut = Callable[[str, dict[str, Any]], None]


def cut_before(step: str) -> Cut:
    """Cut the power before the first call of that name."""

    def cut(name: str, _: dict[str, Any]) -> None:
        if name == step:
            raise Lost

    return cut


class Wired:
    """Stands before a client or a database and lets the power be cut at a call."""

    def __init__(self, inner: Any, cut: Cut, is_after: bool = False) -> None:
        self._inner, self._cut, self._is_after = inner, cut, is_after

    def call(self, name: str, arguments: Any, *rest: Any, **options: Any) -> Any:
        """Pass a call to the database on."""
        if not self._is_after:
            self._cut(name, arguments)
        result = self._inner.call(name, arguments, *rest, **options)
        if self._is_after:
            self._cut(name, arguments)
        return result

    def __getattr__(self, name: str) -> Any:
        inner = getattr(self._inner, name)

        def call(**arguments: Any) -> Any:
            if not self._is_after:
                self._cut(name, arguments)
            result = inner(**arguments)
            if self._is_after:
                self._cut(name, arguments)
            return result

        return call


STEPS = [
    ("months_to_archive", True),
    ("plays_of_month", False),
    ("plays_of_month", True),
    ("put_object", False),
    ("put_object", True),
    ("get_object", False),
    ("get_object", True),
    ("register_play_archive", False),
    ("register_play_archive", True),
    ("drop_archived_plays", False),
    ("drop_archived_plays", True),
]


@pytest.mark.parametrize(("step", "is_after"), STEPS)
def test_cut_off_at_any_step_nothing_is_lost_and_nothing_doubled(
    step: str, is_after: bool, live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    month = f"2023_{STEPS.index((step, is_after)) + 1:02}"
    track_id = listen(live, month, 1500)
    plays = live.sql(f"select id from private.plays_{month} order by id")
    with doors(live) as (database, client), pytest.raises(Lost):
        archive_old_plays(
            Wired(database, cut_before(step), is_after),  # type: ignore[arg-type]
            Archive(
                ObjectStore(Wired(client, cut_before(step), is_after)),
                ARCHIVE_BUCKET,
                live.stack.url,
            ),
        )
    done = step == "drop_archived_plays" and is_after
    assert is_there(live, month) != done
    answer = archive(live, functions)
    assert answer.json() == (NOTHING if done else {"months": 1, "rows": 1500, "failed": 0})
    assert not is_there(live, month)
    assert [(uuid.UUID(row["id"]),) for row in content(s3, month)] == plays
    assert live.sql(
        "select play_count from private.archived_plays where track_id = %s", track_id
    ) == [(750,)]


def test_killed_in_the_middle_of_a_month_the_next_run_ends_it(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    listen(live, "2022_03", 60_000)
    with running_functions(None, **settings(live)) as server:
        request = threading.Thread(target=_call_and_lose, args=(live, server))
        request.start()
        query = "select count(*) from private.play_archives where month = '2022-03-01'"
        while live.sql(query) == [(0,)]:
            pass
        server.kill()
        request.join()
    assert is_there(live, "2022_03")
    assert archive(live, functions).json() == {"months": 1, "rows": 60_000, "failed": 0}
    assert len({row["id"] for row in content(s3, "2022_03")}) == 60_000


def test_two_runs_at_once_archive_a_month_once(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    track_id = listen(live, "2022_04", 3000)
    answers: list[httpx.Response] = []
    runs = [
        threading.Thread(target=lambda: answers.append(archive(live, functions))) for _ in range(3)
    ]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert {answer.status_code for answer in answers} == {200}
    assert not is_there(live, "2022_04")
    assert len(content(s3, "2022_04")) == 3000
    assert live.sql(
        "select play_count from private.archived_plays where track_id = %s", track_id
    ) == [(1500,)]


def test_an_object_of_somebody_else_s_is_left_alone_and_the_month_stays(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    listen(live, "2022_05", 10)
    listen(live, "2022_06", 20)
    other = {"Bucket": ARCHIVE_BUCKET, "Key": key("2022_05")}
    s3.put_object(**other, Body=b"another's", Metadata={"origin": "https://another.example"})
    answer = archive(live, functions)
    assert (answer.status_code, answer.json()["error"]) == (500, "archive_differs")
    assert {name: answer.json()[name] for name in NOTHING} == {"months": 1, "rows": 20, "failed": 1}
    assert s3.get_object(**other)["Body"].read() == b"another's"
    assert is_there(live, "2022_05")
    assert not is_there(live, "2022_06")
    lines = functions.lines_of(answer.headers["x-request-id"])
    failed = next(line for line in lines if line["message"] == "archive_failed")
    assert key("2022_05") in failed["reason"]
    s3.delete_object(**other)
    assert archive(live, functions).json() == {"months": 1, "rows": 10, "failed": 0}


def test_an_object_of_ours_that_differs_is_replaced_and_the_log_says_so(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    listen(live, "2022_07", 10)
    s3.put_object(
        Bucket=ARCHIVE_BUCKET,
        Key=key("2022_07"),
        Body=b"PAR1 cut off",
        Metadata={"origin": live.stack.url},
    )
    answer = archive(live, functions)
    assert answer.json() == {"months": 1, "rows": 10, "failed": 0}
    lines = functions.lines_of(answer.headers["x-request-id"])
    assert [line["message"] for line in lines] == ["archive_replaced", "month_archived", "request"]
    assert len(content(s3, "2022_07")) == 10


def test_what_reads_back_differently_is_not_registered_and_not_dropped(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    listen(live, "2022_08", 10)
    with doors(live) as (database, client), pytest.raises(ArchiveDiffersError):
        archive_old_plays(
            database, Archive(ObjectStore(Forgetful(client)), ARCHIVE_BUCKET, live.stack.url)
        )
    assert is_there(live, "2022_08")
    assert registered(live, "2022_08")["registered_at"] is None
    assert archive(live, functions).json() == {"months": 1, "rows": 10, "failed": 0}


class Forgetful:
    """A store that keeps another month's plays in the place of what it is given."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_object(self, **arguments: Any) -> Any:
        """Keep something else."""
        return self._client.put_object(**{**arguments, "Body": another_month()})


def another_month() -> bytes:
    """A good file of one play that is not of this month."""
    file = io.BytesIO()
    play = {
        "id": str(uuid.uuid4()), "track_id": str(uuid.uuid4()), "listener_key": None,
        "room_id": None, "ms_played": 1, "is_counted": False, "source": "app",
        "played_at": "2020-01-01T00:00:00Z",
    }  # fmt: skip
    write_plays([[Play.model_validate(play)]], file)
    return file.getvalue()


def test_person_erased_in_between_is_not_in_the_archive(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    listen(live, "2022_09", 70)
    with doors(live) as (database, client), pytest.raises(Lost):
        archive_old_plays(
            Wired(database, cut_before("drop_archived_plays")),  # type: ignore[arg-type]
            Archive(ObjectStore(client), ARCHIVE_BUCKET, live.stack.url),
        )
    assert len({row["listener_key"] for row in content(s3, "2022_09")}) == 7
    live.sql(
        "update private.plays_2022_09 set listener_id = null, client_event_id = null"
        " where listener_id = md5('3')::uuid"
    )
    assert archive(live, functions).json() == {"months": 1, "rows": 70, "failed": 0}
    assert len({row["listener_key"] for row in content(s3, "2022_09")}) == 6


def test_month_waits_while_the_store_is_away_or_has_no_bucket(
    live: LiveStack, functions: FunctionsServer, s3: Any
) -> None:
    listen(live, "2022_10", 5)
    for change in ({"S3_ENDPOINT_URL": "http://127.0.0.1:9"}, {"ARCHIVE_BUCKET": "no-such"}):
        with running_functions(None, **(settings(live) | change)) as server:
            answer = archive(live, server)
            assert (answer.status_code, answer.json()["error"]) == (502, "archive_unavailable")
            assert answer.json()["failed"] == 1
    assert is_there(live, "2022_10")
    with running_functions(None, **live.settings) as server:
        answer = archive(live, server)
        assert (answer.status_code, answer.json()["error"]) == (500, "not_configured")
        (line,) = server.lines_of(answer.headers["x-request-id"])
        assert line["reason"] == "S3_ACCESS_KEY is not set; S3_SECRET_KEY is not set"
    assert archive(live, functions).json()["months"] == 1


def test_only_the_scheduler_may(live: LiveStack, functions: FunctionsServer, s3: Any) -> None:
    listen(live, "2022_11", 5)
    for headers in ({}, bearer(live.stack.publishable_key), bearer(live.stack.secret_key)):
        assert functions.client.post("/archive-plays", headers=headers).status_code == 401
    assert is_there(live, "2022_11")
    assert names(s3) == []
    assert archive(live, functions).json()["months"] == 1


def test_reader_reads_any_range(live: LiveStack, s3: Any) -> None:
    s3.put_object(Bucket=ARCHIVE_BUCKET, Key="numbers", Body=bytes(range(100)))
    reader = ObjectReader(s3, ARCHIVE_BUCKET, "numbers")
    assert (reader.size(), reader.read(3), reader.tell()) == (100, b"\0\1\2", 3)
    assert reader.seek(-2, 2) == 98
    assert (reader.read(50), reader.read(50)) == (b"bc", b"")
    assert reader.seek(10) + reader.seek(1, 1) == 21
    assert reader.read() == bytes(range(11, 100))
    assert json.dumps(names(s3)) == '["numbers"]'


def _memory(server: FunctionsServer) -> int:
    """The most memory the functions' worker has had, in bytes."""
    pid = server.process.pid
    (child,) = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    status = Path(f"/proc/{child}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def _call_and_lose(live: LiveStack, server: FunctionsServer) -> None:
    with pytest.raises(httpx.HTTPError):
        archive(live, server)
