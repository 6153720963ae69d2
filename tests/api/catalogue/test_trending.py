"""What trends: distinct listeners of the last days, decaying, ranked now and then."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.catalogue import make_crate, make_song, put
from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.races import race, wait_until_blocked
from tests.schema.counters import counter_laws


def played(db: Connection, crate: uuid.UUID, name: str, hours_ago: int) -> None:
    """Somebody's play of a crate some hours ago, as record_crate_play would have recorded it."""
    db.execute(
        "insert into private.crate_plays (crate_id, hour, listener_id)"
        " values (%s, date_trunc('hour', now() - make_interval(hours => %s), 'UTC'), %s)",
        [crate, hours_ago, person_id(name)],
    )
    db.execute(
        "insert into private.crate_trends (crate_id) values (%s) on conflict do nothing", [crate]
    )


def refresh(service: Actor, size: int = 1000) -> int:
    """Weigh all crates in batches; how many batches there were."""
    batches, after = 0, None
    while after := service.call("backend.refresh_trending", after=after, size=size):
        batches += 1
    return batches


def trending(reader: Actor, size: int = 100, **arguments: Any) -> list[str]:
    """The titles that trend, page by page."""
    found: list[str] = []
    after = None
    while page := reader.rows("trending_crates", after=after, page_size=size, **arguments):
        found += [row["title"] for row in page]
        after = page[-1]["cursor"]
    return found


def test_distinct_listeners_of_late_weigh_more_than_many_plays_of_one(
    service: Actor, visitor: Actor, db: Connection
) -> None:
    names = ("loved", "hammered", "fading", "forgotten")
    crates = {name: make_crate(db, "ada", title=name) for name in names}
    for name in ("ben", "cleo", "dan"):
        played(db, crates["loved"], name, 2)
        played(db, crates["fading"], name, 100)
        played(db, crates["forgotten"], name, 24 * 7 + 1)
    for hours in range(3, 40):
        played(db, crates["hammered"], "ben", hours)
    assert trending(visitor) == []
    refresh(service)
    assert trending(visitor) == ["loved", "hammered", "fading"]
    assert counter_laws(db) == []


def test_a_play_makes_a_crate_trend_at_the_next_refresh(
    ada: Actor, ben: Actor, service: Actor, visitor: Actor, db: Connection
) -> None:
    public, quiet = make_crate(db, "ada"), make_crate(db, "ada", "unlisted")
    for crate in (public, quiet):
        ben.call("record_crate_play", crate_id=crate)
    refresh(service)
    assert trending(visitor) == trending(ada) == ["public of ada"]
    # What was played before it was public, or while it was not for an hour, was played.
    for crate in (quiet, public):
        for visibility in ("private", "public"):
            ada.call("update_crate", crate_id=crate, visibility=visibility)
            refresh(service)
    assert sorted(trending(visitor)) == ["public of ada", "unlisted of ada"]
    db.execute("update private.crate_plays set hour = hour - interval '8 days'")
    refresh(service)
    assert trending(visitor) == []
    assert db.execute("select from private.crate_trends").fetchall() == []


def test_a_play_while_ranks_are_renewed_is_weighed_by_the_next(database: Database) -> None:
    """All plays of a crate are a week old, and it is just taken out, when it is played again."""
    with database.connect() as db:
        crate = make_crate(db, "ada")
        played(db, crate, "cleo", 24 * 8)
    with (
        database.connect() as renewing,
        database.connect() as playing,
        ThreadPoolExecutor(1) as pool,
    ):
        renewing.execute("begin")
        refresh(actor(renewing, "service"))
        play = pool.submit(actor(playing, "ben").call, "record_crate_play", crate_id=crate)
        wait_until_blocked(renewing, playing)
        renewing.execute("commit")
        assert play.result(timeout=120) == {"is_counted": True}
        refresh(actor(renewing, "service"))
        assert trending(actor(renewing, "visitor")) == ["public of ada"]


def scores(db: Connection, *crates: uuid.UUID) -> list[int | None]:
    """What each crate weighs; None where it trends no more."""
    rows = db.execute("select crate_id, score from private.crate_trends").fetchall()
    weights = {row["crate_id"]: row["score"] for row in rows}
    return [weights.get(crate) for crate in crates]


