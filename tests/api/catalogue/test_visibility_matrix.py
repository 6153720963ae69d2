"""Who sees which track and which crate where: the written tables, cell by cell."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from tests.api.social.talking import start
from tests.catalogue import (
    CRATE_VISIBILITIES,
    TRACK_STATUSES,
    join_crate,
    make_crate,
    make_song,
    make_upload,
)
from tests.database import Actor, Connection, actor, refused

# y: sees it. -: does not. All are ada's: blocked is blocked by ada, blocker blocks ada, muter mutes
# her, viewer and editor collaborate on each of her crates.
PLAYS = {
    "self": "ada",
    "follower": "ben",
    "stranger": "stranger",
    "viewer": "cleo",
    "editor": "admiral",
    "blocked": "dan",
    "blocker": "eve",
    "muter": "finn",
    "anon": "visitor",
    "staff": "modesty",
}
TRACKS = """
place       status      self follower stranger blocked blocker muter anon staff
can_see     draft       y    -        -        -       -       -     -    y
can_see     processing  y    -        -        -       -       -     -    y
can_see     published   y    y        y        -       -       y     y    y
can_see     hidden      y    -        -        -       -       -     -    y
can_see     removed     y    -        -        -       -       -     -    y
card        draft       y    -        -        -       -       -     -    y
card        processing  y    -        -        -       -       -     -    y
card        published   y    y        y        -       -       y     y    y
card        hidden      y    -        -        -       -       -     -    y
card        removed     y    -        -        -       -       -     -    y
table       draft       y    -        -        -       -       -     -    y
table       processing  y    -        -        -       -       -     -    y
table       published   y    y        y        -       -       y     y    y
table       hidden      y    -        -        -       -       -     -    y
table       removed     y    -        -        -       -       -     -    y
track       draft       y    -        -        -       -       -     -    y
track       processing  y    -        -        -       -       -     -    y
track       published   y    y        y        -       -       y     y    y
track       hidden      y    -        -        -       -       -     -    y
track       removed     y    -        -        -       -       -     -    y
play        draft       -    -        -        -       -       -     -    -
play        processing  -    -        -        -       -       -     -    -
play        published   y    y        y        -       -       y     -    y
play        hidden      -    -        -        -       -       -     -    -
play        removed     -    -        -        -       -       -     -    -
add         draft       -    -        -        -       -       -     -    -
add         processing  -    -        -        -       -       -     -    -
add         published   y    y        y        -       -       y     -    y
add         hidden      -    -        -        -       -       -     -    -
add         removed     -    -        -        -       -       -     -    -
stream      draft       -    -        -        -       -       -     -    -
stream      processing  y    -        -        -       -       -     -    y
stream      published   y    y        y        -       -       y     y    y
stream      hidden      y    -        -        -       -       -     -    y
stream      removed     y    -        -        -       -       -     -    y
in_crate    draft       y    -        -        -       -       -     -    y
in_crate    processing  y    -        -        -       -       -     -    y
in_crate    published   y    y        y        -       -       y     y    y
in_crate    hidden      y    -        -        -       -       -     -    y
in_crate    removed     y    -        -        -       -       -     -    y
artist      draft       -    -        -        -       -       -     -    -
artist      processing  -    -        -        -       -       -     -    -
artist      published   y    y        y        -       -       y     y    y
artist      hidden      -    -        -        -       -       -     -    -
artist      removed     -    -        -        -       -       -     -    -
search      draft       -    -        -        -       -       -     -    -
search      processing  -    -        -        -       -       -     -    -
search      published   y    y        y        -       -       y     y    y
search      hidden      -    -        -        -       -       -     -    -
search      removed     -    -        -        -       -       -     -    -
my_tracks   draft       y    -        -        -       -       -     -    -
my_tracks   published   y    -        -        -       -       -     -    -
comments    draft       y    -        -        -       -       -     -    y
comments    processing  y    -        -        -       -       -     -    y
comments    published   y    y        y        -       -       y     y    y
comments    hidden      y    -        -        -       -       -     -    y
comments    removed     y    -        -        -       -       -     -    y
comment     draft       y    -        -        -       -       -     -    y
comment     processing  y    -        -        -       -       -     -    y
comment     published   y    y        y        -       -       y     -    y
comment     hidden      y    -        -        -       -       -     -    y
comment     removed     y    -        -        -       -       -     -    y
like        draft       y    -        -        -       -       -     -    y
like        processing  y    -        -        -       -       -     -    y
like        published   y    y        y        -       -       y     -    y
like        hidden      y    -        -        -       -       -     -    y
like        removed     y    -        -        -       -       -     -    y
message     draft       y    -        -        -       -       -     -    y
message     processing  y    -        -        -       -       -     -    y
message     published   y    y        y        -       -       y     -    y
message     hidden      y    -        -        -       -       -     -    y
message     removed     y    -        -        -       -       -     -    y
share       draft       y    -        -        -       -       -     -    y
share       processing  y    -        -        -       -       -     -    y
share       published   y    y        y        -       -       y     -    y
share       hidden      y    -        -        -       -       -     -    y
share       removed     y    -        -        -       -       -     -    y
"""
CRATES = """
place       audience    self follower stranger viewer blocked blocker muter anon staff
can_see     public      y    y        y        y      -       -       y     y    y
can_see     unlisted    y    y        y        y      -       -       y     y    y
can_see     followers   y    y        -        y      -       -       y     -    y
can_see     private     y    -        -        y      -       -       -     -    y
can_see     deleted     -    -        -        -      -       -       -     -    -
card        public      y    y        y        y      -       -       y     y    y
card        unlisted    y    y        y        y      -       -       y     y    y
card        followers   y    y        -        y      -       -       y     -    y
card        private     y    -        -        y      -       -       -     -    y
card        deleted     -    -        -        -      -       -       -     -    -
table       public      y    y        y        y      -       -       y     y    y
table       unlisted    y    -        -        y      -       -       -     -    y
table       followers   y    y        -        y      -       -       y     -    y
table       private     y    -        -        y      -       -       -     -    y
table       deleted     -    -        -        -      -       -       -     -    -
items       public      y    y        y        y      -       -       y     y    y
items       unlisted    y    -        -        y      -       -       -     -    y
items       followers   y    y        -        y      -       -       y     -    y
items       private     y    -        -        y      -       -       -     -    y
items       deleted     -    -        -        -      -       -       -     -    -
crate       public      y    y        y        y      -       -       y     y    y
crate       unlisted    y    y        y        y      -       -       y     y    y
crate       followers   y    y        -        y      -       -       y     -    y
crate       private     y    -        -        y      -       -       -     -    y
crate       deleted     -    -        -        -      -       -       -     -    -
crate_items public      y    y        y        y      -       -       y     y    y
crate_items unlisted    y    y        y        y      -       -       y     y    y
crate_items followers   y    y        -        y      -       -       y     -    y
crate_items private     y    -        -        y      -       -       -     -    y
crate_items deleted     -    -        -        -      -       -       -     -    -
play        public      y    y        y        y      -       -       y     -    y
play        unlisted    y    y        y        y      -       -       y     -    y
play        followers   y    y        -        y      -       -       y     -    y
play        private     y    -        -        y      -       -       -     -    y
play        deleted     -    -        -        -      -       -       -     -    -
profile     public      y    y        y        y      -       -       y     y    y
profile     unlisted    y    -        -        y      -       -       -     -    -
profile     followers   y    y        -        y      -       -       y     -    -
profile     private     y    -        -        y      -       -       -     -    -
profile     deleted     -    -        -        -      -       -       -     -    -
new         public      y    y        y        y      -       -       -     y    y
new         unlisted    -    -        -        -      -       -       -     -    -
new         followers   -    -        -        -      -       -       -     -    -
new         private     -    -        -        -      -       -       -     -    -
new         deleted     -    -        -        -      -       -       -     -    -
genre       public      y    y        y        y      -       -       -     y    y
genre       unlisted    -    -        -        -      -       -       -     -    -
genre       private     -    -        -        -      -       -       -     -    -
featured    public      y    y        y        y      -       -       -     y    y
featured    unlisted    y    -        -        y      -       -       -     -    -
featured    followers   y    y        -        y      -       -       -     -    -
featured    private     y    -        -        y      -       -       -     -    -
trending    public      y    y        y        y      -       -       -     y    y
trending    unlisted    y    -        -        y      -       -       -     -    -
trending    followers   y    y        -        y      -       -       -     -    -
trending    private     y    -        -        y      -       -       -     -    -
trending    deleted     -    -        -        -      -       -       -     -    -
my_crates   public      y    -        -        y      -       -       -     -    -
my_crates   private     y    -        -        y      -       -       -     -    -
my_crates   deleted     -    -        -        -      -       -       -     -    -
containing  public      y    -        -        y      -       -       -     -    -
containing  private     y    -        -        y      -       -       -     -    -
containing  deleted     -    -        -        -      -       -       -     -    -
comments    public      y    y        y        y      -       -       y     y    y
comments    unlisted    y    y        y        y      -       -       y     y    y
comments    followers   y    y        -        y      -       -       y     -    y
comments    private     y    -        -        y      -       -       -     -    y
comments    deleted     -    -        -        -      -       -       -     -    -
comment     public      y    y        y        y      -       -       y     -    y
comment     unlisted    y    y        y        y      -       -       y     -    y
comment     followers   y    y        -        y      -       -       y     -    y
comment     private     y    -        -        y      -       -       -     -    y
comment     deleted     -    -        -        -      -       -       -     -    -
like        public      y    y        y        y      -       -       y     -    y
like        unlisted    y    y        y        y      -       -       y     -    y
like        followers   y    y        -        y      -       -       y     -    y
like        private     y    -        -        y      -       -       -     -    y
like        deleted     -    -        -        -      -       -       -     -    -
message     public      y    y        y        y      -       -       y     -    y
message     unlisted    y    y        y        y      -       -       y     -    y
message     followers   y    y        -        y      -       -       y     -    y
message     private     y    -        -        y      -       -       -     -    y
message     deleted     -    -        -        -      -       -       -     -    -
share       public      y    y        y        y      -       -       y     -    y
share       unlisted    y    y        y        y      -       -       y     -    y
share       followers   y    y        -        y      -       -       y     -    y
share       private     y    -        -        y      -       -       -     -    y
share       deleted     -    -        -        -      -       -       -     -    -
share_crate public      y    y        y        y      -       -       y     -    y
share_crate unlisted    y    y        y        y      -       -       y     -    y
share_crate followers   y    -        -        -      -       -       -     -    -
share_crate private     -    -        -        -      -       -       -     -    -
share_crate deleted     -    -        -        -      -       -       -     -    -
posts       public      y    y        y        y      -       -       y     y    y
posts       unlisted    y    y        y        y      -       -       y     y    y
posts       followers   y    y        -        y      -       -       y     -    y
posts       private     y    -        -        y      -       -       -     -    y
posts       deleted     -    -        -        -      -       -       -     -    -
"""
Things = dict[str, uuid.UUID]


def written(table: str) -> list[tuple[str, str, str, str]]:
    """(place, kind, person, mark) of each cell."""
    header, *lines = table.strip().splitlines()
    people = header.split()[2:]
    return [
        (place, kind, person, mark)
        for place, kind, *marks in (line.split() for line in lines)
        for person, mark in zip(people, marks, strict=True)
    ]


@pytest.fixture
def ties(cast: Callable[[str], Actor]) -> None:
    """Everybody stands to ada as the tables say, but for the collaborators."""
    for follower in ("ben", "finn"):
        cast(follower).call("follow", username="ada")
    cast("finn").call("mute", username="ada")
    cast("ada").call("block", username="dan")
    cast("eve").call("block", username="ada")


@pytest.fixture
def uploads(ties: None, db: Connection) -> Things:
    """An upload of ada's in each state."""
    return {status: make_upload(db, "ada", status, title="matrix") for status in TRACK_STATUSES}


