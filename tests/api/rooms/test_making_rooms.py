"""Making, changing, handing over and deleting rooms."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from tests.database import Actor, Connection, Database, actor, person_id, refused
from tests.plans import give_plan
from tests.races import race, refusals
from tests.rooms import enter_room, make_invite, make_room


def test_whoever_makes_a_room_owns_it(ada: Actor, ben: Actor) -> None:
    room = ada.call(
        "create_room",
        name="  Late Night Techno ",
        description="After hours",
        kind="genre",
        genre="techno",
        tags=["#Night", "night", "loud"],
        region="Berlin",
        member_limit=50,
    )
    assert room["slug"] == "late-night-techno"
    assert (room["name"], room["tags"], room["region"]) == (
        "Late Night Techno", ["night", "loud"], "Berlin",
    )  # fmt: skip
    assert (room["my_role"], room["member_count"], room["member_limit"]) == ("owner", 1, 50)
    assert room["owner"]["username"] == "ada"
    assert room["policies"] == {
        "max_track_ms": 600_000,
        "repeat_window_minutes": 60,
        "queue_limit_per_member": 3,
        "tracks_per_turn": 1,
        "rotation_cycles": True,
        "downvotes_enabled": True,
        "vote_skip_enabled": True,
        "vote_skip_ratio": 0.5,
        "vote_skip_minimum": 2,
        "slow_mode_seconds": 0,
    }
    seen = ben.call("room_by_slug", slug="Late-Night-Techno")
    assert (seen["id"], seen["my_role"], seen["can_read"]) == (room["id"], None, True)


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Drum & Bass!!", "drum-bass"),
        ("Ça va — Größe", "ca-va-grosse"),
        ("深夜", "room"),
        ("x" * 80, "x" * 60),
    ],
)
def test_a_slug_is_made_of_the_name(name: str, slug: str, ada: Actor) -> None:
    assert ada.call("create_room", name=name)["slug"] == slug


def test_rooms_of_one_name_have_slugs_of_their_own(ada: Actor, ben: Actor) -> None:
    first = ada.call("create_room", name="Techno")["slug"]
    second = ben.call("create_room", name="techno")["slug"]
    assert first == "techno"
    assert second != first
    assert second.startswith("techno-")


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_the_slug_of_a_room_that_is_not_public_is_not_guessed(
    visibility: str, ada: Actor, ben: Actor
) -> None:
    slug = ada.call("create_room", name="Techno", visibility=visibility)["slug"]
    assert slug.startswith("techno-")
    assert len(slug) == len("techno-") + 12
    with refused(404, "room_not_found"):
        ben.call("room_by_slug", slug="techno")


@pytest.mark.parametrize(
    ("token", "fields"),
    [
        ("room_name_invalid", {"name": "   "}),
        ("room_name_invalid", {"name": "x" * 81}),
        ("room_name_invalid", {"name": None}),
        ("room_description_too_long", {"description": "x" * 501}),
        ("room_kind_unknown", {"kind": "club"}),
        ("room_visibility_unknown", {"visibility": "secret"}),
        ("unknown_genre", {"genre": "noise-of-yesterday"}),
        ("room_genre_missing", {"kind": "genre"}),
        ("tags_invalid", {"tags": ["a b"]}),
        ("room_region_too_long", {"region": "x" * 61}),
        ("room_rule_out_of_range", {"member_limit": 10_001}),
        ("room_rule_out_of_range", {"member_limit": 0}),
    ],
)
def test_what_does_not_fit_is_refused(token: str, fields: dict[str, Any], ada: Actor) -> None:
    with refused(422, token):
        ada.call("create_room", **{"name": "Techno", **fields})


@pytest.mark.parametrize("visibility", ["unlisted", "private"])
def test_a_room_that_is_public_no_more_is_not_found_by_its_name(
    visibility: str, ada: Actor, visitor: Actor
) -> None:
    made = ada.call("create_room", name="Techno Nights")
    now = ada.call("update_room", room_id=made["id"], visibility=visibility)
    assert now["slug"] != made["slug"] == "techno-nights"
    with refused(404, "room_not_found"):
        visitor.call("room_by_slug", slug="techno-nights")
    back = ada.call("update_room", room_id=made["id"], visibility="public")
    assert back["slug"] == now["slug"]


def test_only_artists_make_artist_rooms(ada: Actor, ben: Actor) -> None:
    room = ada.call("create_room", name="Ada live", kind="artist")
    assert room["artist_id"] == str(person_id("ada"))
    with refused(403, "not_an_artist"):
        ben.call("create_room", name="Ben live", kind="artist")


def test_sent_again_with_its_client_id_it_is_the_same_room(ada: Actor) -> None:
    client = uuid.uuid4()
    first = ada.call("create_room", name="Techno", client_id=client)
    again = ada.call("create_room", name="Techno", client_id=client)
    assert first["id"] == again["id"]
    ada.call("delete_room", room_id=first["id"])
    with refused(409, "room_deleted"):
        ada.call("create_room", name="Techno", client_id=client)


def test_nobody_makes_more_than_their_plan_gives_however_many_at_once(
    database: Database,
) -> None:
    with database.connect() as owner:
        give_plan(owner, "ada", "pro")
        owner.execute(
            "update private.rate_limit_rules set capacity = 100 where action = 'create_room'"
        )
        for _ in range(7):
            make_room(owner, "ada")
    outcomes = race(
        database,
        [lambda connection: actor(connection, "ada").call("create_room", name="more")] * 8,
    )
    assert refusals(outcomes) == [("PT402", "plan_limit_reached")] * 5
    with database.connect() as owner:
        rows = owner.execute(
            "select count(*) as rooms, count(distinct slug) as slugs from public.rooms"
        ).fetchone()
        assert rows == {"rooms": 10, "slugs": 10}


def test_a_deleted_room_makes_place_for_another(db: Connection, ada: Actor) -> None:
    rooms = [make_room(db, "ada") for _ in range(3)]
    with refused(402, "plan_limit_reached") as caught:
        ada.call("create_room", name="more")
    assert caught.value.diag.message_hint == "3"
    ada.call("delete_room", room_id=rooms[0])
    ada.call("create_room", name="more")


def test_what_is_null_stays_and_empty_text_takes_away(ada: Actor) -> None:
    room = ada.call("create_room", name="Techno", genre="techno", region="Berlin")
    changed = ada.call(
        "update_room",
        room_id=room["id"],
        name="House",
        genre="",
        region="",
        vote_skip_ratio=Decimal("0.25"),
        slow_mode_seconds=30,
        downvotes_enabled=False,
    )
    assert changed["slug"] == "techno"
    assert (changed["name"], changed["genre"], changed["region"]) == ("House", None, None)
    policies = changed["policies"]
    assert (policies["vote_skip_ratio"], policies["slow_mode_seconds"]) == (0.25, 30)
    assert policies["downvotes_enabled"] is False
    assert policies["max_track_ms"] == 600_000


def test_only_the_owner_changes_hands_over_and_deletes(
    db: Connection, cleo: Actor, stranger: Actor, modesty: Actor
) -> None:
    room, secret = make_room(db, "ada"), make_room(db, "ada", "private")
    enter_room(db, room, "cleo", "moderator")
    for function, arguments in (
        ("update_room", {"name": "Mine"}),
        ("delete_room", {}),
        ("transfer_room", {"username": "ben"}),
        ("set_member_role", {"username": "ben", "role": "moderator"}),
    ):
        for somebody in (cleo, modesty, stranger):
            with refused(403, "not_the_owner"):
                somebody.call(function, room_id=room, **arguments)
        with refused(404, "room_not_found"):
            stranger.call(function, room_id=secret, **arguments)


def test_a_deleted_room_is_seen_by_nobody(db: Connection, ada: Actor, modesty: Actor) -> None:
    room = make_room(db, "ada", name="Secret plans", avatar_path=None)
    enter_room(db, room, "ben")
    code = make_invite(db, room)
    db.execute(
        "insert into storage.objects (bucket_id, name) values ('room-avatars', %s)",
        [f"{room}/a-name-nobody-guesses.png"],
    )
    ada.call("delete_room", room_id=room)
    ada.call("delete_room", room_id=room)
    for reader in (ada, modesty, actor(db, "ben")):
        with refused(404, "room_not_found"):
            reader.call("room_state", room_id=room)
        assert reader.run("select id from public.rooms") == []
    assert ada.rows("my_rooms") == []
    with refused(404, "invite_not_found"):
        ada.call("room_invite", code=code)
    with refused(404, "room_not_found"):
        actor(db, "cleo").call("join_room", room_id=room)
    kept = db.execute("select name, slug from public.rooms").fetchone()
    assert kept == {"name": None, "slug": str(room)}
    removed = db.execute(
        "select payload from private.outbox where topic = 'remove_objects'"
    ).fetchone()
    assert removed == {
        "payload": {"bucket": "room-avatars", "names": [f"{room}/a-name-nobody-guesses.png"]}
    }


def test_a_room_is_handed_to_a_member(db: Connection, ada: Actor, ben: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    with refused(404, "member_not_found"):
        ada.call("transfer_room", room_id=room, username="cleo")
    with refused(422, "not_yourself"):
        ada.call("transfer_room", room_id=room, username="ada")
    state = ada.call("transfer_room", room_id=room, username="ben")
    assert (state["owner"]["username"], state["my_role"]) == ("ben", "moderator")
    assert ben.call("room_state", room_id=room)["my_role"] == "owner"
    ada.call("leave_room", room_id=room)


def test_an_owner_becomes_no_moderator_too_many(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    for name, role in (("ben", "member"), ("cleo", "moderator"), ("dan", "moderator")):
        enter_room(db, room, name, role)
    db.execute("update private.settings set value = 2 where name = 'room_moderators_limit'")
    with refused(409, "moderator_limit") as caught:
        ada.call("transfer_room", room_id=room, username="ben")
    assert caught.value.diag.message_hint == "2"
    assert ada.call("room_state", room_id=room)["my_role"] == "owner"
    # With one of the moderators the number stays.
    assert ada.call("transfer_room", room_id=room, username="cleo")["my_role"] == "moderator"


def test_who_has_what_their_plan_gives_is_handed_no_more(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    enter_room(db, room, "ben")
    for _ in range(3):
        make_room(db, "ben")
    # The limit is the other's: neither the caller's plan nor theirs is to be told of.
    give_plan(db, "ada", "studio")
    with refused(409, "room_limit") as caught:
        ada.call("transfer_room", room_id=room, username="ben")
    assert caught.value.diag.message_hint is None
    give_plan(db, "ben", "pro")
    ada.call("transfer_room", room_id=room, username="ben")


def test_a_picture_lies_in_the_rooms_folder(db: Connection, ada: Actor) -> None:
    room, other = make_room(db, "ada"), make_room(db, "ada")
    for owner in (room, other):
        ada.run(
            "insert into storage.objects (bucket_id, name) values ('room-avatars', %s)",
            f"{owner}/a-name-nobody-guesses.png",
        )
    for bad in (f"{other}/a-name-nobody-guesses.png", f"{room}/a-name-nobody-has-seen.png"):
        with refused(422, "room_avatar_not_found"):
            ada.call("update_room", room_id=room, avatar_path=bad)
    path = f"{room}/a-name-nobody-guesses.png"
    assert ada.call("update_room", room_id=room, avatar_path=path)["avatar_path"] == path
    waiting = "select payload from private.outbox where topic = 'remove_objects'"
    assert ada.call("update_room", room_id=room, avatar_path="")["avatar_path"] is None
    assert [row["payload"]["names"] for row in db.execute(waiting).fetchall()] == [[path]]
    ada.call("update_room", room_id=room, avatar_path=path)
    assert db.execute(waiting).fetchall() == []


def test_nothing_is_made_or_changed_while_rooms_are_off(db: Connection, ada: Actor) -> None:
    room = make_room(db, "ada")
    db.execute("update public.feature_flags set is_enabled = false where name = 'rooms'")
    for function, arguments in (
        ("create_room", {"name": "x"}),
        ("update_room", {"room_id": room}),
        ("join_room", {"room_id": room}),
        ("heartbeat", {"room_id": room}),
    ):
        with refused(403, "feature_disabled"):
            ada.call(function, **arguments)
    assert ada.call("room_state", room_id=room)["my_role"] == "owner"