def test_what_trended_fades_by_half_each_day_until_the_week_is_over(
    service: Actor, visitor: Actor, db: Connection
) -> None:
    crowded, quiet = (make_crate(db, "ada", title=title) for title in ("crowded", "quiet"))
    for name in ("ben", "cleo", "dan", "eve", "finn"):
        played(db, crowded, name, 0)
    refresh(service)
    (full,) = scores(db, crowded)
    assert full is not None
    later = "update private.crate_plays set hour = hour - interval '1 day' where crate_id = %s"
    ranking = []
    for day in range(1, 9):
        db.execute(later, [crowded])
        # One listener of this hour, each day anew.
        db.execute("delete from private.crate_plays where crate_id = %s", [quiet])
        played(db, quiet, "stranger", 0)
        refresh(service)
        weight, one = scores(db, crowded, quiet)
        assert one is not None
        assert abs(one - full / 5) <= 1
        if day >= 7:
            assert weight is None
        else:
            assert weight is not None
            assert abs(weight - full / 2**day) <= 5
        ranking.append(trending(visitor))
    # Five of yesterday and of the day before are more than one of now, five of three days ago less.
    assert ranking[:6] == [["crowded", "quiet"]] * 2 + [["quiet", "crowded"]] * 4
    assert ranking[6:] == [["quiet"]] * 2