@pytest.fixture
def crates(ties: None, db: Connection) -> Things:
    """A crate of ada's for each audience, each with a song; one of them deleted."""
    song = make_song(db, provider_track_id="77")
    made = {kind: make_crate(db, "ada", kind, (song,), genre="jazz") for kind in CRATE_VISIBILITIES}
    for crate in made.values():
        join_crate(db, crate, "cleo", "viewer")
        join_crate(db, crate, "admiral", "editor")
    made["deleted"] = make_crate(
        db, "ada", title=None, deleted_at="2026-01-01T00:00:00Z", visibility="public"
    )
    # As if each had been public when it was featured and ranked.
    db.execute(
        "update public.crates set is_featured = true, featured_at = now() where deleted_at is null"
    )
    for crate in made.values():
        db.execute(
            "insert into private.crate_trends (crate_id, genre, score) values (%s, 'jazz', 5)",
            [crate],
        )
    return made


def asked(person: Actor, statement: str, thing: uuid.UUID) -> bool:
    """A private function's answer for this caller."""
    with person.session() as connection:
        connection.execute("reset role")
        row = connection.execute(statement, [thing]).fetchone()
    assert row is not None
    return bool(row["seen"])


def listed_by(person: Actor, function: str, column: str, thing: uuid.UUID, **asked: Any) -> bool:
    """Whether a list shows it, named in this column."""
    return thing in {row[column] for row in person.rows(function, **asked)}


