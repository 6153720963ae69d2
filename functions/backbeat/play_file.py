"""The archive's file of a month of plays: Parquet, with a checksum that anybody can recompute."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

if TYPE_CHECKING:
    import pyarrow as pa

ROWS_IN_GROUP = 50_000
ROWS_IN_BATCH = 10_000


class Play(BaseModel):
    """One listening; the listener is a key that leads to nobody, null when they were erased."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    track_id: str
    listener_key: str | None
    room_id: str | None
    ms_played: int
    is_counted: bool
    source: str
    played_at: AwareDatetime


@dataclass(frozen=True)
class Contents:
    """What a file holds: the number of its rows, and a checksum that does not mind their order.

    A row's line is `id|track_id|listener_key|room_id|ms_played|is_counted|source|played_at`, null
    as nothing, is_counted as t or f, played_at in microseconds since 1970. The checksum is the
    exclusive or of the lines' SHA-256, in hex.
    """

    row_count: int
    checksum: str


def write_plays(pages: Iterable[list[Play]], sink: Any) -> int:
    """Write plays to a file as they come, holding one row group at a time; returns their number."""
    import pyarrow as pa
    from pyarrow import parquet

    schema, count = _schema(), 0
    waiting: list[pa.RecordBatch] = []
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for page in pages:
            columns = {name: [getattr(play, name) for play in page] for name in schema.names}
            waiting.append(pa.RecordBatch.from_pydict(columns, schema=schema))
            count += len(page)
            if sum(batch.num_rows for batch in waiting) >= ROWS_IN_GROUP:
                writer.write_table(pa.Table.from_batches(waiting), row_group_size=ROWS_IN_GROUP)
                waiting.clear()
        if waiting:
            writer.write_table(pa.Table.from_batches(waiting))
    return count


def read_contents(source: Any) -> Contents:
    """Read a file back, row group by row group; raises ValueError when it is no file of plays."""
    import pyarrow as pa
    from pyarrow import parquet

    count, checksum = 0, 0
    with parquet.ParquetFile(source) as file:
        if not file.schema_arrow.equals(_schema()):
            raise ValueError("the columns are not those of plays")
        for batch in file.iter_batches(batch_size=ROWS_IN_BATCH):
            columns = [
                batch.column(name).cast(pa.int64()) if name == "played_at" else batch.column(name)
                for name in batch.schema.names
            ]
            for row in zip(*(column.to_pylist() for column in columns), strict=True):
                checksum ^= int.from_bytes(hashlib.sha256(_line(row)).digest())
            count += batch.num_rows
    return Contents(count, f"{checksum:064x}")


def _line(row: tuple[Any, ...]) -> bytes:
    return "|".join(
        "" if value is None else "ft"[value] if isinstance(value, bool) else str(value)
        for value in row
    ).encode()


def _schema() -> pa.Schema:
    import pyarrow as pa

    text = pa.string()
    return pa.schema(
        [
            pa.field("id", text, nullable=False),
            pa.field("track_id", text, nullable=False),
            pa.field("listener_key", text),
            pa.field("room_id", text),
            pa.field("ms_played", pa.int32(), nullable=False),
            pa.field("is_counted", pa.bool_(), nullable=False),
            pa.field("source", text, nullable=False),
            pa.field("played_at", pa.timestamp("us", tz="UTC"), nullable=False),
        ]
    )
