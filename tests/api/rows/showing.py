"""What rows are compared with: things whose every value nothing else has, and cards of people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.catalogue import make_upload
from tests.database import Actor, Connection, Row, person_id

DAY = datetime(2026, 1, 1, tzinfo=UTC)
PICTURE = "0123456789abcdefghij.png"
Expected = dict[str, Any]


def at(number: int) -> datetime:
    """A moment of its own."""
    return DAY + timedelta(hours=number)


def picture(name: str) -> str:
    return f"{person_id(name)}/{PICTURE}"


def card(name: str) -> Expected:
    """Somebody as things of theirs show them."""
    return {
        "id": str(person_id(name)),
        "username": name,
        "display_name": {"ada": "Ada Lovelace"}.get(name, name.capitalize()),
        "avatar_path": picture(name),
        "is_verified": name == "ada",
    }


def short(name: str) -> Expected:
    whole = card(name)
    return {key: whole[key] for key in ("id", "username", "display_name")}


def when(db: Connection, table: str, identity: Any, **columns: datetime) -> None:
    """Have something happened at these times."""
    changes = ", ".join(f"{name} = %s" for name in columns)
    db.execute(
        f"update {table} set {changes} where id = %s".encode(), [*columns.values(), identity]
    )


def whole(row: Row) -> Row:
    """A row without its cursor, which is there."""
    assert row["cursor"]
    return {name: value for name, value in row.items() if name != "cursor"}


def only(rows: list[Row], identity: Any) -> Row:
    (row,) = [row for row in rows if row["id"] == identity]
    return whole(row)


def upload(db: Connection) -> Any:
    return make_upload(
        db,
        "ada",
        title="Rain",
        artist_name="Ada L.",
        duration_ms=181_000,
        artwork_path=picture("ada"),
        isrc="GBAYE0601498",
        genre="ambient",
        bpm=93.5,
        musical_key="F#m",
        is_explicit=True,
        kind="remix",
    )


def track_card(track: Any) -> Expected:
    return {
        "id": str(track),
        "provider": "backbeat",
        "provider_track_id": str(track),
        "title": "Rain",
        "artist_name": "Ada L.",
        "artist_id": str(person_id("ada")),
        "duration_ms": 181_000,
        "artwork_url": None,
        "artwork_path": picture("ada"),
        "is_explicit": True,
    }


def crate_of(ben: Actor, db: Connection, *tracks: Any) -> Any:
    crate = ben.call(
        "create_crate",
        title="Nights",
        description="for the night",
        genre="jazz",
        mood="slow",
        tags=["late", "blue"],
        visibility="unlisted",
    )["id"]
    db.execute("update public.crates set cover_path = %s where id = %s", [picture("ben"), crate])
    for track in tracks:
        ben.call("add_to_crate", crate_id=crate, track_id=track)
    return crate
