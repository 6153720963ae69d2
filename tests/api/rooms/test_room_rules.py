"""What each rule and each kind of a room means, and how far it goes."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.catalogue import make_song
from tests.database import Actor, Connection, actor, refused
from tests.rooms import enter_room, make_room
from tests.sessions import advance, make_party, queue, wind

# The least and the most of each rule, and what is one too few.
RANGES: dict[str, tuple[int | Decimal, int | Decimal, int | Decimal]] = {
    "member_limit": (1, 10_000, 1),
    "max_track_ms": (30_000, 86_400_000, 1),
    "repeat_window_minutes": (0, 10_080, 1),
    "queue_limit_per_member": (1, 100, 1),
    "tracks_per_turn": (1, 20, 1),
    "vote_skip_ratio": (Decimal("0.01"), Decimal(1), Decimal("0.001")),
    "vote_skip_minimum": (1, 10_000, 1),
    "slow_mode_seconds": (0, 3_600, 1),
}
SWITCHES = ("rotation_cycles", "downvotes_enabled", "vote_skip_enabled")
KINDS = ("open", "genre", "artist")


@pytest.mark.parametrize("rule", RANGES)
def test_a_rule_goes_from_its_least_to_its_most_and_no_further(
    rule: str, db: Connection, ada: Actor
) -> None:
    room = make_room(db, "ada")
    least, most, step = RANGES[rule]
    for value in (least, most):
        state = ada.call("update_room", room_id=room, **{rule: value})
        shown = state["policies"] | {"member_limit": state["member_limit"]}
        assert shown[rule] == float(value)
    for value in (least - step, most + step):
        with refused(422, "room_rule_out_of_range") as caught:
            ada.call("update_room", room_id=room, **{rule: value})
        assert (caught.value.diag.message_hint or "").startswith(f"{rule}: {least}")
    state = ada.call("room_state", room_id=room)
    assert (state["policies"] | {"member_limit": state["member_limit"]})[rule] == float(most)


def test_every_rule_has_its_range_or_is_on_or_off(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    state = ada.call("room_state", room_id=room)
    assert {*state["policies"], "member_limit"} == {*RANGES, *SWITCHES}
    for switch in SWITCHES:
        for value in (False, True):
            state = ada.call("update_room", room_id=room, **{switch: value})
            assert state["policies"][switch] is value


def test_the_longest_track_is_as_long_as_the_room_says(db: Connection, ben: Actor) -> None:
    _, session = make_party(db, "public", max_track_ms=240_000)
    queue(ben, session, duration_ms=240_000)
    with refused(422, "track_too_long"):
        queue(ben, session, duration_ms=240_001)


@pytest.mark.parametrize(
    ("window", "minutes", "is_refused"), [(5, 4, True), (5, 6, False), (0, 0, False)]
)
def test_a_track_comes_again_when_the_window_of_the_room_is_over(
    window: int, minutes: int, is_refused: bool, db: Connection, ben: Actor, cleo: Actor
) -> None:
    _, session = make_party(db, "public", repeat_window_minutes=window)
    track = make_song(db)
    item = ben.call("enqueue_track", session_id=session, track_id=track)["id"]
    queue(cleo, session)
    advance(db, session)
    db.execute(
        "update public.queue_items set started_at = now() - make_interval(mins => %s)"
        " where id = %s",
        [minutes, item],
    )
    if is_refused:
        with refused(409, "track_played_recently"):
            ben.call("enqueue_track", session_id=session, track_id=track)
    else:
        ben.call("enqueue_track", session_id=session, track_id=track)


def test_a_room_takes_as_many_members_as_it_says(db: Connection, ada: Actor, ben: Actor) -> None:
    room = ada.call("create_room", name="Two", member_limit=2)["id"]
    ben.call("join_room", room_id=room)
    with refused(409, "room_full"):
        actor(db, "cleo").call("join_room", room_id=room)
    ada.call("update_room", room_id=room, member_limit=3)
    assert actor(db, "cleo").call("join_room", room_id=room)["member_count"] == 3


def test_skips_by_vote_are_counted_by_the_rules_of_now(
    db: Connection, ada: Actor, ben: Actor
) -> None:
    room, session = make_party(db, "public", vote_skip_minimum=4)
    (item,) = queue(ben, session)
    wind(db, session, 60)
    assert ada.call("vote_skip", item_id=item)["needed"] == 4
    ada.call("update_room", room_id=room, vote_skip_minimum=1, vote_skip_ratio=Decimal("0.34"))
    # A third of six who listen, and a little: three.
    assert ada.call("vote_skip", item_id=item)["needed"] == 3


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_asks_for_what_it_is_about(
    kind: str, db: Connection, ada: Actor, ben: Actor
) -> None:
    about = {"genre": "jazz"} if kind == "genre" else {}
    made = ada.call("create_room", name=f"A {kind} room", kind=kind, **about)
    assert (made["kind"], made["genre"]) == (kind, about.get("genre"))
    assert made["artist_id"] == (str(ada.id) if kind == "artist" else None)
    shown = {row["name"]: row["kind"] for row in ben.rows("discover_rooms")}
    assert shown == {f"A {kind} room": kind}
    assert len(ben.rows("discover_rooms", genre="jazz")) == (kind == "genre")
    # What a genre room is about changes, and is never taken away; it stays of its kind.
    if kind == "genre":
        with refused(422, "room_genre_missing"):
            ada.call("update_room", room_id=made["id"], genre="")
    changed = ada.call("update_room", room_id=made["id"], genre="techno")
    assert (changed["kind"], changed["genre"]) == (kind, "techno")


@pytest.mark.parametrize("kind", KINDS)
def test_only_in_artist_rooms_does_a_member_who_is_the_artist_begin(
    kind: str, db: Connection, ada: Actor, ben: Actor
) -> None:
    room = make_room(
        db, "cleo", kind=kind, genre="jazz", artist_id=ada.id if kind == "artist" else None
    )
    for name in ("ada", "ben"):
        enter_room(db, room, name)
    with refused(403, "not_a_moderator"):
        ben.call("start_session", room_id=room, mode="public")
    if kind == "artist":
        assert ada.call("start_session", room_id=room, mode="public")["is_host"] is True
    else:
        with refused(403, "not_a_moderator"):
            ada.call("start_session", room_id=room, mode="public")
