"""Tracks and crates for tests, made as the owner of the database makes them."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from tests.database import Connection, person_id

CRATE_VISIBILITIES = ("public", "unlisted", "followers", "private")
TRACK_STATUSES = ("draft", "processing", "published", "hidden", "removed")
_numbers = itertools.count(1)


def insert(connection: Connection, table: str, **values: Any) -> uuid.UUID:
    """Insert a row and return its id."""
    row = connection.execute(
        f"insert into {table} ({', '.join(values)})"
        f" values ({', '.join(['%s'] * len(values))}) returning id",
        list(values.values()),
    ).fetchone()
    assert row is not None
    identity = row["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def make_upload(
    connection: Connection, artist: str = "ada", status: str = "published", **values: Any
) -> uuid.UUID:
    """An upload of somebody's in this state, with its file."""
    identity = uuid.uuid4()
    path = f"{person_id(artist)}/{identity}.mp3"
    fields = {
        "id": identity,
        "provider": "backbeat",
        "provider_track_id": str(identity),
        "title": f"{status} by {artist}",
        "artist_name": artist,
        "artist_id": person_id(artist),
        "duration_ms": 180_000,
        "file_format": "mp3",
        "status": status,
        "removed_from": "published" if status == "removed" else None,
        **values,
    }
    names = ", ".join(fields)
    connection.execute(
        f"insert into public.tracks ({names}, published_at)"
        f" values ({', '.join(['%s'] * len(fields))},"
        " case when %s in ('published', 'hidden', 'removed') then now() end)",
        [*fields.values(), fields["status"]],
    )
    connection.execute(
        "insert into private.track_files (track_id, path) values (%s, %s)", [identity, path]
    )
    return identity


def make_song(connection: Connection, **values: Any) -> uuid.UUID:
    """A track of another provider."""
    number = next(_numbers)
    fields = {
        "provider": "deezer",
        "provider_track_id": str(number),
        "title": f"Song {number}",
        "artist_name": "Somebody Else",
        "duration_ms": 200_000,
        **values,
    }
    names = ", ".join(fields)
    row = connection.execute(
        f"insert into public.tracks ({names}, published_at)"
        f" values ({', '.join(['%s'] * len(fields))}, now()) returning id",
        list(fields.values()),
    ).fetchone()
    assert row is not None
    identity = row["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def make_crate(
    connection: Connection,
    owner: str = "ada",
    visibility: str = "public",
    tracks: tuple[uuid.UUID, ...] = (),
    **values: Any,
) -> uuid.UUID:
    """A crate of somebody's for this audience, filled with tracks."""
    fields = {
        "owner_id": person_id(owner),
        "title": f"{visibility} of {owner}",
        "visibility": visibility,
        "audience": visibility,
        **values,
    }
    identity = insert(connection, "public.crates", **fields)
    for place, track in enumerate(tracks, 1):
        put(connection, identity, track, place)
    return identity


def put(connection: Connection, crate: uuid.UUID, track: uuid.UUID, place: float) -> uuid.UUID:
    """Put a track into a crate at a place; the id of the item."""
    row = connection.execute(
        "insert into public.crate_items"
        " (crate_id, track_id, position, duration_ms, added_by, owner_id)"
        " select crate.id, track.id, %s, track.duration_ms, crate.owner_id, crate.owner_id"
        " from public.crates as crate, public.tracks as track"
        " where crate.id = %s and track.id = %s returning id",
        [place, crate, track],
    ).fetchone()
    assert row is not None
    identity = row["id"]
    assert isinstance(identity, uuid.UUID)
    return identity


def join_crate(connection: Connection, crate: uuid.UUID, name: str, role: str = "editor") -> None:
    """Make somebody a collaborator."""
    connection.execute(
        "insert into public.crate_collaborators (crate_id, user_id, role) values (%s, %s, %s)",
        [crate, person_id(name), role],
    )


def declare(connection: Connection, track: uuid.UUID | str) -> None:
    """The artist of an upload has declared that it is their own."""
    connection.execute(
        "insert into public.rights_declarations (track_id, artist_id, kind)"
        " select id, artist_id, 'original' from public.tracks where id = %s"
        " on conflict do nothing",
        [track],
    )


def listen(connection: Connection, name: str, track: uuid.UUID) -> None:
    """A minute of a track that somebody heard and that counts, with all that follows from it."""
    listener = person_id(name)
    connection.execute(
        "insert into public.plays"
        " (track_id, listener_id, ms_played, is_counted, source, client_event_id)"
        " values (%s, %s, 60000, true, 'app', gen_random_uuid())",
        [track, listener],
    )
    connection.execute(
        "insert into private.play_claims (listener_id, client_event_id, is_counted, claimed_at)"
        " values (%s, gen_random_uuid(), true, now())",
        [listener],
    )
    connection.execute("update public.tracks set play_count = 1 where id = %s", [track])
    connection.execute("insert into private.listeners values (%s, now(), 1, 60000)", [listener])
    connection.execute(
        "insert into private.listening_days values (%s, current_date, 1, 60000)", [listener]
    )