def listed(person: Actor, function: str, thing: uuid.UUID, **arguments: Any) -> bool:
    """Whether a list shows it."""
    return listed_by(person, function, "id", thing, **arguments)


def probe_deed(place: str, person: Actor, kind: str, thing: uuid.UUID) -> bool:
    """Whether somebody can do with a thing what people do with each other's."""
    with person.connection.transaction(force_rollback=True):
        if place == "like":
            person.call("set_like", target_kind=kind, target_id=thing, liked=True)
            return listed_by(person, "my_likes", "target_id", thing, kind=kind)
        if place == "comments":
            return person.rows("comments_on", target_kind=kind, target_id=thing) == []
        if place == "comment":
            said = {"target_kind": kind, "target_id": thing}
            row = person.call("create_comment", body="yes", **said)
            return listed_by(person, "comments_on", "id", row["id"], **said)
        if place == "message":
            other = "stranger" if person.name != "stranger" else "ben"
            conversation = start(person, other)
            shared = {"conversation_id": conversation, f"{kind}_id": thing}
            person.call("send_direct_message", body="yes", **shared)
            (row,) = person.rows("messages", conversation_id=conversation)
            return row[kind] is not None
        if place == "posts":
            return person.rows("crate_posts", crate_id=thing) == []
        if place == "share_crate":
            return bool(person.call("share_crate", crate_id=thing)["id"])
        row = person.call("create_post", kind=kind, visibility="private", **{f"{kind}_id": thing})
        return bool(row["id"])


