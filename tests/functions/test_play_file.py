"""The archive's file: typed, in row groups, and told apart by its checksum."""

import hashlib
import io
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from pyarrow import parquet

from backbeat.play_file import ROWS_IN_GROUP, Contents, Play, read_contents, write_plays

BEGIN = datetime(2025, 1, 1, tzinfo=UTC)


def play(number: int, **changes: object) -> Play:
    """A play of that month."""
    values = {
        "id": f"01941f29-0000-7000-8000-{number:012x}",
        "track_id": f"00000000-0000-4000-8000-{number % 7:012x}",
        "listener_key": None if number % 5 == 0 else f"{number % 11:064x}",
        "room_id": None,
        "ms_played": 30_000 + number,
        "is_counted": number % 3 == 0,
        "source": "app",
        "played_at": BEGIN + timedelta(microseconds=number),
    }
    return Play.model_validate(values | changes)


def written(*pages: list[Play]) -> io.BytesIO:
    """A file of these pages."""
    file = io.BytesIO()
    assert write_plays(iter(pages), file) == sum(len(page) for page in pages)
    return file


def test_columns_are_typed_as_a_reader_of_parquet_expects() -> None:
    table = parquet.read_table(written([play(0), play(1)]))
    assert table.schema.names == [
        "id", "track_id", "listener_key", "room_id", "ms_played", "is_counted", "source",
        "played_at",
    ]  # fmt: skip
    assert table.schema.field("played_at").type == pa.timestamp("us", tz="UTC")
    assert table.schema.field("ms_played").type == pa.int32()
    assert [field.nullable for field in table.schema] == [False] * 2 + [True] * 2 + [False] * 4
    assert table.to_pylist()[1] == play(1).model_dump()
    group = parquet.ParquetFile(written([play(0)])).metadata.row_group(0)
    assert group.column(0).compression == "ZSTD"


def test_rows_are_written_in_groups_and_read_back_as_they_were() -> None:
    page = 1000
    numbers = range(0, 3 * ROWS_IN_GROUP + 17, page)
    pages = [[play(number) for number in range(start, start + page)] for start in numbers]
    pages[-1] = pages[-1][:17]
    file = written(*pages)
    groups = parquet.ParquetFile(file).metadata
    assert [groups.row_group(number).num_rows for number in range(groups.num_row_groups)] == [
        *[ROWS_IN_GROUP] * 3,
        17,
    ]
    assert read_contents(file).row_count == 3 * ROWS_IN_GROUP + 17


def test_checksum_is_what_its_recipe_says() -> None:
    row = play(3, listener_key="a" * 64, room_id="11111111-1111-4111-8111-111111111111")
    line = (
        f"{row.id}|{row.track_id}|{'a' * 64}|11111111-1111-4111-8111-111111111111|30003|t|app|"
        "1735689600000003"
    )
    assert read_contents(written([row])) == Contents(1, hashlib.sha256(line.encode()).hexdigest())
    assert read_contents(written()) == Contents(0, "0" * 64)


def test_checksum_does_not_mind_the_order_and_minds_everything_else() -> None:
    rows = [play(number) for number in range(100)]
    contents = read_contents(written(rows))
    assert read_contents(written(rows[50:], rows[:50])) == contents
    assert read_contents(written(rows[:-1])) != contents
    changes: list[dict[str, object]] = [
        {"listener_key": None},
        {"room_id": "11111111-1111-4111-8111-111111111111"},
        {"ms_played": 0},
        {"is_counted": True},
        {"source": "room"},
        {"played_at": BEGIN},
    ]
    others = [
        read_contents(written([play(7, **change), *rows[:7], *rows[8:]])) for change in changes
    ]
    assert len({each.checksum for each in others} | {contents.checksum}) == len(changes) + 1


def test_what_is_no_file_of_plays_is_refused() -> None:
    with pytest.raises(ValueError, match="magic"):
        read_contents(io.BytesIO(b"a" * 1000))
    other = io.BytesIO()
    parquet.write_table(pa.table({"id": ["x"]}), other)
    with pytest.raises(ValueError, match="columns"):
        read_contents(other)
    whole = written([play(number) for number in range(1000)]).getvalue()
    with pytest.raises((ValueError, OSError)):
        read_contents(io.BytesIO(whole[: len(whole) // 2]))