def test_pages_fit_together_in_batches_and_by_genre(
    ada: Actor, ben: Actor, service: Actor, visitor: Actor, db: Connection
) -> None:
    for number in range(30):
        genre = "jazz" if number % 2 else "dub"
        owner = "ada" if number % 3 else "cleo"
        crate = make_crate(db, owner, title=f"{number:02}", genre=genre)
        played(db, crate, "ben", 1 + 2 * (number // 6))
    # Six at a time weigh the same; of these the newest comes first.
    order = sorted(range(30), key=lambda number: (number // 6, -number))
    titles = [f"{number:02}" for number in order]
    assert refresh(service, 7) == 5
    assert trending(visitor) == trending(visitor, 1) == trending(visitor, 7) == titles
    jazz = [f"{number:02}" for number in order if number % 2]
    for size in (1, 4):
        assert trending(visitor, size, genre="jazz") == jazz
    ben.call("mute", username="ada")
    assert trending(ben, 2) == [f"{number:02}" for number in order if number % 3 == 0]
    with refused(422, "unknown_genre"):
        trending(visitor, genre="polka-core")
    (first, *_) = visitor.rows("trending_crates", page_size=1)
    with refused(422, "bad_cursor"):
        visitor.rows("trending_crates", genre="jazz", after=first["cursor"])


def test_new_crates_and_those_of_a_genre_newest_first(
    ada: Actor, ben: Actor, visitor: Actor, db: Connection
) -> None:
    made = [
        make_crate(db, "ada" if number % 2 else "cleo", title=str(number), genre="jazz")
        for number in range(9)
    ]
    make_crate(db, "ada", "private", genre="jazz")
    for listing, arguments in (("new_crates", {}), ("crates_by_genre", {"genre": "jazz"})):
        found, after = [], None
        while page := visitor.rows(listing, after=after, page_size=2, **arguments):
            found += [row["id"] for row in page]
            after = page[-1]["cursor"]
        assert found == made[::-1]
    ben.call("block", username="cleo")
    assert [row["title"] for row in ben.rows("new_crates")] == ["7", "5", "3", "1"]
    assert visitor.rows("crates_by_genre", genre="dub") == []
    for genre in (None, "", "polka-core"):
        with refused(422, "unknown_genre"):
            visitor.rows("crates_by_genre", genre=genre)


def test_featured_crates_stand_in_the_order_of_the_staffs_choice(
    modesty: Actor, visitor: Actor, db: Connection
) -> None:
    made = [make_crate(db, "ada", title=str(number)) for number in range(5)]
    for number, crate in enumerate(made):
        modesty.call("feature_crate", crate_id=crate, is_featured=True)
        db.execute(
            "update public.crates set featured_at = now() - make_interval(days => %s)"
            " where id = %s",
            [number // 3, crate],
        )
    # Three on one day, of which the newest crate comes first.
    expected = [*made[2::-1], *made[:2:-1]]
    for size in (1, 2):
        found, after = [], None
        while page := visitor.rows("featured_crates", after=after, page_size=size):
            found += [row["id"] for row in page]
            after = page[-1]["cursor"]
        assert found == expected


def test_my_crates_and_those_that_hold_a_track(ada: Actor, ben: Actor, db: Connection) -> None:
    song = make_song(db)
    made: list[uuid.UUID] = []
    for number in range(12):
        owner = "ben" if number % 3 else "ada"
        crate = make_crate(db, owner, "private", (make_song(db),), title=str(number))
        if owner == "ada":
            ada.call("set_crate_collaborator", crate_id=crate, username="ben", role="editor")
        if number % 2:
            put(db, crate, song, 9)
        made.append(crate)
    for listing, arguments, expected in (
        ("my_crates", {}, made[::-1]),
        ("crates_containing", {"track_id": song}, made[1::2][::-1]),
    ):
        found, after = [], None
        while page := ben.rows(listing, after=after, page_size=2, **arguments):
            found += [row["id"] for row in page]
            after = page[-1]["cursor"]
        assert found == expected
    assert ben.rows("crates_containing", track_id=None) == []
    ada.call("block", username="ben")
    assert {row["my_role"] for row in ben.rows("my_crates")} == {"owner"}


def test_somebody_finds_a_track_in_a_thousand_crates_of_theirs_and_of_others(
    ada: Actor, ben: Actor, db: Connection
) -> None:
    """Between ben's first and last of 1,100 crates and in the midst of them are some of ada's."""
    song = make_song(db)
    held = []
    for number in range(11):
        mine = [make_crate(db, "ben", "private")]
        db.execute(
            "insert into public.crates (owner_id, title, visibility, audience)"
            " select %s, 'empty', 'private', 'private' from generate_series(1, 99)",
            [ben.id],
        )
        theirs = make_crate(db, "ada", "private")
        if number % 5 == 0:
            held += [*mine, theirs]
            db.execute(
                "insert into public.crate_collaborators (crate_id, user_id, role)"
                " values (%s, %s, 'viewer')",
                [theirs, ben.id],
            )
        for crate in (*mine, theirs):
            put(db, crate, song, 1)
        if number % 5 > 0:
            held += mine
    found: list[uuid.UUID] = []
    after = None
    while page := ben.rows("crates_containing", track_id=song, after=after, page_size=4):
        assert len(page) <= 4
        found += [row["id"] for row in page]
        after = page[-1]["cursor"]
    assert found == sorted(held, reverse=True)
    rows = ben.rows("crates_containing", track_id=song, page_size=100)
    assert [row["id"] for row in rows] == found
    assert {row["my_role"] for row in rows} == {"owner", "viewer"}


def test_an_item_names_no_other_owner_than_its_crates(ben: Actor, db: Connection) -> None:
    crate = make_crate(db, "ada", tracks=(make_song(db),))
    with pytest.raises(psycopg.errors.ForeignKeyViolation), db.transaction():
        db.execute(
            "update public.crate_items set owner_id = %s where crate_id = %s", [ben.id, crate]
        )


def test_a_crate_is_played_as_its_owner_is_erased(database: Database) -> None:
    """The play waits for the erasure and holds nothing of the crate meanwhile."""
    with database.connect() as db:
        crate = make_crate(db, "ada")
        actor(db, "ada").call("mute", username="dan")
    with (
        database.connect() as gate,
        database.connect() as erasing,
        database.connect() as playing,
        database.connect() as watcher,
    ):
        # The last that an erasure locks: by then it holds the crate.
        gate.execute("begin")
        gate.execute(
            "select from private.readers where profile_id = %s for update", [person_id("ada")]
        )

        def erase(_: Connection) -> None:
            erasing.execute("delete from auth.users where id = %s", [person_id("ada")])

        def play(_: Connection) -> None:
            wait_until_blocked(watcher, erasing)
            with refused(404, "crate_not_found"):
                actor(playing, "ben").call("record_crate_play", crate_id=crate)

        def release(_: Connection) -> None:
            wait_until_blocked(watcher, playing)
            gate.execute("rollback")

        assert race(database, [erase, play, release]) == [None, None, None]