DEEDS = ("like", "comments", "comment", "message", "posts", "share", "share_crate")


def probe_track(place: str, person: Actor, thing: uuid.UUID) -> bool:
    """Whether somebody comes across a track at a place of the table."""
    if place == "track":
        return bool(person.call("track", track_id=thing)["id"] == thing)
    if place == "play":
        event = {"ms_played": 60_000, "client_event_id": uuid.uuid4()}
        person.call("record_play", track_id=thing, **event)
        return True
    if place == "add":
        crate = person.call("create_crate", title="Own")["id"]
        return bool(person.call("add_to_crate", crate_id=crate, track_id=thing))
    if place == "stream":
        service = actor(person.connection, "service")
        return bool(service.call("backend.stream_source", track_id=thing, listener=person.id))
    if place == "in_crate":
        with person.connection.transaction(force_rollback=True):
            crate = make_crate(person.connection, "cleo", "unlisted", (thing,))
            (item,) = person.rows("crate_items", crate_id=crate)
        return item["track"] is not None
    if place == "artist":
        return listed(person, "artist_tracks", thing, username="ada")
    if place == "search":
        return listed(person, "search_tracks", thing, query="matrix")
    return listed(person, place, thing)


def probe_crate(place: str, person: Actor, thing: uuid.UUID) -> bool:
    """Whether somebody comes across a crate at a place of the table."""
    if place == "crate":
        return bool(person.call("crate", crate_id=thing)["crate"]["id"] == str(thing))
    if place == "crate_items":
        return len(person.rows("crate_items", crate_id=thing)) == 1
    if place == "play":
        return bool(person.call("record_crate_play", crate_id=thing))
    if place == "items":
        return bool(person.run("select id from public.crate_items where crate_id = %s", thing))
    if place == "profile":
        return listed(person, "profile_crates", thing, username="ada")
    if place == "genre":
        return listed(person, "crates_by_genre", thing, genre="jazz")
    if place == "containing":
        song = "select id from public.tracks where provider_track_id = '77'"
        (row,) = person.connection.execute(song).fetchall()
        return listed(person, "crates_containing", thing, track_id=row["id"])
    if place == "my_crates":
        return listed(person, place, thing)
    return listed(person, f"{place}_crates", thing)


def observe(kind: str, place: str, person: Actor, thing: uuid.UUID) -> str:
    """What really happens: y or -."""
    try:
        if place == "can_see":
            seen = asked(person, f"select private.can_see_{kind}(%s) as seen", thing)
        elif place == "card":
            statement = f"select private.{kind}_card(%s) is not null as seen"
            seen = asked(person, statement, thing)
        elif place == "table":
            seen = bool(person.run(f"select id from public.{kind}s where id = %s", thing))
        elif place in DEEDS:
            seen = probe_deed(place, person, kind, thing)
        else:
            seen = (probe_track if kind == "track" else probe_crate)(place, person, thing)
    except psycopg.errors.InsufficientPrivilege:
        assert person.role == "anon"
        return "-"
    except psycopg.Error as error:
        assert error.sqlstate in ("PT404", "PT409"), error
        # One's own, or a moderator's, which is not published: known, and still not to be used.
        # And who sees a crate that others may not see does not share it with them.
        known = person.name in ("ada", "modesty") or "crate_not_for_audience" in str(error)
        assert error.sqlstate == "PT404" or known, error
        return "-"
    return "y" if seen else "-"


