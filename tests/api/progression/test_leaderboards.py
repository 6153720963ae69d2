"""Who stands where on leaderboards, and who sees whom there."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest

from tests.boards import BEGAN, RULE, change, earn, people, roll_up, shown
from tests.catalogue import make_song, make_upload
from tests.database import Actor, Connection, actor, person_id, refused
from tests.progression import pay
from tests.rooms import ban_from_room, enter_room, make_room
from tests.schema.counters import counter_laws
from tests.trust import end, impose

HOUR = timedelta(hours=1)


def board(
    reader: Actor, name: str = "points", **asked: object
) -> list[tuple[int, str | None, int]]:
    return shown(reader.rows("leaderboard", board=name, **asked))


def rank(somebody: Actor, name: str = "points", **asked: object) -> tuple[int | None, int, int]:
    mine = somebody.call("my_rank", board=name, **asked)
    return mine["rank"], mine["score"], mine["of"]


def test_points_stand_on_boards_after_the_next_roll_up(
    db: Connection, ada: Actor, ben: Actor, visitor: Actor
) -> None:
    ada.post()
    ben.post()
    ada.call("create_crate", title="mine")
    pay(db)
    assert board(ben) == []
    assert rank(ben) == (None, 0, 0)
    # Two people, each with posts; ada has a crate too.
    assert roll_up(db) == 3
    for reader in (ben, visitor):
        for name in ("points", "points_week", "season"):
            assert board(reader, name) == [(1, "ada", 30), (2, "ben", 10)]
    row = visitor.rows("leaderboard", board="points")[0]
    assert row["profile"] == {
        "id": str(ada.id),
        "username": "ada",
        "display_name": "Ada Lovelace",
        "avatar_path": None,
        "is_verified": False,
    }
    assert (row["level"], rank(ben), rank(actor(db, "cleo"))) == (1, (2, 10, 2), (None, 0, 2))
    assert roll_up(db) == 0


def test_a_rank_says_how_many_are_not_ahead_and_when_it_starts_afresh(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    for somebody, points in ((ada, 30), (ben, 20), (actor(db, "cleo"), 10)):
        earn(db, somebody, points)
    roll_up(db)
    percentiles = [
        actor(db, name).call("my_rank", board="points")["percentile"]
        for name in ("ada", "ben", "cleo")
    ]
    assert percentiles == [100.0, 66.67, 33.33]
    nobody = actor(db, "dan").call("my_rank", board="points")
    assert (nobody["rank"], nobody["percentile"]) == (None, None)
    assert ada.call("my_rank", board="points")["next_reset_at"] is None
    row = db.execute(
        "select now() at time zone 'UTC' as now, date_trunc('week', now() at time zone 'UTC')"
        " + interval '7 days' as week, date_trunc('quarter', now() at time zone 'UTC')"
        " + interval '3 months' as season"
    ).fetchone()
    assert row is not None
    for name in ("points_week", "season"):
        for username in ("ada", "dan"):
            ends = actor(db, username).call("my_rank", board=name)["next_reset_at"]
            assert ends.replace(tzinfo=None) == row[name.removeprefix("points_")]
    past = ada.call("my_rank", board="season", period="2020-Q1")
    assert (past["of"], past["next_reset_at"]) == (0, None)


def test_equal_scores_share_a_rank_and_who_had_theirs_first_stands_first(
    db: Connection, ben: Actor
) -> None:
    names = ("cleo", "dan", "eve", "ben", "ada")
    for place, (name, points) in enumerate(zip(names, (7, 9, 7, 9, 3), strict=True)):
        earn(db, person_id(name), points, BEGAN + place * HOUR)
    roll_up(db)
    assert board(ben) == [
        (1, "dan", 9),
        (1, "ben", 9),
        (3, "cleo", 7),
        (3, "eve", 7),
        (5, "ada", 3),
    ]
    assert rank(ben) == (1, 9, 5)
    # Who earns it later stands behind who has had it.
    earn(db, person_id("ada"), 6, BEGAN + 9 * HOUR)
    roll_up(db)
    assert board(ben)[:3] == [(1, "dan", 9), (1, "ben", 9), (1, "ada", 9)]


def test_of_equal_scores_of_one_moment_the_lower_id_stands_first(
    db: Connection, ben: Actor
) -> None:
    made = people(db, 5)
    for identity in made:
        earn(db, identity, 5, BEGAN)
    roll_up(db)
    rows = ben.rows("leaderboard", board="points")
    assert [row["profile"]["id"] for row in rows] == sorted(map(str, made))
    assert {row["rank"] for row in rows} == {1}


def test_what_is_taken_back_leaves_the_board_it_was_earned_on(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    cause = earn(db, ada, 8, BEGAN)
    earn(db, ben, 5, BEGAN)
    roll_up(db)
    db.execute(
        "select private.take_back(%s, %s, %s, %s)",
        [ada.id, RULE, cause, BEGAN + timedelta(days=80)],
    )
    roll_up(db)
    for name, period in (("points", None), ("season", "2026-Q2"), ("points_week", "2026-W19")):
        assert board(ben, name, period=period) == [(1, "ben", 5)]
    assert board(ben, "season", period="2026-Q3") == []
    assert rank(ada) == (None, 0, 1)
    assert counter_laws(db) == []
    # Done again it counts where it was done first.
    db.execute("select private.award(%s, %s, %s)", [ada.id, RULE, cause])
    roll_up(db)
    assert board(ben, "season", period="2026-Q2") == [(1, "ada", 8), (2, "ben", 5)]
    assert counter_laws(db) == []


def test_who_owes_points_stands_on_no_board_until_they_are_paid(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    earn(db, ada, -5)
    roll_up(db)
    assert (board(ben), rank(ada)) == ([], (None, 0, 0))
    earn(db, ada, 7)
    roll_up(db)
    assert (board(ben), rank(ada)) == ([(1, "ada", 2)], (1, 2, 1))


def test_a_new_period_has_a_board_of_its_own_and_the_old_ones_stay(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    earn(db, ada, 9, BEGAN.replace(month=12, day=31, hour=23, minute=59))
    earn(db, ben, 4, BEGAN.replace(year=2027, month=1, day=1, hour=0))
    roll_up(db)
    assert board(ben) == [(1, "ada", 9), (2, "ben", 4)]
    assert board(ben, "season", period="2026-Q4") == [(1, "ada", 9)]
    assert board(ben, "season", period="2027-Q1") == [(1, "ben", 4)]
    # The week is that of both: ISO weeks pay no heed to the year.
    assert board(ben, "points_week", period="2026-W53") == [(1, "ada", 9), (2, "ben", 4)]
    assert rank(ben, "season", period="2027-Q1") == (1, 4, 1)
    assert rank(ben, "season", period="2026-Q4") == (None, 0, 1)


@pytest.mark.parametrize(
    ("status", "token", "asked"),
    [
        (404, "board_not_found", {"board": "none"}),
        (404, "board_not_found", {"board": None}),
        (422, "scope_invalid", {"board": "points", "scope": ""}),
        (422, "scope_invalid", {"board": "points", "scope": "house"}),
        (422, "scope_invalid", {"board": "genre_listeners_season"}),
        (422, "scope_invalid", {"board": "genre_listeners_season", "scope": "nothing"}),
        (422, "scope_invalid", {"board": "room_djs"}),
        (422, "scope_invalid", {"board": "room_djs", "scope": "lounge"}),
        (404, "room_not_found", {"board": "room_djs", "scope": str(uuid.uuid4())}),
        (422, "period_invalid", {"board": "points", "period": "2026-Q4"}),
        (422, "period_invalid", {"board": "season", "period": "2026-Q5"}),
        (422, "period_invalid", {"board": "season", "period": "2026-W01"}),
        (422, "period_invalid", {"board": "season", "period": "all_time"}),
        (422, "period_invalid", {"board": "points_week", "period": "2026-W00"}),
        (422, "period_invalid", {"board": "points_week", "period": "2025-W53"}),
        (422, "period_invalid", {"board": "points_week", "period": "2026-W19 "}),
        (422, "period_invalid", {"board": "points_week", "period": "0001-W19"}),
        (422, "period_invalid", {"board": "points_week", "period": ""}),
    ],
)
def test_boards_that_are_none_are_refused(
    ben: Actor, status: int, token: str, asked: dict[str, object]
) -> None:
    for function in ("leaderboard", "my_rank", "leaderboard_around_me", "leaderboard_following"):
        with refused(status, token):
            ben.rows(function, **asked)


def test_a_board_that_is_switched_off_is_not_there(db: Connection, ada: Actor) -> None:
    db.execute("update public.leaderboards set is_active = false where code = 'points'")
    earn(db, ada, 5)
    roll_up(db)
    with refused(404, "board_not_found"):
        board(ada)
    assert board(ada, "season") == [(1, "ada", 5)]


def test_one_s_own_rank_is_for_those_who_signed_in(visitor: Actor, ben: Actor) -> None:
    for name in ("my_rank", "leaderboard_around_me", "leaderboard_following"):
        with pytest.raises(Exception, match="permission denied"):
            visitor.rows(name, board="points")
    for radius in (-1, 51, None):
        with refused(422, "radius_invalid"):
            ben.rows("leaderboard_around_me", board="points", radius=radius)


def climb(db: Connection, *names: str) -> None:
    """Each of these has ten points more than the next."""
    for place, name in enumerate(reversed(names), 1):
        earn(db, person_id(name), 10 * place, BEGAN)
    roll_up(db)


def test_around_me_are_those_before_and_behind(db: Connection, ben: Actor) -> None:
    climb(db, "ada", "cleo", "ben", "dan", "eve", "finn")

    def around(radius: int, name: str = "ben") -> list[tuple[int, str | None, int]]:
        return shown(actor(db, name).rows("leaderboard_around_me", board="points", radius=radius))

    whole = board(ben)
    assert [around(radius) for radius in (0, 1, 2, 50)] == [
        whole[2:3], whole[1:4], whole[0:5], whole,
    ]  # fmt: skip
    assert around(1, "ada") == whole[:2]
    assert around(1, "finn") == whole[4:]
    assert around(1, "stranger") == []
    # Its cursors go on on the board.
    cursor = ben.rows("leaderboard_around_me", board="points", radius=1)[-1]["cursor"]
    assert board(ben, after=cursor) == whole[4:]


def test_among_those_one_follows_ranks_are_those_of_the_board(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    climb(db, "ada", "cleo", "ben", "dan", "eve")
    ben.call("follow", username="eve")
    ben.call("follow", username="cleo")
    ben.call("follow", username="finn")
    found = ben.rows("leaderboard_following", board="points")
    assert shown(found) == [(2, "cleo", 40), (3, "ben", 30), (5, "eve", 10)]
    first = ben.rows("leaderboard_following", board="points", page_size=2)
    rest = ben.rows("leaderboard_following", board="points", after=first[-1]["cursor"])
    assert first + rest == found
    with refused(422, "bad_cursor"):
        ada.rows("leaderboard_following", board="points", after=first[-1]["cursor"])
    assert shown(ada.rows("leaderboard_following", board="points")) == [(1, "ada", 50)]


def test_who_is_left_out_moves_nobody(db: Connection, ada: Actor, ben: Actor) -> None:
    climb(db, "ada", "cleo", "ben", "dan", "eve")
    for name in ("cleo", "dan", "eve"):
        ben.call("follow", username=name)
    ben.call("block", username="cleo")
    actor(db, "dan").call("block", username="ben")
    ben.call("mute", username="eve")
    seen = [(1, "ada", 50), (3, "ben", 30)]
    assert board(ben) == seen
    assert shown(ben.rows("leaderboard_around_me", board="points")) == seen
    assert shown(ben.rows("leaderboard_following", board="points")) == seen[1:]
    assert (rank(ben), len(board(ada))) == ((3, 30, 5), 5)
    cleo = actor(db, "cleo")
    cleo.call("delete_my_account", confirm_username="cleo")
    assert board(ada) == [(1, "ada", 50), (3, "ben", 30), (4, "dan", 20), (5, "eve", 10)]
    # Who waits for their end sees themselves still; and who comes back is back.
    assert board(cleo)[1] == (2, "cleo", 40)
    cleo.call("restore_my_account")
    assert board(ada)[1] == (2, "cleo", 40)
    assert counter_laws(db) == []


def test_who_is_banned_stands_on_no_page_until_it_ends(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    climb(db, "ada", "cleo", "ben", "dan")
    ben.call("follow", username="cleo")
    ben.call("follow", username="dan")
    around = {"board": "points", "radius": 3}
    (first, second, third, fourth) = board(ben)

    def is_away() -> None:
        assert board(ben) == shown(ben.rows("leaderboard_around_me", **around)) == [
            first, third, fourth,
        ]  # fmt: skip
        # The page behind the first is made of scores, not of what is kept ready.
        after = ada.rows("leaderboard", board="points")[0]["cursor"]
        assert board(ben, after=after) == [third, fourth]
        assert shown(ben.rows("leaderboard_following", board="points")) == [third, fourth]
        assert board(actor(db, "cleo")) == [first, second, third, fourth]
        assert rank(actor(db, "cleo")) == (2, 30, 4)
        assert counter_laws(db) == []

    sanction = impose(db, "cleo", "ban", "1 day")
    is_away()
    # Whoever is banned when a page is made is kept there with the end of the ban.
    earn(db, ada, 1)
    roll_up(db)
    first = (1, "ada", 41)
    is_away()
    end(db, sanction)
    assert board(ben) == [first, second, third, fourth]
    assert shown(ben.rows("leaderboard_around_me", **around)) == [first, second, third, fourth]
    assert shown(ben.rows("leaderboard_following", board="points")) == [second, third, fourth]
    # A mute is no ban, nor is one in a room.
    impose(db, "cleo", "mute")
    db.execute(
        "insert into public.sanctions (user_id, kind, room_id) values (%s, 'ban', %s)",
        [person_id("cleo"), make_room(db, "ada")],
    )
    assert board(ben)[1] == second


def test_a_private_profile_has_a_name_for_its_followers_alone(
    db: Connection, ada: Actor, ben: Actor, visitor: Actor
) -> None:
    climb(db, "cleo", "ada", "ben")
    ada.call("follow", username="cleo")
    cleo = actor(db, "cleo")
    cleo.run("update public.profiles set is_private = true where id = %s", cleo.id)
    for reader, name in (
        (ada, "cleo"), (cleo, "cleo"), (ben, None), (visitor, None), (actor(db, "modesty"), "cleo"),
    ):  # fmt: skip
        assert board(reader) == [(1, name, 30), (2, "ada", 20), (3, "ben", 10)]
    # Nor does a cursor say who it is, and yet it goes on.
    for asked in (
        ben.rows("leaderboard", board="points"),
        ben.rows("leaderboard_around_me", board="points"),
        visitor.rows("leaderboard", board="points"),
    ):
        place = bytes.fromhex(asked[0]["cursor"])
        assert str(cleo.id).encode() not in place
        assert board(ben, after=asked[0]["cursor"]) == [(2, "ada", 20), (3, "ben", 10)]
        assert str(ada.id).encode() in bytes.fromhex(asked[1]["cursor"])
    cleo.run("update public.profiles set is_private = false where id = %s", cleo.id)
    assert board(ben)[0] == (1, "cleo", 30)


@pytest.mark.parametrize("how", ["mute", "block"])
def test_a_mute_does_not_tell_which_row_without_a_name_is_somebodys(
    how: str, db: Connection, ada: Actor, ben: Actor
) -> None:
    climb(db, "cleo", "ada", "ben", "dan")
    for name in ("cleo", "dan"):
        somebody = actor(db, name)
        somebody.run("update public.profiles set is_private = true where id = %s", somebody.id)
    ada.call(how, username="cleo")
    seen = [(1, None, 40), (2, "ada", 30), (3, "ben", 20), (4, None, 10)]
    assert board(ada) == seen
    assert shown(ada.rows("leaderboard_around_me", board="points")) == seen
    assert board(ada, page_size=1, after=ada.rows("leaderboard", board="points")[0]["cursor"]) == [
        (2, "ada", 30)
    ]
    # Whom one sees by name is left out.
    ben.call(how, username="ada")
    assert board(ben)[1] == (3, "ben", 20)


def test_nobody_makes_a_place_of_their_own(db: Connection, ada: Actor, ben: Actor) -> None:
    """With cursors of any id one would find out, by halves, whose a row without a name is."""
    climb(db, "cleo", "ada", "ben")
    cleo = actor(db, "cleo")
    cleo.run("update public.profiles set is_private = true where id = %s", cleo.id)
    row = ben.rows("leaderboard", board="points")[0]
    made = bytes.fromhex(row["cursor"])[8:].decode()
    score, at, _, _, seal = json.loads(made)
    standing = db.execute(
        "select id, salt from private.standings where board = 'points' and scope = ''"
    ).fetchone()
    assert standing is not None

    def forged(*place: object) -> str:
        found = db.execute(
            "select private.encode_cursor(%s, %s::jsonb::text) as cursor",
            [f"leaderboard:{standing['id']}", json.dumps(place)],
        ).fetchone()
        assert found is not None
        return str(found["cursor"])

    for place in (
        (score, at, str(cleo.id), False, seal),
        (score, at, str(uuid.UUID(int=7)), False, seal),
        (score, at, str(cleo.id), False, "0" * 16),
        (score, at, str(cleo.id), False, None),
        (score, at, str(cleo.id), False),
    ):
        with refused(422, "bad_cursor"):
            ben.rows("leaderboard", board="points", after=forged(*place))
    assert board(ben, after=row["cursor"]) == [(2, "ada", 20), (3, "ben", 10)]


def test_the_first_page_shows_people_as_they_are_now(db: Connection, ada: Actor) -> None:
    climb(db, "ada", "ben")
    ada.call("change_username", username="countess")
    ada.run("update public.profiles set display_name = 'Countess' where id = %s", ada.id)
    db.execute(
        "update public.artist_profiles set is_verified = true, verified_at = now()"
        " where profile_id = %s",
        [ada.id],
    )
    profile = ada.rows("leaderboard", board="points")[0]["profile"]
    assert (profile["username"], profile["display_name"], profile["is_verified"]) == (
        "countess", "Countess", True,
    )  # fmt: skip
    assert counter_laws(db) == []


def test_a_level_is_shown_on_every_board_after_the_roll_up(db: Connection, ada: Actor) -> None:
    change(db, [(person_id("ada"), 5_000, BEGAN)], "listening")
    earn(db, ada, 50)
    roll_up(db)
    earn(db, ada, 250)
    roll_up(db)
    for name, period in (("points", None), ("listeners_week", "2026-W19")):
        (row,) = ada.rows("leaderboard", board=name, period=period)
        assert row["level"] == 4


def test_a_page_is_full_also_where_people_of_the_first_hundred_are_left_out(
    db: Connection, ben: Actor
) -> None:
    made = people(db, 120)
    change(db, [(who, 200 - place, BEGAN) for place, who in enumerate(made)])
    change(db, [(person_id("ben"), 1, BEGAN)])
    roll_up(db)
    for name in ("p003", "p050", "p104"):
        ben.call("block", username=name)
    left = [(place, f"p{place:03d}", 201 - place) for place in range(1, 121)]
    left = [row for row in left if row[0] not in (3, 50, 104)] + [(121, "ben", 1)]
    assert board(ben, page_size=100) == left[:100]
    assert board(ben) == left[:50]
    found, after = [], None
    while page := ben.rows("leaderboard", board="points", after=after, page_size=30):
        found += shown(page)
        after = page[-1]["cursor"]
    assert found == left


def test_plays_are_counted_for_who_listens_and_for_whose_track_it_is(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    track, song = make_upload(db, "ada", genre="house", duration_ms=60_000), make_song(db)
    for listener, what in (("ben", track), ("ben", song), ("ada", track)):
        db.execute("update private.listeners set last_played_at = now() - interval '1 hour'")
        actor(db, listener).call(
            "record_play", track_id=what, ms_played=50_000, client_event_id=uuid.uuid4()
        )
    roll_up(db)
    listened = {name: score for _, name, score in board(ben, "listeners_week")}
    assert listened == {"ben": 100_000, "ada": 50_000}
    # An artist's own plays are none; a song of another provider has no artist here.
    assert board(ben, "artists_week") == [(1, "ada", 1)]
    assert board(ben, "genre_artists_season", scope="house") == [(1, "ada", 1)]
    assert board(ben, "genre_artists_season", scope="techno") == []
    assert board(ben, "genre_listeners_season", scope="house") in (
        [(1, "ben", 50_000), (1, "ada", 50_000)],
        [(1, "ada", 50_000), (1, "ben", 50_000)],
    )


def test_djs_stand_on_the_boards_of_their_rooms(db: Connection, ada: Actor, ben: Actor) -> None:
    room, other = make_room(db, "ada"), make_room(db, "ada")
    enter_room(db, room, "ben")
    for where, dj, up, down, is_skipped in (
        (room, "ben", 3, 1, False), (room, "ada", 1, 0, True), (other, "ada", 0, 0, False),
    ):  # fmt: skip
        db.execute(
            "insert into public.room_history (room_id, session_id, item_id, mode, dj_id,"
            " started_at, finished_at, ms_played, listener_count, up_count, down_count, is_skipped)"
            " values (%s, gen_random_uuid(), gen_random_uuid(), 'fan', %s, now(), now(), 1, 1,"
            " %s, %s, %s)",
            [where, person_id(dj), up, down, is_skipped],
        )
    roll_up(db)
    assert board(ben, "djs") == [(1, "ben", 10), (2, "ada", 7)]
    assert board(ben, "room_djs", scope=str(room)) == [(1, "ben", 10), (2, "ada", 2)]
    assert board(ben, "room_djs_week", scope=str(other).upper()) == [(1, "ada", 5)]
    assert board(ben, "points") == [(1, "ben", 10), (2, "ada", 7)]


def test_the_board_of_a_room_is_for_those_who_may_read_it(
    db: Connection, ada: Actor, visitor: Actor
) -> None:
    closed = make_room(db, "ada", visibility="private")
    open_room = make_room(db, "ada")
    for where, reader, status, token in (
        (closed, "visitor", 404, "room_not_found"),
        (closed, "cleo", 404, "room_not_found"),
        (open_room, "visitor", 401, "not_signed_in"),
    ):
        with refused(status, token):
            board(actor(db, reader), "room_djs", scope=str(where))
    assert board(ada, "room_djs", scope=str(closed)) == []
    ban_from_room(db, open_room, "cleo")
    with refused(403, "banned_from_room"):
        board(actor(db, "cleo"), "room_djs", scope=str(open_room))