def wrong_cells(table: str, kind: str, cast: Callable[[str], Actor], things: Things) -> list[str]:
    """The cells that are not as they are written."""
    return [
        f"{place} of a {kind} ({state}) by {person}: {seen} instead of {mark}"
        for place, state, person, mark in written(table)
        if (seen := observe(kind, place, cast(PLAYS[person]), things[state])) != mark
    ]


def test_tracks_equal_the_written_table(cast: Callable[[str], Actor], uploads: Things) -> None:
    wrong = wrong_cells(TRACKS, "track", cast, uploads)
    assert not wrong, "\n".join(wrong)


def test_crates_equal_the_written_table(cast: Callable[[str], Actor], crates: Things) -> None:
    wrong = wrong_cells(CRATES, "crate", cast, crates)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("is_private", [False, True])
def test_the_policies_say_what_the_views_say(
    cast: Callable[[str], Actor],
    uploads: Things,
    crates: Things,
    db: Connection,
    is_private: bool,
) -> None:
    """The array form of each rule and its row form agree for everybody over everything."""
    make_song(db)
    make_upload(db, "dan")
    make_crate(db, "dan")
    if is_private:
        cast("ada").run("update public.profiles set is_private = true where username = 'ada'")
    db.execute(
        "insert into private.hidden_profiles (profile_id, reason)"
        " select id, 'deletion' from public.profiles where username = 'finn'"
    )
    make_upload(db, "finn")
    join_crate(db, make_crate(db, "finn"), "ben")
    for name in PLAYS.values():
        person = cast(name)
        for table, is_listed in (("tracks", "is_visible"), ("crates", "is_listed")):
            by_policy = {row["id"] for row in person.run(f"select id from public.{table}")}
            staff = "true" if table == "tracks" else "deleted_at is null"
            with person.session() as connection:
                connection.execute("reset role")
                by_view = {
                    row["id"]
                    for row in connection.execute(
                        f"select id from private.reader_{table}"
                        f" where {is_listed} or (private.is_staff() and {staff})"
                    )
                }
            assert by_policy == by_view, (name, table)


def test_a_private_profiles_crates_reach_at_most_their_followers(
    ada: Actor, ben: Actor, stranger: Actor, visitor: Actor, crates: Things
) -> None:
    ada.run("update public.profiles set is_private = true where username = 'ada'")
    for kind in CRATE_VISIBILITIES:
        expected = "-" if kind == "private" else "y"
        assert observe("crate", "can_see", ben, crates[kind]) == expected
        for other in (stranger, visitor):
            assert observe("crate", "can_see", other, crates[kind]) == "-"
    ada.run("update public.profiles set is_private = false where username = 'ada'")
    assert observe("crate", "can_see", visitor, crates["unlisted"]) == "y"


def test_a_block_ends_a_collaboration_from_either_side(
    ada: Actor, cleo: Actor, admiral: Actor, crates: Things, db: Connection
) -> None:
    ada.call("block", username="cleo")
    admiral.call("block", username="ada")
    assert db.execute("select from public.crate_collaborators").fetchall() == []
    ada.call("unblock", username="cleo")
    assert observe("crate", "can_see", cleo, crates["private"]) == "-"


def test_what_a_private_profile_makes_reaches_at_most_its_followers(
    ada: Actor, ben: Actor, stranger: Actor, modesty: Actor
) -> None:
    ben.call("follow", username="ada")
    ada.run("update public.profiles set is_private = true where username = 'ada'")
    made = [
        ada.call("create_crate", title=visibility, visibility=visibility)["id"]
        for visibility in ("public", "unlisted", "private")
    ]
    ada.call("update_crate", crate_id=made[2], visibility="public")
    for crate in made:
        assert ben.call("crate", crate_id=crate)["crate"]["id"] == str(crate)
        with refused(404, "crate_not_found"):
            stranger.call("crate", crate_id=crate)
        # Whom ben's post would reach may not follow ada.
        with refused(409, "crate_not_for_audience"):
            ben.call("share_crate", crate_id=crate)
        with refused(409, "crate_not_public"):
            modesty.call("feature_crate", crate_id=crate, is_featured=True)
